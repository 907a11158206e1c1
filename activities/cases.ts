import type { Client } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/common';
import pLimit from 'p-limit';
import type { Facts } from '../machines/register.ts';
import {
  assignmentsIn,
  deciders,
  detachers,
  type Part,
  partOf,
  proposers,
  removers,
  warningsOf,
} from '../machines/rights.ts';
import { problems } from '../texts/problems.ts';
import type { CaseStatus } from './caseStatus.ts';
import { findCase } from './findCase.ts';
import type { KeptCases } from './followCases.ts';
import { cannot } from './grpc.ts';
import { type CaseFilters, caseQuery, fits, type ListedCase, listPage, pageSize, placeInList } from './listCases.ts';
import { detachableBy, mayRead, mayReadCasesOf, type Task, tasksOf, waitsOf } from './mayAct.ts';
import type { Person, RegisterStore, Responsibilities } from './ports.ts';
import { problem } from './problem.ts';
import { queryStatus } from './queryCase.ts';
import { createRegisterActivities } from './registerByHand.ts';

/**
 * The activities that answer the client's questions, so that the client needs nothing but Temporal. Temporal keeps what
 * is asked and answered: ids, no names.
 */

/** What a removal would do (contract, "Client", `preview`). */
export type Preview = {
  employee: string;
  system: string;
  /** What the authorisation consists of now. */
  held: string[];
  /** What would go. */
  roles: string[];
  manager: string | null;
  assignments: {
    id: string;
    role: string;
    organisation: string;
    intervention: string | null;
    form: string;
    part: Part;
    detachedBy: string[];
  }[];
  warnings: string[];
  decidedBy: string[];
  removedBy: string[];
  asOf: string;
};

type Needs = {
  register: RegisterStore;
  client: Client;
  kept: KeptCases;
  /** How many cases are asked at once by `tasks`. */
  atOnce?: number;
};

/** So long the answer counts to who can be detached by the administration alone: with 24,000 people it takes 0.2 s. */
const LEFT_KEPT = 30_000;

/** Asks at most once in so many milliseconds; a question that failed is asked again. */
function keptFor<T>(milliseconds: number, ask: () => Promise<T>): () => Promise<T> {
  let kept: Promise<T> | null = null;
  let asked = 0;
  return () => {
    if (kept && Date.now() - asked < milliseconds) return kept;
    asked = Date.now();
    const answer = ask();
    kept = answer;
    answer.catch(() => {
      if (kept === answer) kept = null;
    });
    return answer;
  };
}

/** From where on, and how many. */
type Page = { next?: string | undefined; atMost: number };

/** Somebody whom the register knows, with what they answer for. */
type Reader = Responsibilities & { person: Person };

/** Whether assignments are to be detached in one of these organisations. */
const waitsThere = ({ waitsFor, organisations }: ListedCase, places: Set<string>) =>
  waitsFor.includes('detach') && organisations.some((organisation) => places.has(organisation));

