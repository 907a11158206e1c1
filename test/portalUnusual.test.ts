import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as z from 'zod';
import { LONG, writeLongRegister } from './support/longRegister.ts';
import { type FakeMinSupport, startMinSupport } from './support/minSupport.ts';
import { openBrowser, type Someone, type Visitors } from './support/pages.ts';
import { type PortalSystem, startPortalSystem } from './support/portalSystem.ts';

/** The pages when things are late, stopped or many, and when names are long; in both languages. */

const test = suite("the portal's pages, out of the ordinary");
const folder = mkdtempSync(join(tmpdir(), 'aterkalla-long-'));
let minSupport: FakeMinSupport;
let portal: PortalSystem;
let browser: Visitors;
test.before(async () => {
  const file = join(folder, 'register.json');
  writeLongRegister(file);
  minSupport = await startMinSupport();
  portal = await startPortalSystem({ UNDO_SECONDS: '0', REGISTER_FILE: file, MIN_SUPPORT_URL: minSupport.url });
  browser = await openBrowser(() => portal.url);
});
test.after(async () => {
  await browser?.stop();
  await portal?.stop();
  await minSupport?.stop();
  rmSync(folder, { recursive: true });
});

type Say = Parameters<Someone['say']>;
const reads = (someone: Someone, ...[name, values]: Say) =>
  someone.page.getByText(someone.say(name, values)).first().waitFor();
const requestIn = ({ page }: Someone) => page.url().split('/').at(-1) ?? '';
/** What has just changed comes into lists a moment later. */
async function waitFor(count: number, listed: () => Promise<unknown[]>): Promise<void> {
  for (const limit = Date.now() + 20_000; ; ) {
    const { length } = await listed();
    if (length === count) return;
    if (Date.now() > limit) throw new Error(`${length} are listed after 20 s, not ${count}`);
  }
}
const yesterday = new Date(Date.now() - 36 * 3600_000).toISOString().slice(0, 10);
const REASON = 'Kostnadsstället 4711 är avslutat: ange ett annat';

/** Of each language one whose order is stopped, and one who has left already. */
const [stoppedSv = '', leaverSv = '', stoppedEn = '', leaverEn = ''] = LONG.managing;
const people = { sv: { stopped: stoppedSv, leaver: leaverSv }, en: { stopped: stoppedEn, leaver: leaverEn } };
const proposers = LONG.staff.filter((id) => !LONG.managing.includes(id));

