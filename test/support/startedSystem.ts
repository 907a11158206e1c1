import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import * as z from 'zod';
import { allProcesses, endProcess } from '../../setup/processes.ts';

/** `npm start` as a person runs it: a real process on a data folder of the test's own. */

const root = join(import.meta.dirname, '..', '..');
const runningSchema = z.strictObject({
  pid: z.number(),
  temporal: z.string(),
  ui: z.nullable(z.string()),
  portal: z.nullable(z.string()),
});

export type StartedSystem = {
  /** What was spawned: npm, or the program that a test put before it. */
  child: ChildProcess;
  output(): string;
  /** Resolves with the line that begins with `ready`; rejects where the process ends before. */
  ready: Promise<string>;
  /** The exit status, or the signal that ended it. */
  ended: Promise<number | NodeJS.Signals | null>;
};

/**
 * Starts it.
 *
 * @param dataDir the data folder.
 * @param options further environment, and another command in place of `npm start`.
 */
export function startSystemProcess(
  dataDir: string,
  { env = {}, command = ['npm', 'start'] }: { env?: NodeJS.ProcessEnv; command?: string[] } = {},
): StartedSystem {
  const [program = 'npm', ...args] = command;
  const child = spawn(program, args, {
    cwd: root,
    env: { ...process.env, TEMPORAL_PORT: '0', TEMPORAL_UI_PORT: '0', PORTAL_PORT: '0', DATA_DIR: dataDir, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const ended = new Promise<number | NodeJS.Signals | null>((done) =>
    child.on('exit', (status, signal) => done(status ?? signal)),
  );
  const ready = new Promise<string>((done, fail) => {
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        const line = /^ready.*$/m.exec(output)?.[0];
        if (line) done(line);
      });
    child.on('close', (status) => fail(new Error(`it ended with ${status} before it was ready:\n${output}`)));
  });
  ready.catch(() => {});
  return { child, output: () => output, ready, ended };
}

/** What `running.json` says; undefined where there is none. */
export function readRunning(dataDir: string): z.infer<typeof runningSchema> | undefined {
  try {
    return runningSchema.parse(JSON.parse(readFileSync(join(dataDir, 'running.json'), 'utf8')));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** The Temporal servers that run on this data folder. */
export const serversOn = (dataDir: string) =>
  allProcesses().filter(({ command }) => command.includes(join(dataDir, 'temporal.db')));

/** Waits until something is so, at most 30 s. */
export async function until(what: string, isSo: () => boolean): Promise<void> {
  for (const limit = Date.now() + 30_000; !isSo(); await wait(20))
    if (Date.now() > limit) throw new Error(`waited 30 s in vain: ${what}`);
}

/** Ends whatever still runs on this data folder, for the end of a test that failed half way. */
export async function endAllOn(dataDir: string): Promise<void> {
  const { pid } = readRunning(dataDir) ?? {};
  const owner = allProcesses().filter((process) => process.pid === pid);
  for (const left of [...owner, ...serversOn(dataDir)]) await endProcess(left);
}
