import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openBrowser, type Someone, type Visitors } from './support/pages.ts';
import { type PortalSystem, startPortalSystem } from './support/portalSystem.ts';

/** Removals in which several people take part, each in a browser of their own, in both languages. */

const test = suite("the portal's pages, for all who take part");
let portal: PortalSystem;
let browser: Visitors;
test.before(async () => {
  portal = await startPortalSystem({ UNDO_SECONDS: '0' });
  browser = await openBrowser(() => portal.url);
});
test.after(async () => {
  await browser?.stop();
  await portal?.stop();
});

type Say = Parameters<Someone['say']>;
const starting = (someone: Someone, ...[name, values]: Say) =>
  someone.page.getByRole('link', { name: new RegExp(`^${someone.say(name, values)}`) });
const reads = (someone: Someone, ...[name, values]: Say) =>
  someone.page.getByText(someone.say(name, values)).first().waitFor();

/** An employee of each language, so that both ways fit on one register. */
const removals = [
  { language: 'sv', boss: '1000', employee: '1002', detachers: ['1003', '1001'] },
  { language: 'en', boss: '2000', employee: '2003', detachers: ['2001', '2002'] },
] as const;

for (const { language, boss, employee, detachers } of removals) {
  let request = '';
  let manager: Someone;
  let removers: Someone[];

  test(`${language}: a manager orders the removal of ${employee}`, async () => {
    manager = await browser.person(boss, language);
    await manager.open(`/staff/${employee}/order`);
    await manager.press('order.toSummary');
    await manager.reads('order.summary');
    await manager.tickWarnings();
    await manager.press('order.send');
    await manager.sees('state.detaching');
    request = manager.page.url().split('/').at(-1) ?? '';
  });

  test(`${language}: who detaches finds where and how, says so, and the manager's page changes by itself`, async () => {
    for (const [index, detacher] of detachers.entries()) {
      const someone = await browser.person(detacher, language);
      await starting(someone, 'task.detach').first().click();
      await someone.reads('taskPage.howTo');
      await someone.isFine(`task-detach-${index}`);
      const isLast = index === detachers.length - 1;
      const all = someone.page.locator('form .button--primary');
      const done = await someone.page.locator('.assignment').count();
      if (done > 1 && !isLast) {
        await someone.press('taskPage.detachedSome');
        await reads(someone, 'taskPage.whichError');
        await someone.isFine('task-detach-error');
        await someone.page.locator('#done label', { hasText: 'Tillsammans mot arbete' }).click();
        await someone.press('taskPage.detachedSome');
      } else await all.click();
      await someone.reads('taskPage.done');
      await someone.isFine(`task-done-${index}`);
      assert.equal(someone.complaints, []);
    }
    await manager.sees('state.removing');
  });

  test(`${language}: the authorisation administration returns it with a reason; the manager decides again`, async () => {
    removers = await Promise.all([browser.person('1009', language), browser.person('1010', language)]);
    const [one] = removers;
    if (!one) throw new Error('nobody of the authorisation administration is there');
    await starting(one, 'task.remove').first().click();
    await one.press('taskPage.return');
    await one.page.getByRole('dialog').getByRole('textbox').fill('Vilka roller?');
    await one.isFine('return');
    await one.page
      .getByRole('dialog')
      .getByRole('button', { name: one.say('taskPage.return') })
      .click();
    await one.reads('taskPage.done');

    await manager.page.getByRole('link', { name: manager.say('task.decide'), exact: true }).click();
    await reads(manager, 'taskPage.returnedBy', { who: 'Tage Wikander (1009)', reason: 'Vilka roller?' });
    await manager.tick('taskPage.decision.remove');
    await manager.page.locator('.summary').waitFor();
    await manager.press('taskPage.decideRemove');
    await manager.reads('taskPage.done');
    await portal.reaches(request, 'removing');
  });

  test(`${language}: two are at the same task: the second is told at once`, async () => {
    const [one, other] = removers;
    if (!one || !other) throw new Error('two of the authorisation administration must be there');
    for (const someone of removers) {
      await someone.open(`/tasks/${request}/remove`);
      await someone.reads('taskPage.howTo');
    }
    await one.isFine('task-remove');
    await one.press('taskPage.removed');
    await one.reads('taskPage.done');
    await other.reads('taskPage.faster.title');
    assert.match(await other.text('main'), 'Tage Wikander (1009)');
    await other.isFine('task-faster');
    await portal.reaches(request, 'removed');
  });

  test(`${language}: everybody who may sees the ended case: its way as picture and words, and the record`, async () => {
    await manager.open(`/cases/${request}`);
    await manager.page.locator('.picture').waitFor();
    await manager.reads('case.record');
    const picture = await manager.text('.picture');
    assert.match(picture, manager.say('case.picture.ended'));
    assert.match(picture, manager.say('state.orderStopped'));
    const record = await manager.text('.record');
    for (const step of ['decided', 'ordered', 'detached', 'returned', 'removed', 'gone', 'confirmed'] as const)
      assert.match(record, manager.say(`step.${step}`));
    await manager.isFine('case-ended');
    assert.equal(manager.complaints, []);
  });

  test(`${language}: an auditor searches all cases, reads one, goes to Temporal UI, and takes the list as CSV`, async () => {
    const auditor = await browser.person('902', language);
    await auditor.open('/cases');
    await auditor.page.getByRole('link', { name: request }).waitFor();
    await auditor.isFine('cases');
    await auditor.page.getByLabel(auditor.say('cases.is')).selectOption('open');
    await auditor.page.getByRole('textbox', { name: auditor.say('cases.manager') }).fill('å');
    await auditor.press('cases.search');
    await reads(auditor, 'error.manager');
    await auditor.isFine('cases-error');
    await auditor.page.getByRole('textbox', { name: auditor.say('cases.manager') }).fill(boss);
    await auditor.press('cases.search');
    await reads(auditor, 'cases.noneFound');
    await auditor.isFine('cases-none');
    await auditor.page.getByLabel(auditor.say('cases.is')).selectOption('ended');
    await auditor.press('cases.search');
    await auditor.page.getByRole('link', { name: request }).waitFor();
    const download = auditor.page.waitForEvent('download');
    await auditor.page.getByRole('link', { name: auditor.say('cases.csv') }).click();
    assert.match(await (await download).path(), /./);
    const inList = auditor.page
      .getByRole('row', { name: request })
      .getByRole('link', { name: auditor.say('cases.temporal') });
    const href = await inList.getAttribute('href');
    assert.match(href ?? '', new RegExp(`/removal-SUS-${employee}/[^/]+/history$`));
    await auditor.page.getByRole('link', { name: request, exact: true }).click();
    await auditor.reads('case.record');
    const temporal = auditor.page.getByRole('link', { name: auditor.say('case.temporal') });
    assert.is(await temporal.getAttribute('href'), href);
    for (const button of ['case.withdraw', 'case.stays'] as const)
      assert.is(
        await auditor.page.getByRole('button', { name: auditor.say(button) }).count(),
        0,
        'an auditor reads only',
      );
    assert.equal(auditor.complaints, []);
  });
}

test.run();