for (const language of ['sv', 'en'] as const) {
  const { stopped, leaver } = people[language];
  let manager: Someone;
  let administration: Someone;

  test(`${language}: a manager with many staff of long names finds each, and orders`, async () => {
    manager = await browser.person(LONG.manager, language);
    await manager.open('/staff');
    await manager.reads('staff.mine');
    await manager.isFine('long-staff');
    await manager.open('/deputies');
    await manager.reads('deputies.mine');
    await manager.isFine('long-deputies');
    await manager.open(`/staff/${stopped}/order`);
    await manager.press('order.toSummary');
    await manager.reads('order.summary');
    await manager.isFine('long-summary');
  });

  test(`${language}: Min Support stops the order; the manager sees why, and orders again`, async () => {
    void minSupport.behaveTo(stopped, { kind: 'status', status: 422, body: JSON.stringify({ message: REASON }) });
    await manager.press('order.send');
    await manager.sees('state.orderStopped');
    assert.match(await manager.text('.record'), REASON);
    await reads(manager, 'task.orderAgain');
    await manager.isFine('order-stopped');
    void minSupport.behaveTo(stopped, { kind: 'ok' });

    await waitFor(1, () => portal.library.tasks(LONG.manager));
    await manager.open('/');
    await manager.page
      .getByRole('link', { name: new RegExp(`^${manager.say('task.orderAgain')}.*\\(${stopped}\\)`) })
      .click();
    await reads(manager, 'taskPage.stopped', { reason: `${REASON} (422)` });
    await manager.tick('taskPage.decision.remove');
    await manager.page.locator('.summary').waitFor();
    await manager.isFine('order-again');
    await manager.press('taskPage.orderAgain');
    await manager.reads('taskPage.done');
    await manager.page.getByRole('link', { name: /removal-SUS/ }).click();
    await manager.sees('state.detaching');
    const request = requestIn(manager);
    assert.is(minSupport.orders.filter(({ order }) => order.employee === stopped).length, 1);
    const record = await manager.text('.record');
    for (const step of ['orderStopped', 'ordered'] as const) assert.match(record, manager.say(`step.${step}`));
    await manager.isFine('ordered-again');
    await portal.library.withdraw(request, { by: LONG.manager, reason: 'nästa' });
    assert.equal(manager.complaints, []);
  });

  test(`${language}: who has left already is late at once, which the manager sees`, async () => {
    await manager.open(`/staff/${leaver}/leaves`);
    await manager.reads('order.held');
    const day = manager.page.getByLabel(manager.say('leaves.day'));
    await day.fill(yesterday);
    await reads(manager, 'leaves.atOnce');
    await day.press('Enter');
    await manager.sees('state.detaching');
    await manager.page.locator('.late').first().waitFor();
    await manager.isFine('late-case');
  });

  test(`${language}: what is late is found among the tasks, and comes first`, async () => {
    // Of somebody without assignments, so that it waits for the authorisation administration.
    const removal = await portal.library.remove('1005', { by: '1000' });
    await portal.reaches(removal.request, 'removing');

    await waitFor(3, () => portal.library.tasks('1009'));
    await waitFor(1, () => portal.library.cases({ overdue: true }));
    administration = await browser.person('1009', language);
    await administration.open('/tasks');
    await reads(administration, 'tasks.count', { count: 3 });
    // Two parts of the leaver's, then the removal.
    assert.equal(await administration.page.locator('tbody tr').filter({ hasText: '(1005)' }).count(), 1);
    const last = administration.page.locator('tbody tr').last();
    await last.getByRole('link', { name: new RegExp(`^${administration.say('task.remove')}`) }).waitFor();
    await administration.isFine('tasks-late');
    await administration.page.getByLabel(administration.say('tasks.overdue'), { exact: true }).selectOption('true');
    await administration.press('tasks.filter');
    await reads(administration, 'tasks.count', { count: 2 });
    assert.match(administration.page.url(), /overdue=true/);
    await administration.page.locator('.late').first().waitFor();
    await administration.page.reload();
    await reads(administration, 'tasks.count', { count: 2 });
    await administration.page.getByLabel(administration.say('tasks.kind'), { exact: true }).selectOption('remove');
    await administration.press('tasks.filter');
    await reads(administration, 'tasks.noneFound');
    await administration.isFine('tasks-late-none');

    const auditor = await browser.person('902', language);
    await auditor.open('/cases?is=overdue');
    await reads(auditor, 'cases.count', { count: 1 });
    await auditor.page.locator('.late').first().waitFor();
    await auditor.isFine('cases-late');
    await portal.library.withdraw(removal.request, { by: '1000', reason: 'nästa' });
  });

  test(`${language}: past the deadline the authorisation administration accepts what is left as stranded`, async () => {
    const { page } = administration;
    await administration.open('/tasks?overdue=true');
    await page
      .getByRole('link', { name: new RegExp(`^${administration.say('task.detach')}`) })
      .first()
      .click();
    await administration.reads('taskPage.howTo');
    assert.is(await page.locator('.assignment').count(), 2);
    await administration.isFine('stranded');
    await administration.press('taskPage.stranded');
    await reads(administration, 'taskPage.whichEitherError');
    assert.is(await page.evaluate('document.activeElement.type'), 'checkbox');
    await administration.isFine('stranded-error');
    await page.locator('#done label').first().click();
    await administration.press('taskPage.stranded');
    const dialog = page.getByRole('dialog');
    const send = dialog.getByRole('button', { name: administration.say('taskPage.stranded') });
    assert.is(await dialog.getAttribute('aria-label'), administration.say('taskPage.stranded'));
    await send.click();
    await reads(administration, 'error.reason');
    await administration.isFine('stranded-reason-error');
    await dialog.getByRole('textbox').fill('Insatsen är nedlagd och kan inte öppnas');
    await send.click();
    await reads(administration, 'taskPage.someLeft', { count: 1 });
    await page.locator('.outcome:focus').waitFor();
    await administration.isFine('stranded-one');

    await page.locator('#done label').first().click();
    await administration.press('taskPage.stranded');
    assert.is(await dialog.getByRole('textbox').inputValue(), '', 'each has a reason of its own');
    await dialog.getByRole('textbox').fill('Likaså');
    await send.click();
    await administration.reads('taskPage.done');
    const request = requestIn(manager);
    await portal.reaches(request, 'removing');
    await administration.open(`/tasks/${request}/remove`);
    await administration.press('taskPage.removed');
    await administration.reads('taskPage.done');

    await manager.sees('state.removed');
    const record = await manager.text('.record');
    assert.match(record, manager.say('step.strandedAccepted'));
    assert.match(record, 'Insatsen är nedlagd och kan inte öppnas');
    assert.match(record, 'Tage Wikander (1009)');
    await manager.isFine('stranded-record');
    assert.equal([...manager.complaints, ...administration.complaints], []);
  });
}

