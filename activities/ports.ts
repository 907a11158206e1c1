import type { Assignment, Facts } from '../machines/register.ts';

/**
 * What the activities need from the world outside, as small interfaces. `outside/` has an embedded default and a real
 * counterpart of each; the settings choose.
 */

/** A person as the register has them. Names and addresses stay in activities: workflows see ids only. */
export type Person = {
  id: string;
  name: string;
  email: string;
  manager: string | null;
  deputies: string[];
  functions: ('authorisationAdministration' | 'humanResources' | 'auditor')[];
  language: 'sv' | 'en';
};

/** The register of authorisations (SUS and who is who). */
export type Register = {
  /** What the register shows of this employee now, read in one snapshot. An unknown employee gives `known: false`. */
  facts(employee: string, system: string, known?: Assignment[]): Promise<Facts>;
  /** Detaches these assignments of the employee; those already gone are left alone. Idempotent. */
  detach(employee: string, system: string, assignments: string[]): Promise<void>;
  /**
   * Takes these roles away in one transaction, but only while none of the employee's assignments in them is attached,
   * bar those in `stranded`, which are marked stranded. Answers false, having changed nothing, where some still are.
   * Idempotent.
   */
  remove(employee: string, system: string, roles: string[], stranded: string[]): Promise<boolean>;
  person(id: string): Promise<Person | null>;
};

/** What somebody answers for, which is what narrows the search for the tasks that wait for them. */
export type Responsibilities = {
  /** Null where the register does not know this person (any more). */
  person: Person | null;
  /** The managers in whose place this person decides: themselves, and those they are a deputy of. */
  decidesFor: string[];
  /**
   * The employees on whom this person decides: those whose manager is one of `decidesFor`, and for human resources those
   * who have no manager in the register. Never the person.
   */
  decidesOn: string[];
  /** Organisations in which this person is a collaboration administrator and holds that role. */
  administers: string[];
  /** Interventions in which this person is an intervention manager and holds that role. */
  manages: string[];
  /** The organisations of `administers` and of the interventions in `manages`, each once. */
  organisations: string[];
};

/** The register with what people who run the system need: taking in files, looking, changing it by hand. */
export type RegisterStore = Register & {
  /**
   * Replaces all that the register holds, in one transaction. A file that does not fit changes nothing and throws an
   * error named `RegisterFileRefused` whose `faults: string[]` names every fault.
   */
  importFile(file: unknown): Promise<void>;
  /** What the register holds, in the file's own form; with a person only what concerns that person. */
  exportFile(person?: string): Promise<object>;
  /** Exactly these roles from now on; none: the authorisation goes. Assignments in roles no longer held are stranded. */
  setRoles(person: string, system: string, roles: string[]): Promise<void>;
  /** Takes one assignment away, as somebody working in SUS would. False where there is none of this id. */
  detachAssignment(id: string): Promise<boolean>;
  /** Every role that anybody has, and the three that carry assignments. */
  everyRole(): Promise<string[]>;
  responsibilities(person: string): Promise<Responsibilities>;
  /**
   * The employees of whose assignments at least one can be detached by nobody else in its role: that falls to the
   * authorisation administration (process page, "Detach").
   */
  leftToAdministration(system: string): Promise<string[]>;
  /** The facts of each of these employees, by id, all of one moment. */
  factsOfAll(employees: readonly string[], system: string): Promise<Map<string, Facts>>;
  /** What these ids are called; those that the register does not know are missing. */
  names(ids: NamedIds): Promise<Names>;
  /**
   * The one whose id is exactly this text, or else everybody whose id it is in another case or whose name holds it,
   * whatever the case, by name; at most `atMost`.
   */
  findPeople(text: string, atMost: number): Promise<string[]>;
};

export type NamedIds = { people: string[]; organisations: string[]; interventions: string[] };
export type Names = {
  people: Record<string, string>;
  organisations: Record<string, { name: string; form: string }>;
  interventions: Record<string, { name: string; organisation: string }>;
};

/** Sessions of the portal that were ended before their time. */
export type EndedSessions = {
  /** Remembers it at least until then, ISO 8601. Idempotent. */
  end(session: string, until: string): Promise<void>;
  isEnded(session: string): Promise<boolean>;
};

/** An order on form 9460 (contract, "Orders"). */
export type Order = {
  form: '9460';
  request: string;
  employee: string;
  system: string;
  roles: string[];
  orderedBy: string;
  decidedAt: string;
};

/**
 * Min Support refused the order for good (a 4xx other than 409 and 429). The message is its own reason with the status:
 * people read it in whichever language the rest is.
 */
export class OrderRefused extends Error {
  override name = 'OrderRefused';
}

export type MinSupport = {
  /** Orders once per key. Throws {@link OrderRefused}, or any other error where it is worth trying again. */
  order(key: string, order: Order): Promise<{ orderNumber: string }>;
  /** Cancels; an order that is not there, or can no longer be cancelled, counts as cancelled. */
  cancel(orderNumber: string): Promise<void>;
};

export type MailMessage = {
  /** Without angle brackets; the same for each try of the same mail. */
  messageId: string;
  to: string;
  subject: string;
  text: string;
  headers: Record<string, string>;
};

/** The mail server refused this mail for good (a 5xx, or an address that cannot be one). */
export class MailRefused extends Error {
  override name = 'MailRefused';
}

export type Mail = {
  /** Throws {@link MailRefused}, or any other error where it is worth trying again. */
  send(message: MailMessage): Promise<void>;
};