const system = 'SUS';
/** @returns the activities, to be registered with the worker beside those of the processes. */
export function createCaseActivities({ register, client, kept, atOnce = 8 }: Needs) {
  const factsOf = (employee: string) => register.facts(employee, system);
  const leftToAdministration = keptFor(LEFT_KEPT, () => register.leftToAdministration(system));

  async function previewOf(employee: string, roles?: string[], by?: string): Promise<Preview> {
    const facts = await factsOf(employee);
    if (!facts.known) throw problem('NotFound', problems.unknownPerson(employee), { person: employee });
    if (by !== undefined) {
      const reader = await register.person(by);
      if (!proposers(facts).includes(by) && !mayReadCasesOf(facts, by, reader))
        throw problem('Refused', problems.mayNotPreview(by, employee));
    }
    await checkRoles(facts, roles ?? []);
    const going = roles ?? facts.roles;
    return {
      employee,
      system,
      held: facts.roles,
      roles: going,
      manager: facts.manager?.id ?? null,
      assignments: assignmentsIn(facts, going).map((assignment) => ({
        id: assignment.id,
        role: assignment.role,
        organisation: assignment.organisation,
        intervention: assignment.intervention,
        form: assignment.form,
        part: partOf(assignment),
        detachedBy: detachers(facts, assignment),
      })),
      warnings: warningsOf(facts, going),
      decidedBy: deciders(facts),
      removedBy: removers(facts),
      asOf: facts.asOf,
    };
  }

  /** A role that nobody has is a slip of the pen; one that this person lacks is refused (contract, "Exit status"). */
  async function checkRoles(facts: Facts, roles: string[]) {
    const missing = roles.filter((role) => !facts.roles.includes(role));
    if (missing.length === 0) return;
    const known = await register.everyRole();
    const unknown = missing.filter((role) => !known.includes(role));
    if (unknown.length > 0) throw problem('InvalidInput', problems.unknownRole(unknown, known), { roles: unknown });
    throw problem('Refused', problems.roleNotHeld(facts.employee, missing, facts.roles), {
      roles: missing,
      accepts: facts.roles,
    });
  }

  /** The status of a case; null where the server no longer has it since it was listed. */
  async function statusOf({ workflowId, runId, open }: ListedCase): Promise<CaseStatus | null> {
    try {
      // An open one may have gone on in another run meanwhile.
      return await queryStatus(client.workflow.getHandle(workflowId, open ? undefined : runId));
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return null;
      throw error;
    }
  }

  /** Every open case that may hold a task for this person, by what the register shows now. */
  async function mayConcern({ decidesOn, organisations, person }: Responsibilities): Promise<ListedCase[]> {
    const isAdministration = person?.functions.includes('authorisationAdministration') ?? false;
    const [open, left] = await Promise.all([listing(kept.open), isAdministration ? leftToAdministration() : []]);
    const [employees, places, leftOver] = [new Set(decidesOn), new Set(organisations), new Set(left)];
    const now = new Date().toISOString();
    // Past a leaver's deadline the authorisation administration may detach in place of those who did not.
    const isLate = ({ process, due }: ListedCase) => process === 'employeeLeaves' && due !== null && due <= now;
    return open.filter((listed) => {
      const { employee } = listed;
      if (listed.waitsFor.includes('decide')) return employees.has(employee);
      if (listed.waitsFor.includes('remove')) return isAdministration;
      if (!listed.waitsFor.includes('detach')) return false;
      if (waitsThere(listed, places)) return true;
      return isAdministration && (leftOver.has(employee) || isLate(listed));
    });
  }

  /**
   * What the register shows of those whose cases these are. For a removal that only waits to be carried out, all that
   * counts is who may, and that is the same for everybody: thousands may wait for the same few people.
   */
  async function factsFor(person: string, open: ListedCase[]): Promise<(listed: ListedCase) => Facts | undefined> {
    const isPlain = ({ process, waitsFor }: ListedCase) => process === 'removal' && waitsFor.join() === 'remove';
    const employees = open.filter((listed) => !isPlain(listed)).map(({ employee }) => employee);
    const facts = await register.factsOfAll([...new Set([person, ...employees])], system);
    const anybody = facts.get(person);
    return (listed) =>
      isPlain(listed) && anybody ? { ...anybody, employee: listed.employee } : facts.get(listed.employee);
  }

  async function listing<T>(list: () => Promise<T>): Promise<T> {
    try {
      return await list();
    } catch (error) {
      if (cannot(error)) throw problem('NotSupported', problems.cannotList());
      throw error;
    }
  }

  /**
   * One page of what fits. With `reader` only what they may be able to read, of which some may still not be theirs.
   * Temporal is asked where nothing but all that ever was can hold what fits.
   */
  async function pageOf({ employee, employees, ...filters }: CaseFilters, reader: Reader | null, page: Page) {
    const now = new Date().toISOString();
    const named = employees?.filter((one) => !employee || one === employee) ?? (employee ? [employee] : null);
    const theirs = new Set(reader ? [reader.person.id, ...reader.decidesOn] : []);
    const places = new Set(reader?.organisations);
    const isTheirs = (listed: ListedCase) => theirs.has(listed.employee) || waitsThere(listed, places);

    let found: ListedCase[];
    if (named) found = await kept.of(named);
    // A new manager shows late among those that are kept.
    else if (!reader && (filters.manager || !(filters.open || filters.overdue)))
      return listPage(client, caseQuery(filters, now), page.atMost, page.next);
    else if (!reader) found = await kept.open();
    else found = await kept.of([...theirs], isTheirs);

    // As opaque as where Temporal itself goes on.
    const after = page.next && Buffer.from(page.next, 'base64').toString();
    const rest = found
      .filter((listed) => fits(listed, filters, now))
      .map((listed) => ({ listed, place: placeInList(listed) }))
      .filter(({ place }) => !after || place < after)
      .sort((a, b) => (a.place > b.place ? -1 : 1));
    const cases = rest.slice(0, page.atMost);
    const last = cases.length < rest.length ? cases.at(-1) : undefined;
    return {
      cases: cases.map(({ listed }) => listed),
      next: last ? Buffer.from(last.place).toString('base64') : null,
    };
  }

  return {
    /** What a removal would do. Unknown people and roles fail as the contract's exit statuses say. */
    preview: ({ employee, roles, by }: { employee: string; roles?: string[] | undefined; by?: string | undefined }) =>
      previewOf(employee, roles, by),

    /** What waits for this person, oldest due first. */
    async tasks({ person }: { person: string }): Promise<Task[]> {
      const responsible = await register.responsibilities(person);
      if (responsible.person === null) throw problem('NotFound', problems.unknownPerson(person), { person });
      const open = await mayConcern(responsible);
      const factsOn = await factsFor(person, open);
      const found: Task[] = [];
      const onlyTheCaseKnows: ListedCase[] = [];
      for (const listed of open) {
        const shown = factsOn(listed);
        const known = shown && waitsOf(listed, shown, system);
        if (known) found.push(...tasksOf(shown, known, person));
        else onlyTheCaseKnows.push(listed);
      }
      const asked = await pLimit(atOnce).map(onlyTheCaseKnows, async (listed) => {
        const status = await statusOf(listed);
        return status ? tasksOf(factsOn(listed) ?? (await factsOf(status.employee)), status, person) : [];
      });
      return [...found, ...asked.flat()]
        .map((task) => ({ task, place: `${task.due ?? '9999'} ${task.request}` }))
        .sort((a, b) => (a.place < b.place ? -1 : 1))
        .map(({ task }) => task);
    },

    /** One page of the cases that the reader may read; without a reader, whoever runs the system. */
    async cases(asked: { reader?: string; filters: CaseFilters; next?: string; atMost?: number }): Promise<{
      cases: ListedCase[];
      next: string | null;
      isAuditor: boolean;
    }> {
      const { reader, filters, next, atMost = pageSize } = asked;
      const ask = (as: Reader | null) => listing(() => pageOf(filters, as, { next, atMost }));
      if (reader === undefined) return { ...(await ask(null)), isAuditor: false };
      const responsible = await register.responsibilities(reader);
      const { person } = responsible;
      if (person === null) throw problem('NotFound', problems.unknownPerson(reader), { person: reader });
      const isAuditor = person.functions.includes('auditor');
      if (person.functions.length > 0) return { ...(await ask(null)), isAuditor };

      const page = await ask({ ...responsible, person });
      const facts = await register.factsOfAll([...new Set(page.cases.map(({ employee }) => employee))], system);
      const readable = await pLimit(atOnce).map(page.cases, async (listed) => {
        const shown = facts.get(listed.employee);
        if (!shown) return false;
        if (mayReadCasesOf(shown, reader, person)) return true;
        if (!listed.waitsFor.includes('detach')) return false;
        const waits = waitsOf(listed, shown, system) ?? (await statusOf(listed));
        return waits !== null && tasksOf(shown, waits, reader).length > 0;
      });
      return { cases: page.cases.filter((_, index) => readable[index]), next: page.next, isAuditor };
    },

    /** A case's status, once it is clear that the reader may read it. */
    async readCase({ request, reader }: { request: string; reader?: string }): Promise<CaseStatus> {
      const found = await findCase(client, request);
      if (found === null) throw problem('NotFound', problems.noSuchCase(request), { request });
      const status = await queryStatus(found.read);
      if (reader === undefined) return status;
      const [facts, person] = [await factsOf(status.employee), await register.person(reader)];
      if (!mayRead(facts, status, reader, person))
        throw problem('Refused', problems.mayNotRead(reader, found.request), { request: found.request });
      return status;
    },

    /** The assignments of a case that this person may detach now, for `detached` without naming any. */
    async detachable({ request, person }: { request: string; person: string }): Promise<string[]> {
      const found = await findCase(client, request);
      if (!found?.open) return [];
      const status = await queryStatus(found.read);
      const facts = await factsOf(status.employee);
      const wait = status.waitingFor.filter(({ task }) => task === 'detach');
      return [...new Set(wait.flatMap((waiting) => detachableBy(facts, status, waiting, person)))];
    },

    /** The language of a person; Swedish for whoever the register does not know. */
    language: async ({ person }: { person: string }) => (await register.person(person))?.language ?? 'sv',

    ...createRegisterActivities(register),
  };
}

export type CaseActivities = ReturnType<typeof createCaseActivities>;
