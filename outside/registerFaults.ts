import type { ParsedFile } from './registerFileForm.ts';

/**
 * What a register file may not say, taken as a whole: ids given twice, references to nothing, rings of managers,
 * assignments that their role does not allow.
 */

/** The ids that the file names, those of entries at fault included. */
export type Named = {
  people: string[];
  organisations: string[];
  interventions: string[];
  /** Whether every entry could be read, so that what is missing is really missing. */
  wholePeople: boolean;
};

function twice(ids: readonly string[]): string[] {
  const seen = new Set<string>();
  return [...new Set(ids.filter((id) => seen.size === seen.add(id).size))];
}

/** Rings of managers, each once, named from its least id on. */
function ringsOf(people: ParsedFile['people']): string[][] {
  const managerOf = new Map(people.map(({ id, manager }) => [id, manager]));
  const settled = new Set<string>();
  const rings: string[][] = [];
  for (const { id } of people) {
    const way: string[] = [];
    let at: string | null | undefined = id;
    while (at && !settled.has(at)) {
      settled.add(at);
      way.push(at);
      at = managerOf.get(at);
    }
    const start = at ? way.indexOf(at) : -1;
    if (start < 0) continue;
    const ring = way.slice(start);
    const least = ring.indexOf(ring.toSorted()[0] ?? '');
    rings.push([...ring.slice(least), ...ring.slice(0, least)]);
  }
  return rings;
}

function faultsOfPeople(file: ParsedFile, known: Set<string>, whole: boolean): string[] {
  const faults: string[] = [];
  for (const { id, manager, deputies } of file.people) {
    if (manager && !known.has(manager)) faults.push(`person ${id}: manager ${manager} is not among the people`);
    for (const deputy of deputies)
      if (!known.has(deputy)) faults.push(`person ${id}: deputy ${deputy} is not among the people`);
  }
  for (const ring of ringsOf(file.people))
    faults.push(`a ring of managers: ${[...ring, ring[0]].join(' -> ')}; somebody in it must have another manager`);
  const heads = file.people.filter(({ manager }) => manager === null).map(({ id }) => id);
  if (heads.length > 1)
    faults.push(`more than one person has no manager: ${heads.join(', ')}; the head alone has "manager": null`);
  if (whole && heads.length === 0) faults.push('nobody is the head: exactly one person must have "manager": null');
  return faults;
}

function faultsOfAssignment(
  entry: ParsedFile['assignments'][number],
  file: ParsedFile,
  named: { organisations: Set<string>; interventions: Set<string> },
  held: ReadonlySet<string>,
): string[] {
  const faults: string[] = [];
  const { organisation, intervention, role } = entry;
  if (organisation !== undefined && !named.organisations.has(organisation))
    faults.push(`organisation ${organisation} is not among the organisations`);
  if (intervention !== null && !named.interventions.has(intervention))
    faults.push(`intervention ${intervention} is not among the interventions`);
  if (organisation === undefined && intervention === null) faults.push('names neither organisation nor intervention');
  const of = file.interventions.find(({ id }) => id === intervention)?.organisation;
  if (organisation !== undefined && of !== undefined && of !== organisation)
    faults.push(`intervention ${intervention} belongs to organisation ${of}, not to ${organisation}`);
  if (role === 'collaborationAdministrator' && intervention !== null)
    faults.push('a collaboration administrator is tied to an organisation: intervention must be null');
  if (role === 'participantManager' && intervention === null)
    faults.push('a participant manager is tied to an intervention: intervention must name it');
  if (!entry.stranded && !held.has(`${entry.person} ${role}`))
    faults.push(`person ${entry.person} does not hold the role ${role}; give the role, or mark it "stranded": true`);
  return faults.map((fault) => `assignment ${entry.id}: ${fault}`);
}

/**
 * @param file the entries that could be read.
 * @param named the ids of all entries.
 * @returns every fault, as a sentence that says where; empty where there is none.
 */
export function faultsBetween(file: ParsedFile, named: Named): string[] {
  const people = new Set(named.people);
  const things = { organisations: new Set(named.organisations), interventions: new Set(named.interventions) };
  const held = new Set(file.authorisations.flatMap(({ person, roles }) => roles.map((role) => `${person} ${role}`)));
  const unknown = (person: string) => (people.has(person) ? [] : [`person ${person} is not among the people`]);
  const authorisationIds = file.authorisations.map(({ person, system }) => `${person} in ${system}`);
  return [
    ...twice(file.people.map(({ id }) => id)).map((id) => `two people have the id ${id}`),
    ...twice(file.organisations.map(({ id }) => id)).map((id) => `two organisations have the id ${id}`),
    ...twice(file.interventions.map(({ id }) => id)).map((id) => `two interventions have the id ${id}`),
    ...twice(file.assignments.map(({ id }) => id)).map((id) => `two assignments have the id ${id}`),
    ...twice(authorisationIds).map((id) => `two authorisations of person ${id}; write one with all roles`),
    ...faultsOfPeople(file, people, named.wholePeople),
    ...file.interventions
      .filter(({ organisation }) => !things.organisations.has(organisation))
      .map(({ id, organisation }) => `intervention ${id}: organisation ${organisation} is not among the organisations`),
    ...file.authorisations.flatMap(({ person }) => unknown(person).map((fault) => `authorisation: ${fault}`)),
    ...file.assignments.flatMap((entry) => [
      ...unknown(entry.person).map((fault) => `assignment ${entry.id}: ${fault}`),
      ...faultsOfAssignment(entry, file, things, held),
    ]),
  ];
}
