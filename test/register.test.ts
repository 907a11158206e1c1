import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Assignment } from '../machines/register.ts';
import { createTables, type Database } from '../outside/database.ts';
import { type KeptRegister, openRegister } from '../outside/register.ts';
import { readRegisterFile } from '../outside/registerFile.ts';
import { databases, type Kept } from './support/registers.ts';

const sample = JSON.parse(readFileSync('register.sample.json', 'utf8'));
const FIRST: Assignment = {
  id: 'a1',
  role: 'collaborationAdministrator',
  organisation: 'finsam-ovre',
  form: 'finsam',
  intervention: null,
  administrators: ['1001', '1003'],
  managers: [],
};

for (const [kind, open] of Object.entries(databases)) {
  const test = suite(`register, ${kind}`);
  let kept: Kept;
  let database: Database;
  let register: KeptRegister;

  test.before(async () => {
    kept = await open();
    database = kept.database;
    register = openRegister(database);
  });
  test.before.each(() => register.importFile(sample));
  test.after(() => kept.stop());

  test('an employee is shown with manager, deputies, roles, assignments and who can act', async () => {
    const { asOf, ...facts } = await register.facts('1001', 'SUS');
    assert.is(new Date(asOf).toISOString(), asOf);
    assert.equal(facts, {
      employee: '1001',
      known: true,
      manager: { id: '1000', deputies: ['1002'], manager: '900' },
      roles: ['collaborationAdministrator'],
      assignments: [FIRST],
      gone: [],
      authorisationAdministration: ['1009', '1010'],
      humanResources: ['901'],
    });
  });

  test('the intervention managers of the intervention are those who can detach there', async () => {
    const { assignments } = await register.facts('1004', 'SUS');
    assert.equal(
      assignments.map(({ id, managers, administrators }) => ({ id, managers, administrators })),
      [
        { id: 'a6', managers: ['1002'], administrators: ['1001', '1003'] },
        { id: 'a7', managers: ['1003'], administrators: ['1001', '1003'] },
      ],
    );
  });

  test('whoever lost the role, or has a stranded assignment, can no longer act', async () => {
    await register.setRoles('1003', 'SUS', ['interventionManager']);
    assert.equal((await register.facts('1001', 'SUS')).assignments[0]?.administrators, ['1001']);
  });

  test('an employee whom nobody knows is said to be unknown', async () => {
    const facts = await register.facts('7777', 'SUS');
    assert.equal([facts.known, facts.manager, facts.roles, facts.assignments], [false, null, [], []]);
  });

  test('the head has no manager', async () => {
    assert.is((await register.facts('900', 'SUS')).manager, null);
  });

  test('assignments that the case knew of and the register no longer shows come with who could detach them', async () => {
    await register.detach('1001', 'SUS', ['a1']);
    const { assignments, gone } = await register.facts('1001', 'SUS', [FIRST]);
    assert.equal(assignments, []);
    assert.equal(gone, [{ ...FIRST, administrators: ['1003'] }]);
    await register.importFile(sample);
    assert.equal((await register.facts('1001', 'SUS', [FIRST])).gone, []);
  });

  test('people deleted by another system disappear without breaking anything', async () => {
    await database.query(`delete from aterkalla.people where id in ('1000', '1003', '1009')`);
    const facts = await register.facts('1001', 'SUS');
    assert.is(facts.manager, null);
    assert.equal(facts.assignments[0]?.administrators, ['1001']);
    assert.equal(facts.authorisationAdministration, ['1010']);
    await database.query(`delete from aterkalla.people where id = '1001'`);
    const after = await register.facts('1001', 'SUS');
    assert.is(after.known, false);
    assert.equal(after.roles, ['collaborationAdministrator'], 'an authorisation that stays is not hidden');
  });

  test('detaching takes the assignment away, once or twice, and only from that employee', async () => {
    await register.detach('1004', 'SUS', ['a6', 'a1']);
    await register.detach('1004', 'SUS', ['a6', 'a1']);
    assert.equal(
      (await register.facts('1004', 'SUS')).assignments.map(({ id }) => id),
      ['a7'],
    );
    assert.is((await register.facts('1001', 'SUS')).assignments.length, 1);
  });

  test('nothing is removed while something is attached', async () => {
    assert.is(await register.remove('1001', 'SUS', ['collaborationAdministrator'], []), false);
    assert.equal((await register.facts('1001', 'SUS')).roles, ['collaborationAdministrator']);
  });

  test('a detached authorisation is removed, and removing it again changes nothing', async () => {
    await register.detach('1001', 'SUS', ['a1']);
    for (const _ of [1, 2]) assert.is(await register.remove('1001', 'SUS', ['collaborationAdministrator'], []), true);
    assert.equal((await register.facts('1001', 'SUS')).roles, []);
    assert.equal(await register.exportFile('1001').then((file) => 'authorisations' in file && file.authorisations), []);
  });

  test('single roles go and the others stay', async () => {
    assert.is(await register.remove('1002', 'SUS', ['participantManager'], []), false);
    await register.detach('1002', 'SUS', ['a5']);
    assert.is(await register.remove('1002', 'SUS', ['participantManager'], []), true);
    const { roles, assignments } = await register.facts('1002', 'SUS');
    assert.equal([roles, assignments.map(({ id }) => id)], [['interventionManager'], ['a3']]);
  });

  test('what is accepted as stranded does not hold the removal up, and is marked', async () => {
    assert.is(await register.remove('1004', 'SUS', ['participantManager'], ['a6']), false);
    assert.is(await register.remove('1004', 'SUS', ['participantManager'], ['a6', 'a7']), true);
    const { assignments } = parsed(await register.exportFile('1004'));
    assert.equal(
      assignments.map(({ id, stranded }) => ({ id, stranded })),
      [
        { id: 'a6', stranded: true },
        { id: 'a7', stranded: true },
      ],
    );
    assert.equal((await register.facts('1004', 'SUS')).assignments, []);
  });

  test('two who remove and detach at the same time leave nothing half done', async () => {
    const results = await Promise.all([
      register.remove('1004', 'SUS', ['participantManager'], []),
      register.detach('1004', 'SUS', ['a6', 'a7']),
      register.remove('1004', 'SUS', ['participantManager'], []),
    ]);
    const { roles, assignments } = await register.facts('1004', 'SUS');
    assert.is(assignments.length, 0);
    assert.is(roles.length === 0, results[0] || results[2]);
  });

  test('roles set by hand strand assignments, and bring them back', async () => {
    await register.setRoles('1002', 'SUS', ['participantManager']);
    assert.equal(
      (await register.facts('1002', 'SUS')).assignments.map(({ id }) => id),
      ['a5'],
    );
    await register.setRoles('1002', 'SUS', []);
    assert.equal((await register.facts('1002', 'SUS')).roles, []);
    await register.setRoles('1002', 'SUS', ['interventionManager', 'readOnlyStatistics']);
    const { roles, assignments } = await register.facts('1002', 'SUS');
    assert.equal(roles, ['interventionManager', 'readOnlyStatistics']);
    assert.equal(
      assignments.map(({ id }) => id),
      ['a3'],
    );
  });

  test('roles cannot be set for somebody whom the register does not know', async () => {
    const error = await register.setRoles('7777', 'SUS', []).catch((reason: unknown) => reason);
    assert.match(String(error), '7777 is not in the register');
  });

  test('an assignment taken away by hand is gone, and then it is not there', async () => {
    assert.is(await register.detachAssignment('a1'), true);
    assert.is(await register.detachAssignment('a1'), false);
  });

  test('what is exported can be imported, and is then the same', async () => {
    await register.setRoles('1004', 'SUS', []);
    const before = await register.exportFile();
    await register.importFile(before);
    assert.equal(await register.exportFile(), before);
    assert.is(parsed(before).people.length, sample.people.length);
  });

  test('the export of a person has what concerns that person', async () => {
    const file = parsed(await register.exportFile('1002'));
    assert.equal(
      [file.people, file.organisations, file.interventions, file.assignments].map((list) => list.map(({ id }) => id)),
      [['1002'], ['finsam-ovre'], ['i1', 'i2'], ['a3', 'a5']],
    );
    assert.equal(file.authorisations, [
      { person: '1002', system: 'SUS', roles: ['interventionManager', 'participantManager'] },
    ]);
  });

  test('a file that does not fit changes nothing', async () => {
    const before = await register.exportFile();
    const error = await register.importFile({ ...sample, people: [] }).catch((reason: unknown) => reason);
    assert.is(error instanceof Error && error.name, 'RegisterFileRefused');
    assert.equal(await register.exportFile(), before);
  });

  test('every role that anybody has is known, the three always', async () => {
    await register.importFile({ people: sample.people });
    assert.equal(await register.everyRole(), [
      'collaborationAdministrator',
      'interventionManager',
      'participantManager',
    ]);
    await register.importFile(sample);
    assert.ok((await register.everyRole()).includes('readOnlyStatistics'));
  });

  test('responsibilities: a deputy decides on the other staff of that manager', async () => {
    const { person, ...rest } = await register.responsibilities('1002');
    assert.is(person?.id, '1002');
    assert.equal(rest, {
      decidesFor: ['1002', '1000'],
      decidesOn: ['1001', '1004', '1005'],
      administers: [],
      manages: ['i1'],
      organisations: ['finsam-ovre'],
    });
  });

  test('responsibilities: human resources decide on whoever has no manager', async () => {
    await database.query(`delete from aterkalla.people where id = '2000'`);
    const { decidesOn } = await register.responsibilities('901');
    for (const person of ['900', '2001', '2002', '2003', '1003']) assert.ok(decidesOn.includes(person), person);
    assert.not(decidesOn.includes('1001'));
  });

  test('responsibilities of somebody whom nobody knows: none', async () => {
    const { person, decidesFor, decidesOn } = await register.responsibilities('7777');
    assert.equal([person, decidesFor, decidesOn], [null, [], []]);
  });

  test('an empty register takes the file in once, however many start at the same time', async () => {
    for (const table of ['assignments', 'authorisations', 'interventions', 'organisations', 'people'])
      await database.query(`delete from aterkalla.${table}`);
    assert.is(await register.isEmpty(), true);
    let read = 0;
    const file = () => {
      read++;
      return readRegisterFile('register.sample.json');
    };
    await Promise.all([register.fillIfEmpty(file), register.fillIfEmpty(file), createTables(database)]);
    assert.is(read, 1);
    assert.is(await register.isEmpty(), false);
  });

  test.run();
}

type Listed = { id: string; stranded?: boolean }[];
/** An export as the tests look at it. */
function parsed(file: object): {
  people: Listed;
  organisations: Listed;
  interventions: Listed;
  assignments: Listed;
  authorisations: object[];
} {
  return JSON.parse(JSON.stringify(file));
}
