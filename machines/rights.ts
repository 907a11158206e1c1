import type { Assignment, Facts } from './register.ts';

/**
 * Who may do what, and what to warn of: the rules of the process page as pure functions of what the register shows.
 * Someone who changes who may act changes this file and nothing else.
 */

const without = (people: readonly string[], person: string) => [...new Set(people)].filter((id) => id !== person);

/**
 * Who decides on an employee's authorisation: the manager and the deputies registered for that manager; human resources
 * for whoever has no manager, or where nobody else is left. Never the employee, as a deputy neither (process page,
 * "Decision").
 */
export function deciders(facts: Facts): string[] {
  const { manager, employee } = facts;
  const line = manager ? without([manager.id, ...manager.deputies], employee) : [];
  return line.length > 0 ? line : without(facts.humanResources, employee);
}

/** Who may say that somebody leaves, move the date, or say that they stay: deciders and human resources. */
export const leaverDeciders = (facts: Facts): string[] =>
  without([...deciders(facts), ...facts.humanResources], facts.employee);

/** Who may propose a removal: the employee, the authorisation administration, and whoever may decide. */
export const proposers = (facts: Facts): string[] => [
  ...new Set([facts.employee, ...facts.authorisationAdministration, ...deciders(facts)]),
];

/** The manager that a deputy acts for; undefined where the person acts as themselves. */
export function actsFor(facts: Facts, person: string): string | undefined {
  const { manager } = facts;
  return manager && manager.id !== person && manager.deputies.includes(person) ? manager.id : undefined;
}

/** The authorisation administration, without the employee: nobody removes their own authorisation. */
export const removers = (facts: Facts): string[] => without(facts.authorisationAdministration, facts.employee);

/**
 * Who detaches an assignment (process page, table under "Detach"): another collaboration administrator of the
 * organisation; for a participant manager's an intervention manager of the intervention. Where nobody is left, the
 * authorisation administration.
 */
export function detachers(facts: Facts, assignment: Assignment): string[] {
  const people = assignment.role === 'participantManager' ? assignment.managers : assignment.administrators;
  const others = without(people, facts.employee);
  return others.length > 0 ? others : removers(facts);
}

/** The two kinds of work that run side by side: who, by the role that acts, detaches an assignment. */
export const parts = ['collaborationAdministrators', 'interventionManagers'] as const;
export type Part = (typeof parts)[number];

export const partOf = (assignment: Assignment): Part =>
  assignment.role === 'participantManager' ? 'interventionManagers' : 'collaborationAdministrators';

/** The assignments that must be detached before these roles can go. */
export const assignmentsIn = (facts: Facts, roles: readonly string[]): Assignment[] =>
  facts.assignments.filter(({ role }) => roles.includes(role));

/**
 * What to warn the manager of before the decision (process page, "Detach"): an organisation that loses its last
 * collaboration administrator, an intervention its last manager, and roles that exclude each other and stay together.
 *
 * @param roles the roles that would go.
 * @returns warning ids, each once (contract, "Temporal").
 */
export function warningsOf(facts: Facts, roles: readonly string[]): string[] {
  const nobodyElse = (people: string[]) => without(people, facts.employee).length === 0;
  const warnings = assignmentsIn(facts, roles).flatMap((assignment) => {
    if (assignment.role === 'collaborationAdministrator' && nobodyElse(assignment.administrators))
      return [`last-administrator:${assignment.organisation}`];
    if (assignment.role === 'interventionManager' && assignment.intervention && nobodyElse(assignment.managers))
      return [`last-manager:${assignment.intervention}`];
    return [];
  });
  const kept = facts.roles.filter((role) => !roles.includes(role));
  if (kept.includes('collaborationAdministrator') && kept.includes('participantManager'))
    warnings.push('combined-roles');
  return [...new Set(warnings)];
}

/** The warnings that nobody has acknowledged. */
export const notAcknowledged = (warnings: readonly string[], acknowledged: readonly string[]): string[] =>
  warnings.filter((warning) => !acknowledged.includes(warning));
