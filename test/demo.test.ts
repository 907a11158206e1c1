import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { checks } from '../demo/checks.ts';
import type { Evidence } from '../demo/evidence.ts';
import { readRegisterFile } from '../outside/registerFile.ts';
import { allProcesses } from '../setup/processes.ts';

/** `npm run demo` as a person runs it, and that it notices when something is not as it must be. */

const demo = suite('npm run demo');
const root = join(import.meta.dirname, '..');
const sample = join(root, 'register.sample.json');
/** The demo makes its data folder in here, so that what it leaves behind is seen. */
const folder = mkdtempSync(join(tmpdir(), 'aterkalla-test-of-demo-'));
demo.after(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the demo; `during` is told all that it has said so far. */
async function run(args: string[] = [], env: NodeJS.ProcessEnv = {}, during?: (said: string, pid: number) => void) {
  const child = spawn(process.execPath, ['demo.ts', ...args], {
    cwd: root,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, TMPDIR: folder, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (child.pid) during?.(output, child.pid);
    });
  const status = await new Promise<number | null>((ended) => child.on('close', ended));
  return { status, output };
}

function assertNothingIsLeft(): void {
  assert.equal(readdirSync(folder), [], 'no data folder is left');
  const left = allProcesses().filter(({ command }) => command.some((word) => word.includes(folder)));
  assert.equal(left, [], 'no server is left running');
}

const namesOfPeople = async () => (await readRegisterFile(sample)).people.flatMap(({ name, email }) => [name, email]);

demo('tells both processes from start to confirmation in Swedish, and leaves nothing behind', async () => {
  const { status, output } = await run();
  assert.is(status, 0, output);
  const told = [
    'Chefen 1000 beslutar',
    'MS-1 på blankett 9460',
    'Medarbetare 1001 försöker själv och nekas',
    '1003 tar bort uppdraget a1',
    'Bekräftelsen går av sig själv till 1000, 1001',
    'Medarbetare 1004 slutar i dag',
    '1002 tar bort uppdraget a6',
    '1003 tar bort uppdraget a7',
    'Bekräftelsen går av sig själv till 1000, 1004',
    'Allt stämmer: 9 av 9 kontroller',
  ];
  const places = told.map((text) => output.indexOf(text));
  assert.not.ok(places.includes(-1), `all is told: ${output}`);
  assert.equal(
    places.toSorted((a, b) => a - b),
    places,
    'and in order',
  );
  assert.is(output.match(/✓/g)?.length, 9);
  for (const personal of await namesOfPeople()) assert.not.ok(output.includes(personal), 'ids only');
  assertNothingIsLeft();
});

demo('tells it in English', async () => {
  const { status, output } = await run(['--lang', 'en']);
  assert.is(status, 0, output);
  assert.match(output, 'The manager 1000 decides');
  assert.match(output, 'All is as it must be: 9 of 9 checks');
});

demo('fails where the register goes on showing what was said to be detached', async () => {
  const { status, output } = await run([], { REGISTER_MODE: 'observes' });
  assert.is(status, 1, output);
  assert.match(output, /Det gick inte: Ärendet removal-SUS-1001-\w{6} är i läget detaching; väntat var removing/);
  assertNothingIsLeft();
});

demo('fails where more was ordered and removed than must be, and names the checks', async () => {
  const file = structuredClone(await readRegisterFile(sample));
  file.authorisations.find(({ person }) => person === '1001')?.roles.push('readOnlyStatistics');
  const other = join(folder, '..', `${folder.split('/').at(-1)}.json`);
  writeFileSync(other, JSON.stringify(file));
  try {
    const { status, output } = await run([], { REGISTER_FILE: other });
    assert.is(status, 1, output);
    assert.match(output, '✗ Min Support: en enda beställning');
    assert.match(output, '✗ Ärende 1: vad som hände');
    assert.match(output, 'Det stämmer inte: 2 av 9');
  } finally {
    rmSync(other);
  }
  assertNothingIsLeft();
});

demo('told to end half way, it leaves nothing behind and does not end well', async () => {
  let isTold = false;
  const { status, output } = await run([], {}, (said, pid) => {
    if (isTold || !said.includes('beslutar')) return;
    isTold = true;
    process.kill(pid, 'SIGTERM');
  });
  assert.is(status, 1, output);
  assertNothingIsLeft();
});

demo('refuses a language that it does not speak, in both that it does', async () => {
  const { status, output } = await run(['--lang', 'fi']);
  assert.is(status, 2);
  assert.match(output, /Okänt[\s\S]*Unknown/);
});

/** What a demo leaves behind in which all went well. */
async function goodEvidence(): Promise<Evidence> {
  const before = await readRegisterFile(sample);
  const after = {
    ...before,
    authorisations: before.authorisations.filter(({ person }) => !['1001', '1004'].includes(person)),
    assignments: before.assignments.filter(({ id }) => !['a1', 'a6', 'a7'].includes(id)),
  };
  const at = '2026-11-23T09:00:00.000Z';
  const [first, second] = ['removal-SUS-1001-000000', 'leaves-1004-000000'];
  const mail = (request: string, id: string) => ({
    to: before.people.find((person) => person.id === id)?.email ?? '',
    messageId: `<${request}.confirmation.1.${id}@aterkalla>`,
    request,
    occasion: 'confirmation',
    language: 'sv',
  });
  const common = { system: 'SUS', state: 'removed', outcome: 'removed' };
  const empty = { warnings: [], waitingFor: [], accepts: [], ignored: [], way: [] };
  const roles = ['collaborationAdministrator'];
  const leaverRoles = ['participantManager'];
  return {
    before,
    after: structuredClone(after),
    orders: [
      {
        ...{ number: 'MS-1', key: `${first}/1`, state: 'sent' },
        body: {
          ...{ form: '9460', request: first, employee: '1001', system: 'SUS', roles, orderedBy: '1000' },
          decidedAt: at,
        },
      },
    ],
    mails: [mail(first, '1000'), mail(first, '1001'), mail(second, '1000'), mail(second, '1004')],
    removal: {
      ...{ ...common, ...empty, request: first, process: 'removal', employee: '1001', roles },
      record: [
        { at, step: 'decided', by: '1000', roles },
        { at, step: 'ordered', roles },
        { at, step: 'detached', by: '1003', assignments: ['a1'] },
        { at, step: 'removed', by: '1009', roles },
        { at, step: 'gone', roles },
        { at, step: 'confirmed', to: ['1001'] },
        { at, step: 'confirmed', to: ['1000'] },
      ],
    },
    leaver: {
      ...{ ...common, ...empty, request: second, process: 'employeeLeaves', employee: '1004', roles: leaverRoles },
      record: [
        { at, step: 'leaves', by: '1000' },
        { at, step: 'begun' },
        { at, step: 'detached', by: '1002', assignments: ['a6'] },
        { at, step: 'detached', by: '1003', assignments: ['a7'] },
        { at, step: 'removed', by: '1009', roles: leaverRoles },
        { at, step: 'gone', roles: leaverRoles },
        { at, step: 'confirmed', to: ['1000'] },
        { at, step: 'confirmed', to: ['1004'] },
      ],
    },
  };
}

const failed = (evidence: Evidence) => checks(evidence).flatMap(({ name, isGood }) => (isGood ? [] : [name.en]));

demo('its checks find nothing wrong where nothing is', async () => {
  assert.equal(failed(await goodEvidence()), []);
});

/** What may be wrong, how it comes about in the evidence, and how the check begins that must notice. */
const wrongs: [string, (evidence: Evidence) => unknown, string][] = [
  [
    'an authorisation that stays',
    ({ after, before }) =>
      after.authorisations.push(...before.authorisations.filter(({ person }) => person === '1001')),
    'Register: the two authorisations',
  ],
  ["somebody else's authorisation gone", ({ after }) => after.authorisations.pop(), 'Register: the two authorisations'],
  [
    'a stranded assignment',
    ({ after }) => Object.assign(after.assignments[0] ?? {}, { stranded: true }),
    'Register: the three assignments',
  ],
  ["somebody else's assignment gone", ({ after }) => after.assignments.pop(), 'Register: the three assignments'],
  ['somebody who disappears', ({ after }) => after.people.pop(), 'Register: the people'],
  ['a second order', ({ orders }) => orders.push(...orders), 'Min Support'],
  ['no order', ({ orders }) => orders.pop(), 'Min Support'],
  [
    'an order that was cancelled',
    ({ orders }) => Object.assign(orders[0] ?? {}, { state: 'cancelled' }),
    'Min Support',
  ],
  ['a mail that is missing', ({ mails }) => mails.pop(), 'Mails: one confirmation'],
  [
    'a mail to a wrong address',
    ({ mails }) => Object.assign(mails[0] ?? {}, { to: 'x@example.org' }),
    'Mails: one confirmation',
  ],
  [
    'a reminder besides',
    ({ mails }) => mails.push({ to: '', request: '', messageId: '<other>', occasion: 'reminder', language: 'sv' }),
    'Mails: one confirmation',
  ],
  [
    'two mails of one Message-ID',
    ({ mails }) => Object.assign(mails[0] ?? {}, { messageId: mails[1]?.messageId }),
    'Mails: none went out twice',
  ],
  ['a step missing in the removal', ({ removal }) => removal.record.splice(1, 1), 'Case 1'],
  [
    'a refused act in the record',
    ({ leaver }) => leaver.record.push({ at: '', step: 'detached', by: '1004' }),
    'Case 2',
  ],
  ['a case that ended otherwise', ({ leaver }) => Object.assign(leaver, { outcome: 'stayed' }), 'Both cases'],
];

for (const [what, happens, notices] of wrongs)
  demo(`its checks notice ${what}`, async () => {
    const evidence = await goodEvidence();
    happens(evidence);
    const noticed = failed(evidence);
    assert.is(noticed.length, 1, noticed.join('; '));
    assert.ok(noticed[0]?.startsWith(notices), noticed[0]);
  });

demo.run();
