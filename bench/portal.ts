import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { Browser } from 'playwright-core';
import { pagesFolder } from '../setup/pages.ts';
import { chromiumOf } from '../test/support/browser.ts';
import { readRunning } from '../test/support/startedSystem.ts';
import { loggedIn, type Visitor } from '../test/support/visitor.ts';
import { detach, openCase } from './case.ts';
import { deploy } from './deployment.ts';
import { median, quantile } from './numbers.ts';
import { detacherOf, employeeOf, managerOf, remover } from './people.ts';

/** What the portal takes, of whoever looks, while many cases are open: the pages in a browser, and its API under load. */

const OPEN = 20_000;
/** So many requests are started at once while it is filled. */
const FILLERS = 60;
/** One case in so many waits for the authorisation administration, whose few people share all of these. */
const TO_REMOVE = 10;
/** People who ask, each logged in. */
const PEOPLE = 20;
const REQUESTS_A_SECOND = 50;
const SECONDS = 20;
const LOADS = 9;

export type PortalResult = Record<string, number>;

/** @param say told how it goes. @param open how many cases are open. @returns seconds, and kB of JavaScript. */
export async function measurePortal(say: (text: string) => void, open = OPEN): Promise<PortalResult> {
  const deployment = await deploy({ employees: open, program: 'start.ts' });
  try {
    await deployment.startWorker();
    const url = readRunning(deployment.dataDir)?.portal ?? '';
    let next = 0;
    const fill = async () => {
      while (next < open) {
        const number = next++;
        const employee = employeeOf(number);
        const handle = await openCase(deployment, 'removal', employee);
        if (number % TO_REMOVE === 0) await detach(handle, employee);
        if (next % 1000 === 0) say(`${next} open`);
      }
    };
    await Promise.all(Array.from({ length: FILLERS }, fill));
    await wait(2000);

    const someEmployees = Array.from({ length: PEOPLE }, (_, n) => employeeOf(Math.floor((n * open) / PEOPLE)));
    const groups: Record<string, Visitor[]> = {};
    for (const [name, people] of Object.entries({
      'who detach': someEmployees.map(detacherOf),
      managers: someEmployees.map(managerOf),
      [`the authorisation administration (${open / TO_REMOVE} tasks)`]: [remover],
    }))
      groups[name] = await Promise.all(people.map((person) => loggedIn(url, person)));

    const result: PortalResult = { 'open cases': open, 'JavaScript (kB, gzip)': await javaScript(say) };
    const browser = await chromiumOf();
    try {
      result['start page usable, nobody logged in (s)'] = await pageUsable(browser, url, null);
      const [first] = groups['who detach'] ?? [];
      if (first) result['start page usable, logged in (s)'] = await pageUsable(browser, url, first);
    } finally {
      await browser.close();
    }
    for (const [name, visitors] of Object.entries(groups)) {
      // A name that eleven people have in theirs, and an id.
      for (const [what, path] of [
        ['GET /api/tasks', '/api/tasks'],
        ['search of tasks by name', '/api/tasks?search=Person e1001'],
        ['search of cases by name', '/api/cases?search=Person e1001'],
        ['search of cases by id', `/api/cases?search=${someEmployees[1]}`],
      ] as const) {
        const times = await ask(visitors, path);
        result[`${what}, ${name}, p50 (s)`] = quantile(times, 0.5);
        result[`${what}, ${name}, p95 (s)`] = quantile(times, 0.95);
        say(`${what}, ${name}: p95 ${quantile(times, 0.95).toFixed(3)} s`);
      }
    }
    return result;
  } finally {
    await deployment.stop();
  }
}

/** Asks at a steady rate, whether or not what was asked before has been answered. @returns seconds, of each. */
async function ask(visitors: Visitor[], path: string): Promise<number[]> {
  const times: Promise<number>[] = [];
  const begun = performance.now();
  for (let n = 0; n < REQUESTS_A_SECOND * SECONDS; n++) {
    await wait(Math.max(0, begun + (n * 1000) / REQUESTS_A_SECOND - performance.now()));
    const visitor = visitors[n % visitors.length];
    if (!visitor) throw new Error('nobody asks');
    times.push(timed(visitor, path));
  }
  return Promise.all(times);
}

async function timed(visitor: Visitor, path: string): Promise<number> {
  const begun = performance.now();
  const { status, text } = await visitor.get(path);
  if (status !== 200) throw new Error(`${path} was answered with ${status}: ${text}`);
  return (performance.now() - begun) / 1000;
}

/** From the address to the last of what the start page asks for being there, in a browser that has nothing yet. */
async function pageUsable(browser: Browser, url: string, visitor: Visitor | null): Promise<number> {
  const times: number[] = [];
  for (let load = 0; load <= LOADS; load++) {
    const context = await browser.newContext({ locale: 'sv-SE' });
    if (visitor) await context.addCookies([...visitor.cookies].map(([name, value]) => ({ name, value, url })));
    const page = await context.newPage();
    const begun = performance.now();
    await page.goto(url, { waitUntil: 'commit' });
    await page.locator('main h1').first().waitFor();
    await page
      .locator(visitor ? 'section[aria-labelledby=waits] a' : 'main a, main button')
      .first()
      .waitFor();
    // The first one warms up the browser.
    if (load > 0) times.push((performance.now() - begun) / 1000);
    await context.close();
  }
  return median(times);
}

async function javaScript(say: (text: string) => void): Promise<number> {
  const folder = await pagesFolder(say);
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.js'));
  const bytes = files.map((name) => gzipSync(readFileSync(join(folder, name))).length);
  return bytes.reduce((all, one) => all + one, 0) / 1000;
}
