import type { Assignment, Facts } from '../../machines/register.ts';
import type { RegisterFile } from '../../outside/registerFileForm.ts';

/**
 * The register of the paths' model: plain data, changed by pure functions, that shows what the real register must show
 * after the same changes.
 */

const SYSTEM = 'SUS';

export const rolesOf = ({ authorisations }: RegisterFile, person: string): string[] =>
  authorisations.find((each) => each.person === person)?.roles ?? [];

/** The assignments of a person that can be looked up: the role is held, and they are not stranded. */
export const shownAssignments = (register: RegisterFile, person: string) =>
  register.assignments.filter(
    (each) => each.person === person && !each.stranded && rolesOf(register, person).includes(each.role),
  );

/** What the register shows of an employee; `known` are the assignments that the case knew of. */
export function factsOf(register: RegisterFile, employee: string, known: Assignment[], asOf: string): Facts {
  const find = (id: string | null | undefined) => register.people.find((person) => person.id === id);
  const manager = find(find(employee)?.manager);
  const withFunction = (name: 'authorisationAdministration' | 'humanResources') =>
    register.people.filter(({ functions }) => functions.includes(name)).map(({ id }) => id);
  const peopleWho = (role: string, where: (assignment: RegisterFile['assignments'][number]) => boolean) =>
    register.people
      .map(({ id }) => id)
      .filter((id) => shownAssignments(register, id).some((each) => each.role === role && where(each)));
  const detachers = (organisation: string, intervention: string | null) => ({
    administrators: peopleWho('collaborationAdministrator', (each) => each.organisation === organisation),
    managers: peopleWho('interventionManager', (each) => intervention !== null && each.intervention === intervention),
  });
  const assignments = shownAssignments(register, employee).map(({ id, role, organisation, intervention }) => ({
    id,
    role,
    organisation,
    form: register.organisations.find((each) => each.id === organisation)?.form ?? 'finsam',
    intervention,
    ...detachers(organisation, intervention),
  }));
  return {
    asOf,
    employee,
    known: find(employee) !== undefined,
    manager: manager
      ? {
          id: manager.id,
          deputies: manager.deputies.filter((id) => find(id)),
          manager: find(manager.manager)?.id ?? null,
        }
      : null,
    roles: rolesOf(register, employee),
    assignments,
    gone: known
      .filter(({ id }) => !assignments.some((shown) => shown.id === id))
      .map((each) => ({ ...each, ...detachers(each.organisation, each.intervention) })),
    authorisationAdministration: withFunction('authorisationAdministration'),
    humanResources: withFunction('humanResources'),
  };
}

/** Exactly these roles from now on: assignments in roles no longer held are stranded, in roles held again found again. */
export const withRoles = (register: RegisterFile, person: string, roles: string[]): RegisterFile => ({
  ...register,
  authorisations: [
    ...register.authorisations.filter((each) => each.person !== person),
    ...(roles.length > 0 ? [{ person, system: SYSTEM, roles } as const] : []),
  ],
  assignments: register.assignments.map((each) =>
    each.person === person ? { ...each, stranded: !roles.includes(each.role) } : each,
  ),
});

export const withoutAssignments = (register: RegisterFile, ids: string[]): RegisterFile => ({
  ...register,
  assignments: register.assignments.filter(({ id }) => !ids.includes(id)),
});

export const withoutPerson = (register: RegisterFile, person: string): RegisterFile => ({
  ...register,
  people: register.people.filter(({ id }) => id !== person),
  authorisations: register.authorisations.filter((each) => each.person !== person),
  assignments: register.assignments.filter((each) => each.person !== person),
});

/** As the process removes: nothing while something in these roles is attached that was not accepted as stranded. */
export function afterRemoval(register: RegisterFile, person: string, roles: string[], stranded: string[]) {
  const attached = shownAssignments(register, person).filter(
    ({ id, role }) => roles.includes(role) && !stranded.includes(id),
  );
  const left = rolesOf(register, person).filter((role) => !roles.includes(role));
  return attached.length > 0 ? register : withRoles(register, person, left);
}
