import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { pagesFolder } from '../setup/pages.ts';
import { en } from '../texts/pages.en.ts';
import { sv } from '../texts/pages.sv.ts';
import { openBrowser, said, type Visitors } from './support/pages.ts';
import { type PortalSystem, startPortalSystem } from './support/portalSystem.ts';

/** The pages themselves: languages, the keyboard alone, forced colours, what is missing, and their weight. */

const test = suite("the portal's pages");
let portal: PortalSystem;
let browser: Visitors;
test.before(async () => {
  portal = await startPortalSystem();
  browser = await openBrowser(() => portal.url);
});
test.after(async () => {
  await browser?.stop();
  await portal?.stop();
});

/** Most JavaScript that the pages may weigh in all, in bytes as gzip makes them. */
const HEAVIEST = 160_000;

test('the start page says what this is without a login, in Swedish whatever the browser prefers', async () => {
  const someone = await browser.stranger('sv');
  await someone.context.clearCookies();
  await someone.open('/');
  assert.is(await someone.page.locator('html').getAttribute('lang'), 'sv');
  await someone.reads('start.title');
  await someone.isFine('start');
});

for (const why of ['failed', 'cancelled', 'unknown', 'away'] as const)
  test(`a login that came to nothing (${why}) is said, with what to do`, async () => {
    const someone = await browser.stranger('en');
    await someone.open(`/?login=${why}`);
    await someone.reads('login.problem.title');
    assert.match(await someone.text('[role=alert]'), someone.say(`login.problem.${why}`));
    await someone.isFine(`login-${why}`);
    await someone.context.close();
  });

test('the choice of a language is kept, and counts for the title, the texts and the language of the document', async () => {
  const someone = await browser.stranger('en');
  await someone.open('/accessibility');
  assert.is(await someone.page.title(), someone.say('app.title', { page: someone.say('accessibility.title') }));
  assert.is(await someone.page.locator('html').getAttribute('lang'), 'en');
});

test("the register's language counts where nothing was chosen", async () => {
  const someone = await browser.stranger('sv');
  await someone.context.clearCookies();
  await someone.open('/login?to=/');
  await someone.page.locator('button[value="1005"]').click();
  await someone.page.getByRole('heading', { name: said('en', 'start.tasks.title') }).waitFor();
});

test('both languages say the same things', () => {
  const placeholders = (text: string) =>
    [...text.replaceAll(/(=\d+|one|other) \{/g, '').matchAll(/\{(\w+)/g)].map(([, name]) => name);
  for (const [name, text] of Object.entries(sv.texts)) {
    const other = Object.entries(en.texts).find(([key]) => key === name)?.[1] ?? '';
    assert.ok(other.trim(), `${name} is missing in English`);
    assert.equal(
      [...new Set(placeholders(other))].toSorted(),
      [...new Set(placeholders(text))].toSorted(),
      `${name} has the same values in English`,
    );
  }
});

for (const language of ['sv', 'en'] as const) {
  test(`${language}: axe finds nothing on the pages that wait, are empty, or do not exist`, async () => {
    const manager = await browser.person('1000', language);
    const paths = {
      home: '/',
      tasks: '/tasks',
      'tasks-none': '/tasks?search=nobody',
      'cases-empty': '/cases',
      deputies: '/deputies',
      accessibility: '/accessibility',
      'not-found': '/nowhere',
      'no-such-case': '/cases/removal-SUS-1001-aaaaaa',
      'may-not': '/staff/2000/order',
      'own-leaving': '/staff/1000/leaves',
    };
    for (const [name, path] of Object.entries(paths)) {
      await manager.open(path);
      await manager.page.locator('.loading').waitFor({ state: 'detached' });
      await manager.isFine(name);
    }
    assert.equal(manager.complaints, []);
    const stranger = await browser.stranger(language);
    for (const [name, path] of Object.entries({ start: '/', 'login-needed': '/tasks' })) {
      await stranger.open(path);
      await stranger.isFine(name);
    }
  });

  test(`${language}: a service that does not answer is said to be away, and what is typed stays`, async () => {
    const manager = await browser.person('1000', language);
    await manager.open('/staff/1001/order');
    await manager.page.getByLabel(manager.say('order.reason')).fill('Behövs inte');
    await manager.context.setOffline(true);
    await manager.press('order.toSummary');
    await manager.page.getByText(manager.say('problem.unreachable')).waitFor();
    assert.is(await manager.page.evaluate("document.activeElement.getAttribute('role')"), 'alert');
    await manager.isFine('order-unreachable');
    await manager.context.setOffline(false);
    await manager.press('order.toSummary');
    await manager.reads('order.summary');
    assert.match(await manager.text('main'), 'Behövs inte');
  });

  test(`${language}: an order is made with the keyboard alone, and the focus goes where a person expects`, async () => {
    const manager = await browser.person('1000', language);
    const { page } = manager;
    const focused = async () => String(await page.evaluate('document.activeElement.textContent.trim()'));
    /** Tabs until something is reached, as a person would. */
    async function tabTo(text: string) {
      for (let steps = 0; steps < 60; steps++) {
        await page.keyboard.press('Tab');
        if ((await focused()).startsWith(text)) return;
      }
      throw new Error(`"${text}" was not reached with Tab; the focus is on "${await focused()}"`);
    }
    await page.keyboard.press('Tab');
    assert.is(await focused(), manager.say('app.skip'));
    await page.keyboard.press('Enter');
    await page.evaluate('document.body.focus()');
    await manager.open('/');
    await tabTo(manager.say('app.menu.staff'));
    await page.keyboard.press('Enter');
    await manager.reads('staff.mine');
    assert.is(await focused(), manager.say('staff.title'), 'the focus is on the heading of the new page');
    await tabTo(manager.say('staff.order'));
    await page.keyboard.press('Enter');
    await manager.reads('order.held');
    await tabTo(manager.say('order.toSummary'));
    await page.keyboard.press('Enter');
    await manager.reads('order.summary');
    assert.is(await focused(), manager.say('order.summary'), 'the focus is on what is to be checked');
    await tabTo(manager.say('order.change'));
    await page.keyboard.press('Enter');
    assert.is(await focused(), manager.say('order.held'));
  });
}

test('forced colours leave everything to be seen', async () => {
  const manager = await browser.person('1000', 'sv');
  await manager.page.emulateMedia({ forcedColors: 'active' });
  await manager.open('/staff');
  await manager.reads('staff.mine');
  await manager.isFine('staff-forced-colours');
});

test(`JavaScript weighs at most ${HEAVIEST / 1000} kB in all, packed`, async () => {
  const folder = join(await pagesFolder(), 'assets');
  const weight = readdirSync(folder)
    .filter((name) => name.endsWith('.js'))
    .reduce((sum, name) => sum + gzipSync(readFileSync(join(folder, name))).length, 0);
  assert.ok(weight <= HEAVIEST, `it weighs ${weight} bytes`);
});

test.run();
