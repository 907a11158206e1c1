import { attachedOrGone, type CaseContext, mayDetach } from './case.ts';
import type { Facts } from './register.ts';
import { removers } from './rights.ts';

/**
 * Why a person's command does not count, as data: the texts are made where they are shown. Every rule that refuses
 * somebody gives one of these.
 */
export type WhyNot =
  /** Somebody else may do this. */
  | { why: 'notAllowed'; may: string[] }
  /** The employee acts on their own authorisation. */
  | { why: 'ownAuthorisation' }
  | { why: 'rolesNotHeld'; roles: string[]; held: string[] }
  | { why: 'notAcknowledged'; warnings: string[] }
  /** Assignments that this case does not wait for. */
  | { why: 'notAttached'; assignments: string[]; attached: string[] }
  | { why: 'notTheirs'; assignments: string[]; may: string[] }
  | { why: 'beforeDeadline'; deadline: string }
  /** The case is on its way to an end already. */
  | { why: 'ending'; as: string }
  | { why: 'leaverNotAtWork' }
  | { why: 'unknownPerson'; person: string };

/** Only these may do it; nobody acts on their own authorisation. */
export function unlessAmong(people: string[], by: string, employee: string): WhyNot | undefined {
  if (people.includes(by)) return undefined;
  return by === employee ? { why: 'ownAuthorisation' } : { why: 'notAllowed', may: people };
}

/** A list with one assignment that may not be detached by this person is refused whole (contract, "Client"). */
export function whyNotDetached(
  context: CaseContext,
  { by, assignments, facts }: { by: string; assignments: string[]; facts: Facts },
  pastDeadline = false,
): WhyNot | undefined {
  const open = attachedOrGone(context, facts);
  const unknown = assignments.filter((id) => !open.some((assignment) => assignment.id === id));
  if (unknown.length > 0) return { why: 'notAttached', assignments: unknown, attached: open.map(({ id }) => id) };
  const named = open.filter(({ id }) => assignments.includes(id));
  if (by === context.employee) return { why: 'ownAuthorisation' };
  const others = named.filter((assignment) => !mayDetach(facts, assignment, pastDeadline).includes(by));
  if (others.length === 0) return undefined;
  const may = [...new Set(others.flatMap((assignment) => mayDetach(facts, assignment, pastDeadline)))];
  return { why: 'notTheirs', assignments: others.map(({ id }) => id), may };
}

/** The authorisation administration alone removes, and not their own. */
export const whyNotRemover = (context: CaseContext, { by, facts }: { by: string; facts: Facts }): WhyNot | undefined =>
  unlessAmong(removers(facts), by, context.employee);
