/** The register of the measurements: as many employees as are needed, ten to a manager, an organisation and an intervention. */

const TEN = 10;

/** The authorisation administration, which removes. */
export const remover = 'admin';
export const employeeOf = (number: number): string => `e${number}`;
const groupOf = (employee: string): number => Math.floor(Number(employee.slice(1)) / TEN);
export const managerOf = (employee: string): string => `m${groupOf(employee)}`;
/** Who detaches: the intervention manager of the employee's intervention. */
export const detacherOf = (employee: string): string => `v${groupOf(employee)}`;
/** Two for each organisation, so that one can be detached by the other. */
const administratorsOf = (employee: string): string[] => ['x', 'y'].map((letter) => `${letter}${groupOf(employee)}`);
export const assignmentOf = (employee: string): string => `a-${employee}`;

/** @returns the register file (contract, "Register file"). */
export function registerOf(employees: number): object {
  const all = Array.from({ length: employees }, (_, number) => employeeOf(number));
  const groups = all.filter((_, number) => number % TEN === 0);
  const person = (id: string, manager: string | null, functions: string[] = []) => ({
    id,
    name: `Person ${id}`,
    email: `${id}@example.org`,
    manager,
    functions,
  });
  const assignment = (id: string, who: string, role: string, group: number) => ({
    id,
    person: who,
    role,
    organisation: `o${group}`,
    intervention: `i${group}`,
  });
  return {
    people: [
      person('head', null),
      person(remover, 'head', ['authorisationAdministration']),
      ...groups.flatMap((first) =>
        [managerOf(first), detacherOf(first), ...administratorsOf(first)].map((id) => person(id, 'head')),
      ),
      ...all.map((id) => person(id, managerOf(id))),
    ],
    organisations: groups.map((_, group) => ({ id: `o${group}`, name: `Organisation ${group}`, form: 'finsam' })),
    interventions: groups.map((_, group) => ({
      id: `i${group}`,
      name: `Intervention ${group}`,
      organisation: `o${group}`,
    })),
    authorisations: [
      ...groups.map((first) => ({ person: detacherOf(first), system: 'SUS', roles: ['interventionManager'] })),
      ...groups
        .flatMap(administratorsOf)
        .map((id) => ({ person: id, system: 'SUS', roles: ['collaborationAdministrator'] })),
      ...all.map((id) => ({ person: id, system: 'SUS', roles: ['participantManager'] })),
    ],
    assignments: [
      ...groups.map((first, group) => assignment(`b-${group}`, detacherOf(first), 'interventionManager', group)),
      ...groups.flatMap((first, group) =>
        administratorsOf(first).map((id) => ({
          ...assignment(`c-${id}`, id, 'collaborationAdministrator', group),
          intervention: null,
        })),
      ),
      ...all.map((id) => assignment(assignmentOf(id), id, 'participantManager', groupOf(id))),
    ],
  };
}
