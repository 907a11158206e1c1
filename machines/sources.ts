import type { Assignment, Facts } from './register.ts';

/**
 * What the processes ask of the world outside: the name, input and answer of each source that a machine invokes. The
 * activities of the same names carry them out.
 */

/** Who a mail goes to: an employee by id, or the helpdesk's address. */
export type Reader = { person: string } | { helpdesk: true };

/** What a mail is about; the header `X-Aterkalla-Occasion` holds it. */
export type Occasion =
  | 'confirmation'
  | 'reminder'
  | 'escalation'
  | 'orderStopped'
  | 'returned'
  | 'warnings'
  | 'mailRefused';

/** What people are asked to do. */
export type TaskName = 'decide' | 'detach' | 'remove' | 'orderAgain';

export type TellInput = {
  request: string;
  occasion: Occasion;
  /** Tells one occasion of a case from the next of the same kind, e.g. the second reminder: part of the Message-ID. */
  number: number;
  /** The wait that a reminder or an escalation is about: the two kinds of detaching remind side by side. */
  wait?: string;
  /** How many times this wait has been told of in this way, this one included. */
  time?: number;
  to: Reader[];
  employee: string;
  system: string;
  roles: string[];
  /** The task that waits, where the occasion is a reminder or an escalation. */
  task?: TaskName;
  /** Assignments that the mail names, by id: those that wait to be detached, or that stayed behind. */
  assignments?: string[];
  /** When the task is due, ISO 8601. */
  due?: string;
  /** Warnings by id, for `warnings`. */
  warnings?: string[];
  /** What was wrong or why, as somebody or some system said it. */
  reason?: string;
};

/** Who could not be told, and why. Empty where every mail was taken. */
export type TellAnswer = { refused: { reader: Reader; reason: string }[] };

export type OrderInput = {
  request: string;
  /** The order's running number within the case, from 1. With the request it is the idempotency key. */
  running: number;
  employee: string;
  system: string;
  roles: string[];
  orderedBy: string;
  decidedAt: string;
};

export type LookUpInput = {
  employee: string;
  system: string;
  /** The assignments that the case knows of: see `Facts.gone`. */
  known?: Assignment[];
  leaver?: boolean;
};

export type Sources = {
  /** What the register shows now; with `leaver: true` also whether a leaver's case of this employee is at work. */
  lookUp(input: LookUpInput): Promise<Facts>;
  /** Orders on form 9460. Fails with an error named `OrderRefused` where Min Support refuses for good. */
  order(input: OrderInput): Promise<{ orderNumber: string }>;
  cancelOrder(input: { orderNumber: string }): Promise<void>;
  /** Detaches (where the settings say so) and answers with what the register shows afterwards. */
  detach(input: LookUpInput & { assignments: string[] }): Promise<Facts>;
  /** Removes (where the settings say so, and nothing is attached) and answers with what the register then shows. */
  remove(input: LookUpInput & { roles: string[]; stranded: string[] }): Promise<Facts>;
  /** Sends mails. A mail server that is away is tried again until it is there. */
  tell(input: TellInput): Promise<TellAnswer>;
  /** Asks an open removal of the employee to give way; answers once it has, or where there is none. */
  supersedeRemoval(input: { employee: string; system: string; by: string }): Promise<{ superseded: string | null }>;
};