/** More than one page of them: the first to be asked is the first that is due. */
test('many propose', async () => {
  for (const employee of proposers) await portal.library.remove(employee, { by: employee });
  await waitFor(proposers.length, () => portal.library.tasks(LONG.manager));
  await waitFor(proposers.length, () => portal.library.cases({ open: true }));
});

for (const language of ['sv', 'en'] as const) {
  /** Presses "more" by keyboard until there is no more; the rows are those of before, in order, and more behind them. */
  async function readsOn(someone: Someone): Promise<string[]> {
    const { page } = someone;
    const more = page.getByRole('button', { name: someone.say('list.more') });
    const hrefs = async () =>
      z
        .array(z.string())
        .parse(await page.evaluate("[...document.querySelectorAll('tbody th > a')].map(({ href }) => href)"));
    await more.waitFor();
    const before = await hrefs();
    assert.is(before.length, 50);
    await more.focus();
    await page.keyboard.press('Enter');
    await more.waitFor({ state: 'detached' });
    const after = await hrefs();
    assert.equal(after.slice(0, before.length), before, 'what was there stays where it was');
    assert.is(new Set(after).size, after.length, 'nothing comes twice');
    assert.is(
      await page.evaluate('document.activeElement.href'),
      after[before.length],
      'the button is gone: the focus is on the first that came',
    );
    return after;
  }
  const count = proposers.length;

  test(`${language}: a long list of tasks goes on where it ended, and so does the focus`, async () => {
    const manager = await browser.person(LONG.manager, language);
    await manager.isFine('start-many');
    await manager.page.getByRole('link', { name: manager.say('start.tasks.all', { count }) }).click();
    await reads(manager, 'list.shown', { shown: 50, total: count });
    await manager.isFine('tasks-many');
    const tasks = await readsOn(manager);
    assert.is(tasks.length, count);
    await reads(manager, 'list.shown', { shown: count, total: count });
    await manager.page.keyboard.press('Enter');
    await manager.reads('taskPage.titleFor', {
      task: manager.say('task.decide'),
      name: `${LONG.name(proposers[50] ?? '')} (${proposers[50]})`,
    });
    assert.equal(manager.complaints, []);
  });

  test(`${language}: a long list of cases does, too`, async () => {
    const auditor = await browser.person('902', language);
    await auditor.open('/cases?is=open');
    await auditor.isFine('cases-many');
    assert.is((await readsOn(auditor)).length, count);
    await reads(auditor, 'cases.count', { count });
    assert.equal(auditor.complaints, []);
  });
}

test.run();
