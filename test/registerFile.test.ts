import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseRegisterFile, RegisterFileRefused, readRegisterFile } from '../outside/registerFile.ts';

const test = suite('register file');

const sample = () => ({
  people: [
    { id: '1', name: 'A', email: 'a@example.org', manager: null },
    { id: '2', name: 'B', email: 'b@example.org', manager: '1' },
  ] as Record<string, unknown>[],
  organisations: [
    { id: 'o1', name: 'O', form: 'finsam' },
    { id: 'o2', name: 'P', form: 'af-fk' },
  ] as Record<string, unknown>[],
  interventions: [{ id: 'i1', name: 'I', organisation: 'o1' }] as Record<string, unknown>[],
  authorisations: [{ person: '2', system: 'SUS', roles: ['interventionManager'] }] as Record<string, unknown>[],
  assignments: [
    { id: 'a1', person: '2', role: 'interventionManager', organisation: 'o1', intervention: 'i1' },
  ] as Record<string, unknown>[],
});

function faultsOf(content: unknown): string[] {
  try {
    parseRegisterFile(content);
  } catch (error) {
    if (error instanceof RegisterFileRefused) return error.faults;
    throw error;
  }
  return [];
}

/** The faults of the small register after one change. */
function changed(change: (file: ReturnType<typeof sample>) => unknown): string[] {
  const file = sample();
  change(file);
  return faultsOf(file);
}

const refusedBecause = (faults: string[], ...parts: string[]) => {
  assert.is(faults.length, parts.length, JSON.stringify(faults));
  for (const part of parts)
    assert.ok(
      faults.some((fault) => fault.includes(part)),
      `${part} in ${JSON.stringify(faults)}`,
    );
};

test('the sample register fits', async () => {
  const file = await readRegisterFile('register.sample.json');
  assert.ok(file.people.length >= 14);
  assert.equal(
    file.assignments.find(({ id }) => id === 'a1'),
    {
      id: 'a1',
      person: '1001',
      role: 'collaborationAdministrator',
      organisation: 'finsam-ovre',
      intervention: null,
      stranded: false,
    },
  );
});

test('what may be left out gets its default', () => {
  const { people, assignments, interventions } = parseRegisterFile({
    people: [{ id: '1', name: 'A', email: 'a@example.org', manager: null }],
  });
  assert.equal(people[0], {
    id: '1',
    name: 'A',
    email: 'a@example.org',
    manager: null,
    deputies: [],
    functions: [],
    language: 'sv',
  });
  assert.equal([assignments, interventions], [[], []]);
});

test('an assignment takes its organisation from its intervention', () => {
  const file = sample();
  delete file.assignments[0]?.organisation;
  assert.is(parseRegisterFile(file).assignments[0]?.organisation, 'o1');
});

test('other roles than the three are taken as they are called', () =>
  refusedBecause(
    changed((file) => file.authorisations.push({ person: '1', system: 'SUS', roles: ['läsbehörighet 2'] })),
  ));

test('unknown people are named wherever they stand', () =>
  refusedBecause(
    changed((file) => {
      Object.assign(file.people[1] ?? {}, { manager: '7', deputies: ['8'] });
      file.authorisations.push({ person: '9', system: 'SUS', roles: ['x'] });
      Object.assign(file.assignments[0] ?? {}, { person: '10' });
    }),
    'manager 7',
    'deputy 8',
    'authorisation: person 9',
    'assignment a1: person 10 is not among',
    'person 10 does not hold',
  ));

test('an entry with several faults has them all named', () =>
  refusedBecause(
    changed((file) =>
      Object.assign(file.people[1] ?? {}, { language: 'fi', nick: 'B', manager: 'zz', deputies: ['yy'] }),
    ),
    'language',
    'unknown fields: nick',
    'manager zz',
    'deputy yy',
  ));

test('a file without people is refused', () => refusedBecause(faultsOf({}), 'people must be a list'));

test('a ring of managers is refused and named once', () =>
  refusedBecause(
    changed((file) => {
      file.people.push({ id: '3', name: 'C', email: 'c@example.org', manager: '4' });
      file.people.push({ id: '4', name: 'D', email: 'd@example.org', manager: '3' });
      file.people.push({ id: '5', name: 'E', email: 'e@example.org', manager: '4' });
    }),
    'ring of managers: 3 -> 4 -> 3',
  ));

