import { accessSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser as Chromium, chromium, type Page } from 'playwright-core';

/** Debian's Chromium, headless, with a profile of its own that is thrown away. */

const PROGRAM = '/usr/bin/chromium';

export type Browser = { page: Page; stop(): Promise<void> };

const options = {
  executablePath: PROGRAM,
  headless: true,
  args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'],
};

/** A browser in which each person gets a context of their own. @throws Error as `startBrowser`. */
export async function chromiumOf(): Promise<Chromium> {
  isInstalled();
  return chromium.launch(options);
}

function isInstalled(): void {
  try {
    accessSync(PROGRAM);
  } catch {
    throw new Error(`There is no Chromium at ${PROGRAM}. Install it: apt-get install chromium (.ci/run does so).`);
  }
}

/** @throws Error that says what to install where there is no Chromium. */
export async function startBrowser(): Promise<Browser> {
  isInstalled();
  const profile = mkdtempSync(join(tmpdir(), 'aterkalla-chromium-'));
  const context = await chromium.launchPersistentContext(profile, {
    ...options,
    viewport: { width: 1600, height: 1200 },
    locale: 'en-GB',
    timezoneId: 'Europe/Stockholm',
    colorScheme: 'light',
  });
  return {
    page: context.pages()[0] ?? (await context.newPage()),
    stop: async () => {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}
