import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Frame, Page } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type AterkallaClient, connect } from '../client.ts';
import { removalEvents } from '../machines/messages.ts';
import { readRegisterFile } from '../outside/registerFile.ts';
import { readSettings } from '../settings.ts';
import { type System, startSystem } from '../start.ts';
import { activitySummary, eventDescriptions } from '../texts/temporal.ts';
import { type Browser, startBrowser } from './support/browser.ts';

/** What an auditor reads in Temporal UI, in a real browser. Screenshots land in `test/screenshots`, which git ignores. */

const ui = suite('Temporal UI');
const screenshots = join(import.meta.dirname, 'screenshots');
const dataDir = mkdtempSync(join(tmpdir(), 'aterkalla-ui-'));
const sample = join(import.meta.dirname, '..', 'register.sample.json');

let system: System;
let client: AterkallaClient;
let browser: Browser;
let page: Page;
/** Request numbers of a case that waits, one that has ended, and a leaver's. */
let open = '';
let ended = '';
let leaver = '';
/** All that was read, to look for personal data in. */
const read: string[] = [];

ui.before(async () => {
  mkdirSync(screenshots, { recursive: true });
  browser = await startBrowser();
  page = browser.page;
  system = await startSystem(readSettings({ DATA_DIR: dataDir, TEMPORAL_PORT: '0', TEMPORAL_UI_PORT: '0' }));
  client = await connect({ DATA_DIR: dataDir });
  await makeCases();
});
ui.after(async () => {
  await browser?.stop();
  await client?.close();
  await system?.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

async function makeCases(): Promise<void> {
  const acknowledged = (await client.preview('1002')).warnings;
  open = (await client.remove('1002', { by: '1000', reason: 'Arbetar inte längre med insatser', acknowledged }))
    .request;
  await comesTo(open, ({ state }) => state === 'detaching');
  const handle = system.client.workflow.getHandle('removal-SUS-1002');
  await handle.signal('removed', { id: 'too-early', by: '1009' });
  await handle.signal('detached', { id: 'their-own', by: '1002', assignments: ['a3'] });
  await handle.signal('detached', 'nonsense');
  await handle.signal('spelt wrong', { by: '1003' });
  await comesTo(open, ({ ignored }) => ignored.length === 4);

  ended = (await client.remove('1001', { by: '1000', reason: 'Behövs inte' })).request;
  await comesTo(ended, ({ state }) => state === 'detaching');
  await client.detached(ended, [], { by: '1003' });
  await client.removed(ended, { by: '1009' });
  await comesTo(ended, ({ outcome }) => outcome === 'removed');
  leaver = (await client.leaves('1004', { by: '1000', on: '2098-11-28' })).request;
}

type Status = Awaited<ReturnType<AterkallaClient['status']>>;

async function comesTo(request: string, isSo: (status: Status) => boolean): Promise<void> {
  for (const limit = Date.now() + 20_000; ; ) {
    const status = await client.status(request);
    if (isSo(status)) return;
    if (Date.now() > limit) throw new Error(`it never came to that: ${JSON.stringify(status)}`);
  }
}

/** Opens one tab of a case. */
async function openTab(workflowId: string, tab: string): Promise<void> {
  const { runId } = await system.client.workflow.getHandle(workflowId).describe();
  await page.goto(`${system.addresses.ui}/namespaces/default/workflows/${workflowId}/${runId}/${tab}`);
}

/** Waits until the page, or the frame in which it shows Markdown, shows a text; then keeps a picture and what it says. */
async function reads(text: string, picture: string): Promise<string> {
  for (const limit = Date.now() + 30_000; ; await page.waitForTimeout(100)) {
    // biome-ignore lint/performance/useDomNodeTextContent: what a person sees, without what is hidden
    const all = (await inFrames((frame) => frame.locator('body').innerText())).join('\n').replaceAll('\u00a0', ' ');
    if (all.includes(text)) {
      await page.screenshot({ path: join(screenshots, `${picture}.png`), fullPage: true });
      read.push(all);
      return all;
    }
    if (Date.now() > limit) throw new Error(`the page never showed "${text}" but:\n${all}`);
  }
}

/** What the page and its frames give; a frame that is just being changed gives nothing. */
const inFrames = async <T>(ask: (frame: Frame) => Promise<T>): Promise<T[]> =>
  (
    await Promise.all(
      page.frames().map((frame) =>
        ask(frame).then(
          (found) => [found],
          () => [],
        ),
      ),
    )
  ).flat();

/** The tables of the current details, each row as its cells. */
async function tables(): Promise<string[][][]> {
  const cells = await inFrames((frame) =>
    frame
      .locator('table')
      .evaluateAll((found) =>
        found.map((table) => [...table.rows].map((row) => [...row.cells].map((cell) => cell.textContent ?? ''))),
      ),
  );
  return cells.flat().map((rows) => rows.map((row) => row.map((cell) => cell.replaceAll('\u00a0', ' ').trim())));
}

ui('finds the cases of an employee, and no others', async () => {
  const query = encodeURIComponent("`Employee`='1002'");
  await page.goto(`${system.addresses.ui}/namespaces/default/workflows?query=${query}`);
  const list = await reads('removal-SUS-1002', 'list');
  assert.not.match(list, 'removal-SUS-1001');
  await page.getByRole('link', { name: 'removal-SUS-1002' }).first().click();
  await reads('Workflow Type', 'case');
});

ui('shows title, details and where an open case stands, as tables', async () => {
  await openTab('removal-SUS-1002', 'user-metadata');
  const all = await reads('Waiting for assignments to be detached', 'open');
  assert.match(all, 'Removal of the SUS authorisation of employee 1002');
  assert.match(all, `Request ${open}, employee 1002, started by 1000.`);
  assert.not.match(all, '| ', 'no Markdown is left over');

  const [about, waits, happened, ignored] = await tables();
  assert.equal(about, [
    ['Case', open],
    ['Employee', '1002'],
    ['System', 'SUS'],
    ['Roles that go', 'intervention manager, participant manager'],
    ['Manager', '1000'],
    ['Order on form 9460', 'MS-1 sent'],
    ['Warning', 'last-manager:i1, seen by 1000'],
    ['Possible now', 'detached, withdrawn'],
  ]);
  assert.equal(
    waits?.map(([what, who]) => [what, who]),
    [
      ['What', 'Who may do it'],
      ['detach a3', '1001, 1003'],
      ['detach a5', '1003'],
    ],
  );
  assert.match(waits?.[1]?.[2] ?? '', /^\d{1,2} \w{3} \d{4}, \d{2}:\d{2}$/);
  assert.equal(
    happened?.map(([, what, who, exactly]) => [what, who, exactly]),
    [
      ['What', 'Who', 'What exactly'],
      [
        'decided',
        '1000',
        'intervention manager, participant manager; warnings last-manager:i1; Arbetar inte längre med insatser',
      ],
      ['ordered', '–', 'intervention manager, participant manager; order MS-1'],
    ],
  );
  assert.equal(ignored?.map(([, what, from]) => [what, from]).toSorted(), [
    ['What', 'From'],
    ['detached', '1002'],
    ['detached', '–'],
    ['removed', '1009'],
    ['spelt wrong', '1003'],
  ]);
  for (const why of ['not possible in the state', 'expected one JSON object', 'Nobody', 'there is no such event'])
    assert.match(all, why);
});

ui('shows a case that has ended with all that happened, by whom', async () => {
  await openTab('removal-SUS-1001', 'user-metadata');
  await reads('Ended: the register shows the authorisation gone', 'ended');
  const [, happened] = await tables();
  assert.equal(happened?.map(([, what, who, exactly]) => [what, who, exactly]).slice(0, 6), [
    ['What', 'Who', 'What exactly'],
    ['decided', '1000', 'collaboration administrator; Behövs inte'],
    ['ordered', '–', 'collaboration administrator; order MS-2'],
    ['detached', '1003', 'a1'],
    ['removed', '1009', 'collaboration administrator'],
    ['the register shows it gone', '–', 'collaboration administrator'],
  ]);
  assert.equal(
    happened
      ?.slice(6)
      .map(([, what, , exactly]) => `${what} ${exactly}`)
      .toSorted(),
    ['confirmed to 1000', 'confirmed to 1001'],
  );
});

ui("shows a leaver's case with its date and what it waits for", async () => {
  await openTab('leaves-1004', 'user-metadata');
  const all = await reads('Waiting for the day on which the next step opens', 'leaver');
  assert.match(all, 'Employee 1004 leaves');
  const [about] = await tables();
  assert.ok(about?.some(([name, value]) => name === 'Last working day' && value === '2098-11-28'));
  assert.equal(about?.[0], ['Case', leaver]);
  await openTab('leaves-1004', 'timeline');
  await reads("Until the leaver's next step opens", 'leaver-timeline');
});

ui('says in the timeline what each activity and timer is for', async () => {
  await openTab('removal-SUS-1001', 'timeline');
  const all = await reads('Order on form 9460', 'timeline');
  for (const summary of [
    'Next reminder to the collaboration administrators',
    'Next reminder to the authorisation administration',
    'Confirm that the authorisation is removed, to employee 1000',
    'Confirm that the authorisation is removed, to employee 1001',
  ])
    assert.match(all, summary);
  await openTab('removal-SUS-1001', 'history');
  await reads('Next reminder to the authorisation administration', 'history');
});

for (const kind of ['Signal', 'Update'])
  ui(`tells what each event is for where somebody is about to send it as ${kind}`, async () => {
    await openTab('removal-SUS-1002', 'timeline');
    await page.getByRole('button', { name: 'More Actions' }).click();
    await page.getByRole('menuitem', { name: kind }).click();
    await reads(`Send a${kind === 'Update' ? 'n' : ''} ${kind}`, `send-${kind}`);
    const offered = await page.locator('[role=option]').allTextContents();
    for (const name of Object.keys(removalEvents)) {
      const description = eventDescriptions[name] ?? '';
      assert.ok(description, `${name} has a description`);
      assert.ok(
        offered.some((option) => option.includes(name) && option.includes(description)),
        `${name} is offered as "${description}"`,
      );
    }
  });

ui('tells what each query answers', async () => {
  const metadata = await system.client.workflow
    .getHandle('removal-SUS-1002')
    .query<{ definition: { queryDefinitions: { name: string; description: string }[] } }>(
      '__temporal_workflow_metadata',
    );
  const told = Object.fromEntries(metadata.definition.queryDefinitions.map((query) => [query.name, query.description]));
  assert.match(told.status ?? '', 'Where the case stands');
  assert.match(told.answer ?? '', 'What the command with this id was answered');
});

ui('shows of each case what is its own, also where one worker has both', async () => {
  const detailsOf = async (workflowId: string) => {
    const metadata = await system.client.workflow
      .getHandle(workflowId)
      .query<{ currentDetails: string }>('__temporal_workflow_metadata');
    return metadata.currentDetails;
  };
  for (const [workflowId, request] of [
    ['removal-SUS-1002', open],
    ['removal-SUS-1001', ended],
    ['removal-SUS-1002', open],
  ] as const)
    assert.match(await detailsOf(workflowId), request);
});

ui('says of each mail to whom and for the how many-th time', () => {
  const tell = (input: object) => activitySummary('tell', input);
  assert.is(tell({ occasion: 'reminder', task: 'remove' }), 'Remind the authorisation administration');
  assert.is(
    tell({ occasion: 'reminder', task: 'remove', time: 2 }),
    'Remind the authorisation administration, 2nd time',
  );
  assert.is(tell({ occasion: 'reminder', task: 'decide', time: 21 }), 'Remind the manager, 21st time');
  assert.is(tell({ occasion: 'reminder', task: 'decide', time: 12 }), 'Remind the manager, 12th time');
  assert.is(tell({ occasion: 'escalation', task: 'detach' }), 'Escalate: those who detach did not act');
});

ui('shows no names and no addresses', async () => {
  const { people } = await readRegisterFile(sample);
  assert.ok(read.length >= 8);
  for (const { id, name, email } of people)
    assert.not.ok(
      read.some((text) => [email, name, ...name.split(' ')].some((personal) => text.includes(personal))),
      `something of ${id} is shown`,
    );
});

ui.run();
