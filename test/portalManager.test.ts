import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openBrowser, type Someone, type Visitors } from './support/pages.ts';
import { type PortalSystem, startPortalSystem } from './support/portalSystem.ts';

/** A manager's whole way through the pages, in a real browser, in both languages. Pictures land in test/screenshots. */

const test = suite("the portal's pages, for managers");
let portal: PortalSystem;
let browser: Visitors;
test.before(async () => {
  portal = await startPortalSystem({ UNDO_SECONDS: '5' });
  browser = await openBrowser(() => portal.url);
});
test.after(async () => {
  await browser?.stop();
  await portal?.stop();
});

const requestIn = ({ page }: Someone) => page.url().split('/').at(-1) ?? '';

for (const language of ['sv', 'en'] as const) {
  let manager: Someone;
  const dialog = () => manager.page.getByRole('dialog');

  test(`${language}: a manager logs in and sees what waits, the staff, their roles, assignments and flags`, async () => {
    manager = await browser.person('1000', language);
    await manager.isFine('manager-start');
    await manager.page.getByRole('link', { name: manager.say('app.menu.staff') }).click();
    await manager.reads('staff.mine');
    const malin = manager.page.getByRole('row', { name: /Malin Sjödahl/ });
    await malin.getByText('Tillsammans mot arbete, Samordningsförbundet Övre Ådalen').waitFor();
    const elof = manager.page.getByRole('row', { name: /Elof Nyhlén/ });
    await elof.getByText(manager.say('staff.combined')).waitFor();
    await manager.isFine('staff');
  });

  test(`${language}: the order says what is missing, then in plain words what will happen, before it is sent`, async () => {
    await manager.page
      .getByRole('row', { name: /Malin Sjödahl/ })
      .getByRole('link', { name: manager.say('staff.order') })
      .click();
    await manager.reads('order.held');
    await manager.tick('order.some');
    await manager.press('order.toSummary');
    await manager.page.getByText(manager.say('order.whichError')).waitFor();
    assert.is(await manager.page.evaluate('document.activeElement.type'), 'checkbox');
    await manager.isFine('order-error');

    await manager.tick('order.whole');
    await manager.page.getByLabel(manager.say('order.reason')).fill('Arbetar inte längre med insatser');
    await manager.press('order.toSummary');
    await manager.reads('order.summary');
    const summary = await manager.text('main');
    for (const part of ['Jörgen Ekeblad (1003)', 'Steget vidare', 'Arbetar inte längre med insatser'])
      assert.match(summary, part);
    await manager.press('order.send');
    const seen = manager.say('summary.seenError', {
      warning: manager.say('warning.last-manager', { place: 'Steget vidare' }),
    });
    await manager.page.getByText(seen).waitFor();
    await manager.isFine('summary-error');
    await manager.tickWarnings();
  });

  test(`${language}: the order can be undone for a short time`, async () => {
    // Two clicks at once are one order.
    const send = manager.page.getByRole('button', { name: manager.say('order.send') });
    await send.dblclick();
    await manager.reads('case.undo.title');
    await manager.page.getByRole('button', { name: manager.say('case.undo') }).click();
    await manager.sees('state.withdrawn');
    await manager.page.locator('.record').getByText(manager.say('step.undone')).waitFor();
  });

  test(`${language}: afterwards it goes on by itself, and can be withdrawn with a reason`, async () => {
    await manager.open('/staff/1002/order');
    await manager.press('order.toSummary');
    await manager.reads('order.summary');
    await manager.tickWarnings();
    await manager.press('order.send');
    await manager.reads('case.undo.title');
    await manager.isFine('case-undo');
    await manager.page
      .getByRole('row', { name: /Jörgen Ekeblad/ })
      .first()
      .waitFor();
    await manager.isFine('case');
    const fine = await manager.text('.picture');
    assert.match(fine, manager.say('case.picture.now'));

    await manager.press('case.withdraw');
    assert.is(await dialog().getAttribute('aria-label'), manager.say('case.withdraw'));
    await dialog()
      .getByRole('button', { name: manager.say('case.withdraw') })
      .click();
    await manager.page.getByText(manager.say('error.reason')).waitFor();
    await manager.isFine('withdraw-error');
    await manager.page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'detached' });
    const back = await manager.page.evaluate('document.activeElement.textContent.trim()');
    assert.is(back, manager.say('case.withdraw'), 'the focus is back where it was');

    await manager.press('case.withdraw');
    await dialog().getByRole('textbox').fill('Behövs ändå');
    await dialog()
      .getByRole('button', { name: manager.say('case.withdraw') })
      .click();
    await manager.sees('state.withdrawn');
    assert.match(await manager.text('.record'), 'Behövs ändå');
    await portal.reaches(requestIn(manager), 'withdrawn');
  });

  test(`${language}: an employee leaves: the date is checked, changed, and the person stays after all`, async () => {
    await manager.open('/staff/1004/leaves');
    await manager.reads('order.held');
    const send = manager.page.locator('form button[type=submit]');
    await send.click();
    await manager.page.getByText(manager.say('error.lastDay')).waitFor();
    const day = manager.page.getByLabel(manager.say('leaves.day'));
    await day.fill('2098-02-30');
    await day.press('Enter');
    await manager.page.getByText(manager.say('error.day')).waitFor();
    await manager.isFine('leaves-error');
    await day.fill('2098-02-27');
    await manager.page.getByText('2098').first().waitFor();
    await day.press('Enter');
    await manager.sees('state.scheduled');
    await manager.page.locator('.picture').waitFor();
    await manager.isFine('leaver');

    await manager.press('case.changeDate');
    await manager.isFine('change-date');
    await dialog().getByRole('textbox').fill('2098-03-31');
    await dialog()
      .getByRole('button', { name: manager.say('case.changeDate.send') })
      .click();
    await manager.page.locator('.record').getByText(manager.say('step.dateChanged')).waitFor();
    await manager.press('case.stays');
    await dialog().getByRole('textbox').fill('Ångrade sig');
    await dialog()
      .getByRole('button', { name: manager.say('case.stays') })
      .click();
    await manager.sees('state.stayed');
  });

  test(`${language}: a proposal waits for the manager's decision, and a deputy may make it`, async () => {
    const employee = await browser.person('1001', language);
    await employee.page.getByRole('link', { name: employee.say('start.own.propose') }).click();
    await employee.press('order.toSummary');
    await employee.isFine('proposal');
    await employee.press('order.propose');
    await employee.sees('state.deciding');

    const deputy = await browser.person('1002', language);
    await deputy.page.getByRole('link', { name: new RegExp(`^${deputy.say('task.decide')}`) }).click();
    await deputy.page.getByText(deputy.say('taskPage.for', { manager: 'Birgitta Åkerhielm (1000)' })).waitFor();
    await deputy.press('taskPage.decideRemove');
    await deputy.page.getByText(deputy.say('taskPage.decisionError')).waitFor();
    await deputy.isFine('decide-error');
    await deputy.tick('taskPage.decision.remove');
    await deputy.page.locator('.summary').waitFor();
    await deputy.isFine('decide');
    await deputy.tick('taskPage.decision.keep');
    await deputy.press('taskPage.keep');
    await deputy.reads('taskPage.done');
    await employee.sees('state.kept');
    const record = await employee.text('.record');
    assert.match(
      record,
      employee.say('case.record.byFor', { who: 'Malin Sjödahl (1002)', manager: 'Birgitta Åkerhielm (1000)' }),
    );
  });

  test(`${language}: a manager sees who stands in for whom, and logs out`, async () => {
    await manager.open('/deputies');
    await manager.reads('deputies.theirs');
    assert.match(await manager.text('main'), 'Malin Sjödahl (1002)');
    await manager.isFine('deputies');
    const oldTab = await manager.context.newPage();
    await oldTab.goto('/staff/1002/order');
    await oldTab.getByRole('button', { name: manager.say('order.toSummary') }).waitFor();
    await manager.press('app.logout');
    await manager.page
      .getByRole('link', { name: manager.say('app.login') })
      .first()
      .waitFor();
    await oldTab.getByRole('button', { name: manager.say('order.toSummary') }).click();
    await oldTab.getByRole('heading', { name: manager.say('app.ended.title') }).waitFor();
    assert.equal(manager.complaints, []);
  });
}

test.run();
