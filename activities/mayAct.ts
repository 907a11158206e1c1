import type { Facts } from '../machines/register.ts';
import { actsFor, assignmentsIn, deciders, detachers, leaverDeciders, removers } from '../machines/rights.ts';
import { type WaitsFor, waits, workOf } from '../machines/waiting.ts';
import { guidanceOf } from '../texts/guidance.ts';
import type { CaseStatus, Waiting } from './caseStatus.ts';
import type { ListedCase } from './listCases.ts';
import type { Person } from './ports.ts';

/**
 * What of a case waits for one person, and whether they may read it, by what the register shows now. The rules are in
 * `machines/rights.ts`; this applies them to a case's status.
 */

/** One thing that waits for a person: the fields of the status's `waitingFor`, and whose case it is. */
export type Task = {
  request: string;
  process: string;
  employee: string;
  system: string;
  roles: string[];
  state: string;
  task: string;
  /** Only the assignments that this person may detach. */
  assignments: string[];
  /** Where those assignments are, as far as the register still shows them. */
  places?: { assignment: string; role: string; organisation: string; intervention: string | null; form: string }[];
  mayAct: string[];
  asOf: string;
  guidance?: unknown;
  since?: string | undefined;
  due?: string | null | undefined;
  /** Past a leaver's deadline this person may also accept these assignments as stranded. */
  mayAcceptStranded?: boolean;
  /** The manager in whose place this person would act, as a deputy. */
  for?: string;
};

/** What of a case its tasks are made from. */
type Waits = Pick<CaseStatus, 'request' | 'process' | 'employee' | 'system' | 'roles' | 'state' | 'waitingFor'>;

/** True where the deadline of a leaver's step has passed: the authorisation administration may act then, too. */
const pastDeadline = (status: Waits, waiting: Waiting, now: string) =>
  status.process === 'employeeLeaves' && typeof waiting.due === 'string' && Date.parse(waiting.due) <= Date.parse(now);

/** Who may detach one assignment now. One that the register no longer shows is left to those who were asked. */
function mayDetach(facts: Facts, status: Waits, waiting: Waiting, id: string): string[] {
  const assignment = facts.assignments.find((candidate) => candidate.id === id);
  const people = assignment ? detachers(facts, assignment) : waiting.mayAct;
  const all = pastDeadline(status, waiting, facts.asOf) ? [...people, ...removers(facts)] : people;
  return [...new Set(all)].filter((person) => person !== facts.employee);
}

/** Which of the assignments that wait this person may detach now. */
export const detachableBy = (facts: Facts, status: Waits, waiting: Waiting, person: string): string[] =>
  (waiting.assignments ?? []).filter((id) => mayDetach(facts, status, waiting, id).includes(person));

/** Who may do what waits, whatever it is. */
function mayDo(facts: Facts, status: Waits, waiting: Waiting): string[] {
  if (waiting.task === 'detach')
    return [...new Set((waiting.assignments ?? []).flatMap((id) => mayDetach(facts, status, waiting, id)))];
  if (waiting.task === 'remove') return removers(facts);
  return status.process === 'employeeLeaves' ? leaverDeciders(facts) : deciders(facts);
}

const isWait = (task: string): task is WaitsFor => waits.some((known) => known === task);
const same = (some: readonly string[], others: readonly string[]) =>
  new Set(some).size === new Set(others).size && some.every((one) => others.includes(one));

/**
 * What a case waits for, from the list of cases and the register alone, so that the case itself need not be asked.
 *
 * @returns null where only the case knows: where the register no longer shows what the case waits for, where some may have
 *   been accepted as stranded (a leaver's), or where an earlier version has listed it.
 */
