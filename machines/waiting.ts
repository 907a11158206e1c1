import { mayDetach } from './case.ts';
import type { Assignment, Facts } from './register.ts';
import { deciders, removers } from './rights.ts';

/** What a case waits for (contract, "Search attributes"). */
export const waits = ['decide', 'detach', 'remove'] as const;
export type WaitsFor = (typeof waits)[number];

/** Work that the same people may do. */
export type Work = { mayAct: string[]; assignments: Assignment[] };

/**
 * Who may do what a case waits for, by what the register shows.
 *
 * @param attached the assignments that are to be detached; asked for where it waits for that.
 * @param pastDeadline a leaver's: the authorisation administration may then detach, too.
 * @returns one for each group of people; for assignments, for each kind of them (role and form of collaboration).
 */
export function workOf(task: WaitsFor, facts: Facts, attached: readonly Assignment[], pastDeadline = false): Work[] {
  if (task === 'decide') return [{ mayAct: deciders(facts), assignments: [] }];
  if (task === 'remove') return [{ mayAct: removers(facts), assignments: [] }];
  const groups = new Map<string, Work>();
  for (const assignment of attached) {
    const mayAct = mayDetach(facts, assignment, pastDeadline);
    const key = [assignment.form, assignment.role, ...mayAct].join(' ');
    const group = groups.get(key) ?? { mayAct, assignments: [] };
    group.assignments.push(assignment);
    groups.set(key, group);
  }
  return [...groups.values()];
}
