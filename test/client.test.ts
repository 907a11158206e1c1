import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ClientError } from '../client/errors.ts';
import { startCase } from '../client/startCase.ts';
import { type AterkallaClient, connect } from '../client.ts';
import { removalId } from '../machines/requestNumber.ts';
import { readSettings } from '../settings.ts';
import { type System, startSystem } from '../start.ts';
import { at, commandLine, inJson } from './support/commandLine.ts';

/** Each command as a person types it, against the whole system with the sample register. */

const client = suite('the command line');
const dataDir = mkdtempSync(join(tmpdir(), 'aterkalla-client-'));
const env = { DATA_DIR: dataDir, TEMPORAL_PORT: '0', TEMPORAL_UI_PORT: '0', PORTAL_PORT: '0' };
const run = commandLine(env);
const json = inJson(run);
const helpdesk = /81 000/;

let system: System;
let library: AterkallaClient;
client.before(async () => {
  system = await startSystem(readSettings({ PATH: process.env.PATH, ...env }));
  library = await connect(env);
});
client.after(async () => {
  await library?.close();
  await system?.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

/** Waits until a case is in a state, by asking it again and again. */
async function reaches(request: string, state: string): Promise<void> {
  for (const limit = Date.now() + 30_000; ; ) {
    const status = await library.status(request);
    if (status.state === state) return;
    if (Date.now() > limit) throw new Error(`${request} is ${status.state} after 30 s, not ${state}`);
  }
}

async function refused(exit: number, words: string[], ...expected: RegExp[]): Promise<void> {
  const ran = await run(...words);
  assert.is(ran.exit, exit, `${words.join(' ')}: ${ran.out}${ran.err}`);
  assert.is(ran.out, '', 'what went wrong is said on standard error');
  for (const text of expected) assert.match(ran.err, text);
}

client('the doctor finds everything well', async () => {
  const { exit, out } = await run('doctor');
  assert.is(exit, 0, out);
  for (const part of ['node', 'temporal', 'worker', 'register']) assert.match(out, new RegExp(`✓ ${part}`));
});

client('help and version are given in both languages', async () => {
  const [sv, en, version] = [await run('--help'), await run('--help', '--lang', 'en'), await run('--version')];
  assert.is(sv.exit, 0);
  assert.match(sv.out, 'Kommandon:');
  for (const english of ['options', 'command]', 'choices', 'display']) assert.not.match(sv.out, english);
  assert.match(en.out, 'Commands:');
  assert.match(version.out, /^\d+\.\d+\.\d+\n$/);
});

client('a command line that cannot be understood is input that is wrong', async () => {
  await refused(2, [], /kommando saknas/);
  await refused(2, ['nope'], /okänt kommando nope/);
  await refused(2, ['remove', '--lang', 'en'], /missing required argument/);
  await refused(2, ['stays', 'leaves-1001', '--as', '1000'], /--reason/);
  await refused(2, ['cases', '--open', '--ended'], /--ended/);
  await refused(2, ['tasks'], /--as PERSON/);
  const { exit, value } = await json('decide', 'x', 'remove', '--nope');
  assert.is(exit, 2);
  assert.is(at(value, 'error.code'), 'InvalidInput');
});

client('a preview says what would go, who detaches and who decides, and starts nothing', async () => {
  const { exit, value } = await json('preview', '1001', '--as', '1000');
  assert.is(exit, 0);
  assert.equal(at(value, 'roles'), ['collaborationAdministrator']);
  assert.equal(at(value, 'assignments.0.detachedBy'), ['1003']);
  assert.equal(at(value, 'decidedBy'), ['1000', '1002']);
  const warned = await run('preview', '2001', '--lang', 'en');
  assert.match(warned.out, 'last-administrator:finsam-sodra');
  assert.match(warned.out, 'loses its last collaboration administrator');
  assert.equal((await json('cases')).value, []);
});

client('input that is wrong is named, with what is expected', async () => {
  await refused(2, ['preview', '1001', '--role', 'nosuch'], /nosuch/, /interventionManager/);
  await refused(2, ['remove', '1001', '--as', '1000', '--role', 'nosuch'], /nosuch/);
  await refused(2, ['remove', 'å', '--as', '1000'], /EMPLOYEE/);
  await refused(2, ['remove', '1001', '--as', 'x y'], /--as/);
  await refused(2, ['remove', '1001', '--as', '1000', '--id', 'a b'], /--id/);
  await refused(2, ['remove', '1001', '--as', '1000', '--reason', 'x'.repeat(2001)], /2000/);
  await refused(2, ['remove', '1001', '--as', '1000', '--reason', 'a\u0007b'], /styrtecken/);
  await refused(2, ['leaves', '1001', '--as', '1000', '--on', '2026-02-30'], /finns inte/);
  await refused(2, ['cases', '--state', "x' OR 1=1"], /--state/);
});

client('people and requests that do not exist are not found', async () => {
  await refused(4, ['preview', '9999'], /9999/);
  await refused(4, ['remove', '9999', '--as', '1000'], /9999/);
  await refused(4, ['tasks', '--as', '9999'], /9999/);
  await refused(4, ['status', 'removal-SUS-1001-aaaaaa'], /removal-SUS-1001-aaaaaa/);
  await refused(4, ['removed', 'removal-SUS-9999', '--as', '1009'], /removal-SUS-9999/);
});

client('what is not allowed ends with the number of the helpdesk', async () => {
  await refused(3, ['preview', '1001', '--as', '1004'], helpdesk);
  await refused(3, ['remove', '1001', '--as', '1000', '--role', 'participantManager'], helpdesk, /collaboration/);
  await refused(3, ['remove', '1001', '--as', '1004'], helpdesk);
  await refused(3, ['leaves', '1001', '--as', '1001', '--on', '2026-12-18', '--lang', 'en'], helpdesk, /never the/);
});

client(
  'a doubled click makes one case, also where both saw that there was none and the first has ended since',
  async () => {
    const lock = removalId('1001');
    const input = { id: 'doubled', employee: '1001', system: 'SUS', by: '1004' };
    const run = async () => {
      // Not theirs to start, so that it ends at once.
      await startCase(system.client, { process: 'removal', lock, input, summary: 'Doubled click' }).then(
        () => assert.unreachable('they may not'),
        (error: unknown) => assert.ok(error instanceof ClientError && error.code === 'Refused', String(error)),
      );
      const { runId, status } = await system.client.workflow.getHandle(lock).describe();
      assert.is(status.name, 'COMPLETED');
      return runId;
    };
    assert.is(await run(), await run());
  },
);

let request = '';

client('a proposal waits for the manager, and again with the same id answers the same', async () => {
  const first = await json('remove', '1001', '--as', '1001', '--id', 'start-1', '--reason', 'Behövs inte');
  assert.is(first.exit, 0);
  request = String(at(first.value, 'request'));
  assert.match(request, /^removal-SUS-1001-[0-9a-z]{6}$/);
  assert.is(at(first.value, 'state'), 'deciding');
  assert.equal((await json('remove', '1001', '--as', '1001', '--id', 'start-1')).value, first.value);
  const second = await json('remove', '1001', '--as', '1000');
  assert.is(second.exit, 3);
  assert.is(at(second.value, 'error.code'), 'AlreadyOpen');
  assert.match(String(at(second.value, 'error.message')), request);
});

client('the deputy finds the decision among their tasks, others do not', async () => {
  const { value } = await json('tasks', '--as', '1002');
  assert.is(at(value, '0.request'), request);
  assert.is(at(value, '0.task'), 'decide');
  assert.is(at(value, '0.for'), '1000');
  assert.equal((await json('tasks', '--as', '1004')).value, []);
});

client('nobody decides on their own authorisation, nor on roles that are not there', async () => {
  await refused(3, ['decide', request, 'remove', '--as', '1001'], helpdesk);
  await refused(3, ['decide', request, 'remove', '--as', '1000', '--role', 'participantManager'], helpdesk);
  await refused(2, ['decide', request, 'remove', '--as', '1000', '--role', 'nosuch'], /nosuch/);
  await refused(2, ['decide', request, 'perhaps', '--as', '1000'], /remove eller keep/);
  await refused(3, ['detached', request, '--as', '1003'], helpdesk);
  await refused(3, ['removed', request, '--as', '1009'], helpdesk);
  await refused(3, ['stays', request, '--as', '1000', '--reason', 'x'], helpdesk);
});

client('the decision orders, and again with the same id answers the same', async () => {
  const first = await json('decide', request, 'remove', '--as', '1002', '--id', 'decide-1');
  assert.is(first.exit, 0);
  await reaches(request, 'detaching');
  assert.equal((await json('decide', request, 'remove', '--as', '1002', '--id', 'decide-1')).value, first.value);
});

client('who may detach is asked, and a list with one that is not theirs is refused whole', async () => {
  const tasks = await json('tasks', '--as', '1003');
  assert.equal(at(tasks.value, '0.assignments'), ['a1']);
  assert.is(at(tasks.value, '0.places.0.organisation'), 'finsam-ovre');
  await refused(3, ['detached', request, 'a1', 'a99', '--as', '1003'], helpdesk, /a99/);
  await refused(3, ['detached', request, '--as', '1009'], helpdesk);
  await refused(3, ['detached', request, '--as', '1001'], helpdesk);
});

client('a case is read by those who may, in the language that is asked for', async () => {
  const { out } = await run('status', request, '--as', '1003');
  for (const text of ['Väntar på: avsluta uppdrag a1: 1003', 'MS-1', 'beslutat 1002 (för 1000)'])
    assert.ok(out.includes(text), `${text} in:\n${out}`);
  assert.match((await run('status', request, '--as', '1003', '--lang', 'en')).out, 'Waits for: detach assignments a1');
  await refused(3, ['status', request, '--as', '2001'], helpdesk);
  await refused(3, ['status', request, '--as', '1005'], /may not read/);
  assert.is((await json('status', 'removal-SUS-1001')).exit, 0);
});

client('detaching without naming any takes all that are theirs, twice with one answer', async () => {
  const first = await json('detached', request, '--as', '1003', '--id', 'detach-1');
  assert.is(first.exit, 0);
  assert.is(at(first.value, 'state'), 'removing');
  assert.equal((await json('detached', request, '--as', '1003', '--id', 'detach-1')).value, first.value);
});

client('the authorisation administration returns the order, the manager orders again', async () => {
  await refused(3, ['return', request, '--as', '1003', '--reason', 'Fel roll'], helpdesk);
  assert.is((await json('return', request, '--as', '1009', '--reason', 'Fel roll')).exit, 0);
  await reaches(request, 'deciding');
  assert.is((await json('decide', request, 'remove', '--as', '1000')).exit, 0);
  await reaches(request, 'removing');
});

client('watching a case tells what is new and ends with it', async () => {
  const watching = run('status', request, '--watch', '--as', '1000');
  const removed = await json('removed', request, '--as', '1009', '--id', 'removed-1');
  assert.is(removed.exit, 0);
  const { exit, out } = await watching;
  assert.is(exit, 0);
  assert.match(out, 'avslutat: behörigheten är borttagen');
  assert.equal(at((await json('register', 'show', '1001')).value, 'authorisations'), [], 'the register shows it gone');
});

client('after the end the first answers stay, and nothing else is taken', async () => {
  const again = await json('removed', request, '--as', '1009', '--id', 'removed-1');
  assert.is(again.exit, 0);
  const { value } = await json('remove', '1001', '--as', '1001', '--id', 'start-1');
  assert.equal([at(value, 'request'), at(value, 'state')], [request, 'deciding']);
  await refused(3, ['withdraw', request, '--as', '1000', '--reason', 'x'], helpdesk, /avslutat/);
  await refused(3, ['detached', request, '--as', '1003'], helpdesk);
});

client('the record says all that happened, in order', async () => {
  const { value } = await json('record', request, '--as', '902');
  assert.ok(Array.isArray(value));
  const steps = value.map((entry) => at(entry, 'step'));
  const expected = ['proposed', 'decided', 'ordered', 'detached', 'returned', 'decided', 'ordered', 'removed', 'gone'];
  assert.equal(
    steps.filter((step) => expected.includes(String(step))),
    expected,
  );
});

client('a later case of the same person leaves the earlier one readable', async () => {
  assert.is((await json('register', 'set', '1001', '--role', 'readOnlyStatistics')).exit, 0);
  const later = String(at((await json('remove', '1001', '--as', '1000')).value, 'request'));
  assert.is.not(later, request);
  assert.is(at((await json('status', 'removal-SUS-1001')).value, 'request'), later);
  assert.is(at((await json('status', request)).value, 'outcome'), 'removed');
  assert.is((await json('removed', request, '--as', '1009', '--id', 'removed-1')).exit, 0);
  assert.is((await json('withdraw', later, '--as', '1000', '--reason', 'Behövs')).exit, 0);
});

client('the list of cases is narrowed and shows only what may be read', async () => {
  await library.remove('2001', { by: '2001', id: 'other-1' });
  const requests = async (...words: string[]) => {
    const { value } = await json('cases', ...words);
    assert.ok(Array.isArray(value));
    return value.map((listed) => String(at(listed, 'request')));
  };
  assert.ok((await requests('--employee', '1001')).includes(request));
  assert.equal(await requests('--employee', '1001', '--open'), []);
  assert.ok((await requests('--ended', '--as', '1002')).includes(request));
  assert.ok((await requests('--as', '2000')).every((listed) => !listed.includes('1001')));
  assert.ok((await requests('--as', '902')).length > 2);
  assert.equal(await requests('--overdue'), []);
  assert.ok((await requests('--state', 'deciding', '--manager', '2000')).length > 0);
});

client('somebody leaves, later, and stays after all', async () => {
  const { exit, value } = await json('leaves', '1004', '--as', '901', '--on', '2048-06-30', '--id', 'leave-1');
  assert.is(exit, 0, JSON.stringify(value));
  assert.is(at(value, 'state'), 'scheduled');
  const leaver = String(at(value, 'request'));
  assert.is((await json('change-date', leaver, '--as', '1000', '--on', '2047-06-30')).exit, 0);
  assert.is(at((await json('status', leaver)).value, 'lastWorkingDay'), '2047-06-30');
  await refused(3, ['change-date', leaver, '--as', '1004', '--on', '2046-06-30'], helpdesk);
  await refused(3, ['stranded', leaver, 'a6', '--as', '1009', '--note', 'Kvar'], helpdesk);
  await refused(3, ['decide', leaver, 'remove', '--as', '1000'], helpdesk, /annat slag/);
  assert.is(at((await json('stays', leaver, '--as', '1000', '--reason', 'Ändrat')).value, 'outcome'), 'stayed');
  assert.equal((await json('leaves', '1004', '--as', '901', '--on', '2048-06-30', '--id', 'leave-1')).value, value);
});

client('the register is shown, changed by hand, and taken in again', async () => {
  const whole = await json('register', 'show');
  assert.is(at(whole.value, 'people.0.id'), '1000');
  assert.equal(await json('register', 'detach', 'a6'), { exit: 0, value: { done: true } });
  await refused(4, ['register', 'detach', 'a6'], /a6/);
  await refused(4, ['register', 'set', '9999'], /9999/);
  await refused(2, ['register', 'set', '1004', '--role', 'nosuch'], /nosuch/);
  const bad = join(dataDir, 'bad.json');
  const person = { id: '1', name: 'x', email: 'x@example.org', manager: '2' };
  writeFileSync(bad, JSON.stringify({ people: [person, person] }));
  const { exit, value } = await json('register', 'import', bad);
  assert.is(exit, 2);
  const faults = at(value, 'error.faults');
  assert.ok(Array.isArray(faults) && faults.length >= 2, JSON.stringify(value));
  await refused(2, ['register', 'import', join(dataDir, 'nothing.json')], /nothing\.json/);
  const good = join(dataDir, 'good.json');
  writeFileSync(good, readFileSync(new URL('../register.sample.json', import.meta.url)));
  assert.is((await json('register', 'import', good)).exit, 0);
  assert.equal(at((await json('register', 'show', '1004')).value, 'assignments.0.id'), 'a6');
});

client('a person whose language is English is answered in English', async () => {
  const { err } = await run('status', 'removal-SUS-2001', '--as', '1005');
  assert.match(err, /^Error: 1005 may not read/);
});

client('questions leave nothing behind on the server', async () => {
  const left: string[] = [];
  for await (const { activityType } of system.client.activity.list("ActivityType = 'registerShow'"))
    left.push(activityType);
  assert.equal(left, []);
});

client.run();