test('somebody who is their own manager is a ring of one', () =>
  refusedBecause(
    changed((file) => file.people.push({ id: '3', name: 'C', email: 'c@example.org', manager: '3' })),
    'ring of managers: 3 -> 3',
  ));

test('two heads, or none, are refused', () => {
  refusedBecause(
    changed((file) => Object.assign(file.people[1] ?? {}, { manager: null })),
    'more than one person has no manager: 1, 2',
  );
  refusedBecause(
    changed((file) => Object.assign(file.people[0] ?? {}, { manager: '2' })),
    'ring',
    'nobody is the head',
  );
});

test('an assignment in a role that is not held must be marked stranded', () => {
  const roleless = (stranded: boolean) => (file: ReturnType<typeof sample>) => {
    file.authorisations = [];
    Object.assign(file.assignments[0] ?? {}, stranded ? { stranded: true } : {});
  };
  refusedBecause(changed(roleless(false)), 'assignment a1: person 2 does not hold the role interventionManager');
  refusedBecause(changed(roleless(true)));
});

test('two of one id are refused in every list', () =>
  refusedBecause(
    changed((file) => {
      for (const list of Object.values(file)) list.push({ ...list.at(-1) });
    }),
    'two people have the id 2',
    'two organisations have the id o2',
    'two interventions have the id i1',
    'two authorisations of person 2 in SUS',
    'two assignments have the id a1',
  ));

test('assignments to unknown, foreign or impossible places are refused', () =>
  refusedBecause(
    changed((file) => {
      file.authorisations.push({
        person: '1',
        system: 'SUS',
        roles: ['collaborationAdministrator', 'participantManager'],
      });
      file.assignments.push(
        { id: 'a2', person: '2', role: 'interventionManager', organisation: 'o9', intervention: null },
        { id: 'a3', person: '2', role: 'interventionManager', organisation: 'o1', intervention: 'i9' },
        { id: 'a4', person: '2', role: 'interventionManager', organisation: 'o2', intervention: 'i1' },
        { id: 'a5', person: '2', role: 'interventionManager' },
        { id: 'a6', person: '1', role: 'collaborationAdministrator', organisation: 'o1', intervention: 'i1' },
        { id: 'a7', person: '1', role: 'participantManager', organisation: 'o1' },
      );
    }),
    'assignment a2: organisation o9',
    'assignment a3: intervention i9',
    'assignment a4: intervention i1 belongs to organisation o1, not to o2',
    'assignment a5: names neither',
    'assignment a6: a collaboration administrator is tied',
    'assignment a7: a participant manager is tied',
  ));

test('wrong types, missing and unknown fields, bad ids and control characters are all named at once', () =>
  refusedBecause(
    changed((file) => {
      file.people.push({ id: 'a b', name: 5, manager: '1', deputees: [] });
      file.people.push({ id: '3', name: 'x\u0007', email: 'c@example.org', manager: '1', language: 'de' });
      file.organisations.push({ id: 'å', name: 'N', form: 'other' });
      file.authorisations.push({ person: '1', system: 'AIS', roles: 'x' });
      Object.assign(file, { extra: [], interventions: {} });
    }),
    'people[2]: id must be an id',
    'people[2]: name must be a text',
    'people[2]: email is missing',
    'people[2]: has unknown fields: deputees',
    'people[3] (3): name must have no control characters',
    'people[3] (3): language must be "sv" or "en"',
    'organisations[2]: id must be an id',
    'organisations[2]: form must be "finsam" or "af-fk"',
    'authorisations[1] (1): system must be "SUS"',
    'authorisations[1] (1): roles must be a list',
    'unknown field: "extra"',
    'interventions must be a list',
    'assignment a1: intervention i1 is not among',
  ));

test('faults tell ids, never names or addresses', () => {
  const file = JSON.parse(readFileSync('register.sample.json', 'utf8'));
  file.people.push({ ...file.people[3], manager: 'zzz', language: 'fi' });
  for (const fault of faultsOf(file)) assert.not.match(fault, /Birgitta|@/);
});

for (const content of [null, [], 'x', 7])
  test(`${JSON.stringify(content)} is not a register`, () => refusedBecause(faultsOf(content), 'one JSON object'));

test('a file that is not there, or not JSON, is refused', async () => {
  for (const path of ['nowhere.json', 'biome.json/x', 'test/registerFile.test.ts']) {
    const error = await readRegisterFile(path).catch((reason: unknown) => reason);
    assert.instance(error, RegisterFileRefused);
  }
});

test.run();
