import type { Assignment, Facts } from './register.ts';
import { actsFor, assignmentsIn, detachers, type Part, partOf, parts, removers } from './rights.ts';
import type { Occasion, Reader, TellAnswer, TellInput } from './sources.ts';

/**
 * What a removal and a leaver's case have in common: what a case remembers, what it writes in its record, and how it
 * takes in what the register shows.
 */

/** One line of the record: what happened, when, who did it and as whose deputy, and what exactly. */
export type Entry = {
  at: string;
  step: string;
  by?: string;
  for?: string;
  id?: string;
  roles?: string[];
  assignments?: string[];
  order?: string;
  warnings?: string[];
  lastWorkingDay?: string;
  /** The wait that somebody was reminded of. */
  wait?: Wait;
  /** Who was told; an employee's id or `helpdesk`. */
  to?: string[];
  note?: string;
};

export type CaseContext = {
  request: string;
  employee: string;
  system: string;
  /** The roles that go. */
  roles: string[];
  facts: Facts;
  /** When the last event was handled, ISO 8601: machines never read the clock. */
  at: string;
  /** When the present top-level state began. */
  since: string;
  /** How many notices each wait has had since then. */
  notices: Partial<Record<Wait, number>>;
  /** The assignments in these roles that are still attached and not accepted as stranded. */
  attached: Assignment[];
  stranded: string[];
  /** What was just said to be detached, until the register has been looked at. */
  claimed: Record<Part, string[]>;
  record: Entry[];
  /** When a confirmation was first refused, by reader. */
  refusedSince: Partial<Record<ConfirmationReader, string>>;
};

/** What somebody is waited for: the manager twice over, the two kinds of detaching, and the removal. */
export type Wait = 'decide' | 'orderAgain' | Part | 'remove';
export type ConfirmationReader = 'manager' | 'employee';

/** What a person's command carries once the runner hands it over. */
export type Act = { by: string; id: string; at: string; facts: Facts };

/** Adds a line to the record. */
export const recorded = (context: CaseContext, entry: Entry): Pick<CaseContext, 'record'> => ({
  record: [...context.record, entry],
});

/** The line for what somebody did. */
export const actOf = (act: Act, step: string, more: Partial<Entry> = {}): Entry => ({
  at: act.at,
  step,
  by: act.by,
  id: act.id,
  ...more,
});

/** The line for what the manager did, or in their place a deputy, who is never one in their own case. */
export function managersAct(act: Act, step: string, more: Partial<Entry> = {}): Entry {
  const manager = act.by === act.facts.employee ? undefined : actsFor(act.facts, act.by);
  return { ...actOf(act, step, more), ...given('for', manager) };
}

/** `{ key: value }`, or nothing where there is no value: records name only what there is. */
export const given = <Key extends string, Value>(key: Key, value: Value | undefined): { [K in Key]?: Value } => {
  const one: { [K in Key]?: Value } = {};
  if (value !== undefined) one[key] = value;
  return one;
};

/** Takes in what the register shows: the facts themselves, and which assignments are still attached. */
export function seen(context: CaseContext, facts: Facts, at: string) {
  const { gone: _gone, ...shown } = facts;
  return {
    facts: { ...shown, gone: [] },
    at,
    attached: assignmentsIn(facts, context.roles).filter(({ id }) => !context.stranded.includes(id)),
  };
}

/** Assignments that the case waited for and that the register no longer shows, though nobody said so. */
export function goneUnsaid(context: CaseContext, facts: Facts): string[] {
  const shown = facts.assignments.map(({ id }) => id);
  return context.attached.map(({ id }) => id).filter((id) => !shown.includes(id));
}

export const attachedIn = (context: CaseContext, part: Part): Assignment[] =>
  context.attached.filter((assignment) => partOf(assignment) === part);

/** True once the register shows none of the roles that were to go. */
export const isGone = (context: CaseContext, facts = context.facts): boolean =>
  !context.roles.some((role) => facts.roles.includes(role));

/** Everybody who may detach an assignment now: past a leaver's deadline the authorisation administration too. */
export const mayDetach = (facts: Facts, assignment: Assignment, pastDeadline = false): string[] => [
  ...new Set([...detachers(facts, assignment), ...(pastDeadline ? removers(facts) : [])]),
];

export const persons = (ids: readonly string[]): Reader[] => [...new Set(ids)].map((person) => ({ person }));

/** What every mail of a case says. */
export const mail = (context: CaseContext, occasion: Occasion, number: number, to: Reader[]): TellInput => ({
  request: context.request,
  occasion,
  number,
  to: to.length > 0 ? to : [{ helpdesk: true }],
  employee: context.employee,
  system: context.system,
  roles: context.roles,
});

export const isPart = (wait: Wait): wait is Part => parts.some((part) => part === wait);

export const readerId = (reader: Reader): string => ('person' in reader ? reader.person : 'helpdesk');

/** Who could not be told, for the record: ids only. */
export const notTold = (answer: TellAnswer): string =>
  answer.refused.map(({ reader, reason }) => `${readerId(reader)}: ${reason}`).join('; ');

/** How often a step is in the record, of one wait where it is named: numbers the mails of one kind. */
export const times = (context: CaseContext, step: string, wait?: Wait): number =>
  context.record.filter((entry) => entry.step === step && entry.wait === wait).length;

/** Writes down that assignments were said to be detached; one command that names both kinds of work is one line. */
export function saidDetached(
  context: CaseContext,
  act: Act & { assignments: string[]; note?: string | undefined },
  part: Part,
) {
  const here = attachedOrGone(context, act.facts)
    .filter((assignment) => partOf(assignment) === part && act.assignments.includes(assignment.id))
    .map(({ id }) => id);
  const last = context.record.at(-1);
  const same = last?.step === 'detached' && last.id === act.id;
  const assignments = same ? [...(last.assignments ?? []), ...here] : here;
  const entry = actOf(act, 'detached', { assignments, ...given('note', act.note) });
  return {
    at: act.at,
    claimed: { ...context.claimed, [part]: here },
    record: [...(same ? context.record.slice(0, -1) : context.record), entry],
  };
}

/** The assignments that somebody may now say are detached: those attached, and those that the register just lost. */
export const attachedOrGone = (context: CaseContext, facts: Facts): Assignment[] =>
  [...assignmentsIn(facts, context.roles), ...facts.gone].filter(({ id }) => !context.stranded.includes(id));

/** A case before its first look at the register. */
export const newCase = (start: { request: string; employee: string; system: string; at: string }): CaseContext => ({
  request: start.request,
  employee: start.employee,
  system: start.system,
  roles: [],
  facts: {
    asOf: start.at,
    employee: start.employee,
    known: false,
    manager: null,
    roles: [],
    assignments: [],
    gone: [],
    authorisationAdministration: [],
    humanResources: [],
  },
  at: start.at,
  since: start.at,
  notices: {},
  attached: [],
  stranded: [],
  claimed: { collaborationAdministrators: [], interventionManagers: [] },
  record: [],
  refusedSince: {},
});