export function waitsOf(listed: ListedCase, facts: Facts, system: string): Waits | null {
  const { request, process, employee, state, organisations, due, since } = listed;
  const isLeaver = process === 'employeeLeaves';
  // A leaver's whole authorisation goes, with what has been added to it since.
  const roles = isLeaver ? [...new Set([...listed.roles, ...facts.roles])] : listed.roles;
  const about = { request, process, employee, system, roles, state };
  const [task] = listed.waitsFor;
  if (task === undefined) return { ...about, waitingFor: [] };
  if (!isWait(task) || since === null || listed.roles.length === 0) return null;
  const attached = task === 'detach' ? assignmentsIn(facts, roles) : [];
  const places = attached.map(({ organisation }) => organisation);
  if (task === 'detach' && (isLeaver || !same(organisations, places))) return null;
  const waitingFor = workOf(task, facts, attached).map(({ mayAct, assignments }) => ({
    task,
    assignments: assignments.map(({ id }) => id),
    mayAct,
    asOf: facts.asOf,
    guidance: guidanceOf(task, assignments[0]),
    since,
    due,
  }));
  return { ...about, waitingFor };
}

/** What of this case waits for this person now. */
export function tasksOf(facts: Facts, status: Waits, person: string): Task[] {
  return status.waitingFor.flatMap((waiting) => {
    const mayAct = mayDo(facts, status, waiting);
    if (!mayAct.includes(person)) return [];
    const { request, process, employee, system, roles, state } = status;
    const task: Task = {
      ...waiting,
      assignments: waiting.assignments ?? [],
      request,
      process,
      employee,
      system,
      roles,
      state,
      mayAct,
      asOf: facts.asOf,
    };
    if (waiting.task === 'detach') {
      const theirs = detachableBy(facts, status, waiting, person);
      task.assignments = theirs;
      if (removers(facts).includes(person) && pastDeadline(status, waiting, facts.asOf)) task.mayAcceptStranded = true;
      task.places = facts.assignments
        .filter(({ id }) => theirs.includes(id))
        .map(({ id, role, organisation, intervention, form }) => ({
          assignment: id,
          role,
          organisation,
          intervention,
          form,
        }));
    } else if (waiting.task !== 'remove') {
      const manager = actsFor(facts, person);
      if (manager) task.for = manager;
    }
    return [task];
  });
}

/** Who may read any case of this employee, whatever it waits for (contract, "Cases"). */
export function mayReadCasesOf(facts: Facts, reader: string, person: Person | null): boolean {
  if (person === null) return false;
  const { manager } = facts;
  return (
    reader === facts.employee ||
    reader === manager?.id ||
    (manager?.deputies.includes(reader) ?? false) ||
    person.functions.length > 0
  );
}

/** Who may read this case: as above, and whoever may act on it. */
export const mayRead = (facts: Facts, status: CaseStatus, reader: string, person: Person | null): boolean =>
  mayReadCasesOf(facts, reader, person) || (person !== null && tasksOf(facts, status, reader).length > 0);

const acts = [
  'undone',
  'withdrawn',
  'decided',
  'detached',
  'strandedAccepted',
  'removed',
  'returned',
  'dateChanged',
  'stays',
] as const;
/** What somebody may do in a case, by the name of the event. */
export type MayDo = (typeof acts)[number];

/** What this person may do in this case now: what the state accepts, as far as the register lets them. */
export function mayDoNow(facts: Facts, status: CaseStatus, person: string): MayDo[] {
  const isLeaver = status.process === 'employeeLeaves';
  const isRemover = removers(facts).includes(person);
  const detaches = status.waitingFor.filter(({ task }) => task === 'detach');
  const decides = (isLeaver ? leaverDeciders(facts) : deciders(facts)).includes(person);
  const may: Record<MayDo, boolean> = {
    undone: decides,
    withdrawn: decides,
    decided: decides,
    detached: detaches.some((waiting) => detachableBy(facts, status, waiting, person).length > 0),
    strandedAccepted: isRemover && detaches.some((waiting) => pastDeadline(status, waiting, facts.asOf)),
    removed: isRemover,
    returned: isRemover,
    dateChanged: decides,
    stays: decides,
  };
  return acts.filter((name) => may[name] && status.accepts.includes(name));
}
