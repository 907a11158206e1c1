import { createRandom } from './random.ts';

/**
 * The people of a run, and what they hold: a few who act on all cases, and an employee for each request. The load plays
 * them; the checks know from here, not from the process, who may do what.
 */

export type Assignment = {
  id: string;
  person: string;
  role: string;
  organisation: string;
  intervention: string | null;
};

export type Employee = {
  id: string;
  manager: string;
  deputy: string;
  roles: string[];
  assignments: Assignment[];
  /** What a decision on all roles must acknowledge. */
  warnings: string[];
};

export type Office = {
  employees: Employee[];
  /** Collaboration administrators of every shared organisation, and intervention managers of every intervention. */
  collaborationAdministrators: string[];
  interventionManagers: string[];
  authorisationAdministration: string[];
  humanResources: string[];
  /** The register file. */
  register: object;
};

const MANAGERS = 8;
const PLACES = 6;
/** Participant manager and collaboration administrator exclude each other. */
const HELD = [
  ['collaborationAdministrator'],
  ['interventionManager'],
  ['participantManager'],
  ['collaborationAdministrator', 'interventionManager'],
  ['interventionManager', 'participantManager'],
  ['collaborationAdministrator', 'reader'],
  ['reader'],
] as const;

export const mailOf = (person: string) => `${person}@example.org`;

/** @param count how many employees; @param seed what they hold comes from it. */
export function createOffice(count: number, seed: number): Office {
  const random = createRandom(seed);
  const collaborationAdministrators = ['ca0', 'ca1'];
  const interventionManagers = ['im0', 'im1'];
  const authorisationAdministration = ['aa0', 'aa1'];
  const humanResources = ['hr0'];
  const places = Array.from({ length: PLACES }, (_, place) => String(place));

  const employees = Array.from({ length: count }, (_, index): Employee => {
    const id = `e${index}`;
    const roles = [...random.oneOf(HELD)];
    const hasOwnOrganisation = random.chance(0.2);
    const assignments = roles.flatMap((role): Assignment[] => {
      if (role === 'reader') return [];
      const place = random.oneOf(places);
      const organisation = `org${place}`;
      const at = { person: id, role, organisation };
      if (role === 'collaborationAdministrator')
        return [
          { ...at, id: `${id}-ca`, intervention: null },
          ...(hasOwnOrganisation ? [{ ...at, id: `${id}-own`, organisation: `own-${id}`, intervention: null }] : []),
        ];
      return [{ ...at, id: `${id}-${role === 'interventionManager' ? 'im' : 'pm'}`, intervention: `int${place}` }];
    });
    return {
      id,
      manager: `m${index % MANAGERS}`,
      deputy: `d${index % MANAGERS}`,
      roles,
      assignments,
      warnings: assignments.some(({ organisation }) => organisation === `own-${id}`)
        ? [`last-administrator:own-${id}`]
        : [],
    };
  });

  const person = (id: string, manager: string | null, more: object = {}) => ({
    id,
    name: `Person ${id}`,
    email: mailOf(id),
    manager,
    ...more,
  });
  const standing = [
    ...collaborationAdministrators.map((id) => ({ id, role: 'collaborationAdministrator' })),
    ...interventionManagers.map((id) => ({ id, role: 'interventionManager' })),
  ];
  const register = {
    people: [
      person('head', null),
      ...Array.from({ length: MANAGERS }, (_, index) => [
        person(`m${index}`, 'head', { deputies: [`d${index}`], language: index % 2 === 0 ? 'sv' : 'en' }),
        person(`d${index}`, 'head'),
      ]).flat(),
      ...standing.map(({ id }) => person(id, 'head')),
      ...authorisationAdministration.map((id) => person(id, 'head', { functions: ['authorisationAdministration'] })),
      ...humanResources.map((id) => person(id, 'head', { functions: ['humanResources'] })),
      ...employees.map(({ id, manager }) => person(id, manager)),
    ],
    organisations: [
      ...places.map((place) => ({ id: `org${place}`, name: `Organisation ${place}`, form: 'finsam' })),
      ...employees
        .filter(({ warnings }) => warnings.length > 0)
        .map(({ id }) => ({ id: `own-${id}`, name: `Organisation of ${id}`, form: 'finsam' })),
    ],
    interventions: places.map((place) => ({
      id: `int${place}`,
      name: `Intervention ${place}`,
      organisation: `org${place}`,
    })),
    authorisations: [
      ...standing.map(({ id, role }) => ({ person: id, system: 'SUS', roles: [role] })),
      ...employees.map(({ id, roles }) => ({ person: id, system: 'SUS', roles })),
    ],
    assignments: [
      ...standing.flatMap(({ id, role }) =>
        places.map((place) => ({
          id: `${id}-${place}`,
          person: id,
          role,
          organisation: `org${place}`,
          intervention: role === 'interventionManager' ? `int${place}` : null,
        })),
      ),
      ...employees.flatMap(({ assignments }) => assignments),
    ],
  };
  return {
    employees,
    collaborationAdministrators,
    interventionManagers,
    authorisationAdministration,
    humanResources,
    register,
  };
}
