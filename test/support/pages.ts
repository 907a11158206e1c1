import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import * as assert from 'uvu/assert';
import * as z from 'zod';
import type { Language } from '../../portal/api.ts';
import { en } from '../../texts/pages.en.ts';
import { sv, type TextName } from '../../texts/pages.sv.ts';
import { chromiumOf } from './browser.ts';

/** People at the portal's pages, each in a browser context of their own, as Debian's Chromium shows them. */

const require = createRequire(import.meta.url);
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
type Values = Record<string, string | number>;
/** Its types know it as CommonJS alone. */
const MessageFormat: new (
  locale: string,
) => { compile(message: string): (values: Values) => string } = require('@messageformat/core');
const screenshots = join(import.meta.dirname, '..', 'screenshots');
const violations = z.array(z.object({ id: z.string(), nodes: z.array(z.object({ html: z.string() })) }));

export type Someone = {
  page: Page;
  context: BrowserContext;
  language: Language;
  /** What the pages say in this person's language. */
  say(name: TextName, values?: Values): string;
  /** Goes to a page and waits for its heading. */
  open(path: string): Promise<void>;
  /** Presses the button of that name. */
  press(name: TextName, values?: Values): Promise<void>;
  /** Ticks a box or chooses a radio button: a person clicks its label, which covers it. */
  tick(name: TextName, values?: Values): Promise<void>;
  /** Ticks that every warning has been seen. */
  tickWarnings(): Promise<void>;
  /** Waits for a heading that says this. */
  reads(name: TextName, values?: Values): Promise<void>;
  /** What a part of the page says to who sees it. */
  text(selector: string): Promise<string>;
  /** Waits until the case whose page is open is in a state, as the line below its heading says. */
  sees(state: TextName): Promise<void>;
  /** axe finds nothing, nothing overhangs at 1280, 390 and 320 pixels; a picture is kept of the first two. */
  isFine(name: string): Promise<void>;
  /** What the browser complained of: errors of scripts, what the content security policy kept out. */
  complaints: string[];
};

export type Visitors = {
  /** Somebody without a login. */
  stranger(language: Language): Promise<Someone>;
  /** Somebody logged in through the login page, by their number in the register. */
  person(id: string, language: Language): Promise<Someone>;
  stop(): Promise<void>;
};

const messages = {
  sv: { texts: sv.texts, format: new MessageFormat('sv') },
  en: { texts: en.texts, format: new MessageFormat('en') },
};

/** What the pages say, with its values. */
export function said(language: Language, name: TextName, values: Values = {}): string {
  const { texts, format } = messages[language];
  return format.compile(texts[name])(values);
}

/** Opens a browser for people at a portal. @param url where it is. */
export async function openBrowser(url: () => string): Promise<Visitors> {
  await mkdir(screenshots, { recursive: true });
  const browser = await chromiumOf();

  async function stranger(language: Language): Promise<Someone> {
    const context = await browser.newContext({
      baseURL: url(),
      viewport: WIDE,
      // The language of the browser is not asked.
      locale: 'fi-FI',
      timezoneId: 'Europe/Stockholm',
      reducedMotion: 'reduce',
    });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('pageerror', ({ message }) => complaints.push(message));
    page.on('console', (message) => {
      if (/Content Security Policy|\[Vue warn\]/.test(message.text())) complaints.push(message.text());
    });
    const say = (name: TextName, values?: Values) => said(language, name, values);
    const someone: Someone = {
      page,
      context,
      language,
      say,
      complaints,
      async open(path) {
        await page.goto(path);
        await page.locator('h1').waitFor();
      },
      press: (name, values) => page.getByRole('button', { name: say(name, values), exact: true }).click(),
      tick: (name, values) => page.locator('label').getByText(say(name, values), { exact: true }).click(),
      async tickWarnings() {
        for (const label of await page.locator('#warnings label').all()) await label.click();
      },
      async reads(name, values) {
        const heading = page.getByRole('heading', { name: say(name, values), exact: true }).first();
        await heading.waitFor().catch(async (error: unknown) => {
          const headings = await page.locator('h1, h2').allInnerTexts();
          const errors = await page.locator('.problem, .label__message--error').allInnerTexts();
          throw new Error(`${page.url()} has the headings ${headings.join(' | ')}, the errors ${errors.join(' | ')}`, {
            cause: error,
          });
        });
      },
      // biome-ignore lint/performance/useDomNodeTextContent: what a person sees, without what is hidden
      text: (selector) => page.locator(selector).innerText(),
      sees: (state) => page.locator('.state-line', { hasText: say(state) }).waitFor(),
      isFine: (name) => isFine(page, `${name}-${language}`),
    };
    await someone.open('/');
    // The cookie that comes of it would come back after a test has thrown it away.
    const kept = page.waitForResponse('**/api/language');
    await page.getByRole('button', { name: language === 'sv' ? 'Svenska' : 'English' }).click();
    await kept;
    await page.locator(`html[lang=${language}]`).waitFor();
    return someone;
  }

  return {
    stranger,
    async person(id, language) {
      const someone = await stranger(language);
      await someone.page
        .locator('main')
        .getByRole('link', { name: someone.say('app.login'), exact: true })
        .click();
      await someone.page.locator(`button[value="${id}"]`).click();
      await someone.reads('start.tasks.title');
      return someone;
    },
    stop: () => browser.close(),
  };
}

const WIDE = { width: 1280, height: 900 };
const NARROW = { width: 390, height: 844 };
/** 1280 pixels at 400 % (WCAG 1.4.10). */
const NARROWEST = { width: 320, height: 256 };

/** Hiding the caret takes a style, which the content security policy keeps out. */
const picture = { fullPage: true, caret: 'initial' } as const;

async function isFine(page: Page, name: string): Promise<void> {
  await page.evaluate(axe);
  const found = violations.parse(
    await page.evaluate("axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations)"),
  );
  assert.equal(
    found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`),
    [],
    `axe on ${name}`,
  );
  await page.screenshot({ ...picture, path: join(screenshots, `portal-${name}.png`) });
  for (const size of [NARROW, NARROWEST]) {
    await page.setViewportSize(size);
    const over = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
    assert.ok(Number(over) <= 0, `${name} overhangs at ${size.width} pixels by ${over}`);
    if (size === NARROW) await page.screenshot({ path: join(screenshots, `portal-${name}-390.png`), fullPage: true });
  }
  await page.setViewportSize(WIDE);
}
