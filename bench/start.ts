import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { connectClient } from '../activities/grpc.ts';
import { openOutside } from '../outside/index.ts';
import { readSettings } from '../settings.ts';
import { workflowBundle } from '../setup/bundle.ts';
import { takeDataFolder } from '../setup/dataFolder.ts';
import { createUndo } from '../setup/lifetime.ts';
import { haveSearchAttributes, keepHistories } from '../setup/namespace.ts';
import { startServer } from '../setup/server.ts';
import { temporalCli } from '../setup/temporal.ts';
import { startSystemProcess } from '../test/support/startedSystem.ts';
import { installRuntime, startWorker } from '../worker.ts';
import { median } from './numbers.ts';

/** `npm start` from nothing running to `ready`, and each of its parts by itself (several run side by side there). */

const ROUNDS = 5;

/** @returns for each part the median of the rounds, in seconds. */
export async function measureStart(say: (text: string) => void, rounds = ROUNDS): Promise<Record<string, number>> {
  const times: Record<string, number[]> = {};
  // The first one fills the caches.
  for (let round = 0; round <= rounds; round++) {
    const parts = { ...(await wholeStart()), ...(await eachPart()) };
    say(round === 0 ? 'warmed up' : `round ${round} of ${rounds}`);
    if (round > 0) for (const [part, seconds] of Object.entries(parts)) times[part] = [...(times[part] ?? []), seconds];
  }
  return Object.fromEntries(Object.entries(times).map(([part, seconds]) => [part, median(seconds)]));
}

const newFolder = () => realpathSync(mkdtempSync(join(tmpdir(), 'aterkalla-bench-')));

async function wholeStart(): Promise<Record<string, number>> {
  const dataDir = newFolder();
  const once = async () => {
    const begun = performance.now();
    const { child, ready, ended } = startSystemProcess(dataDir);
    await ready;
    const seconds = (performance.now() - begun) / 1000;
    child.kill('SIGTERM');
    await ended;
    return seconds;
  };
  try {
    return { 'npm start, new data folder (s)': await once(), 'npm start, same data folder again (s)': await once() };
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function eachPart(): Promise<Record<string, number>> {
  const dataDir = newFolder();
  const undo = createUndo();
  undo.add(() => rmSync(dataDir, { recursive: true, force: true }));
  const parts: Record<string, number> = {};
  const timed = async <T>(part: string, work: () => Promise<T>): Promise<T> => {
    const begun = performance.now();
    const result = await work();
    parts[`  ${part} (s)`] = (performance.now() - begun) / 1000;
    return result;
  };
  try {
    const settings = readSettings({ DATA_DIR: dataDir });
    await timed('Node runs an empty TypeScript file through npm', () => emptyProgram(dataDir));
    await timed('data folder', () => takeDataFolder(dataDir));
    const cli = await timed('finding the Temporal CLI', () => temporalCli());
    const server = await timed('Temporal server answers', () => startServer({ cli, dataDir, port: 0, uiPort: 0 }));
    undo.add(() => server.stop());
    const connection = await timed('namespace and search attributes', async () => {
      const opened = await connectClient({ address: server.address });
      await keepHistories(opened);
      await haveSearchAttributes(opened);
      return opened;
    });
    undo.add(() => connection.close());
    const outside = await timed('register, mail and Min Support', () => openOutside(settings));
    undo.add(() => outside.close());
    await timed('workflow bundle from the cache', () => workflowBundle());
    installRuntime();
    const native = await NativeConnection.connect({ address: server.address });
    undo.add(() => native.close());
    const client = new Client({ connection });
    const worker = await timed('worker', () =>
      startWorker({ connection: native, namespace: 'default', client, outside, settings }),
    );
    undo.add(() => worker.shutdown());
    return parts;
  } finally {
    await undo.run();
  }
}

async function emptyProgram(folder: string): Promise<void> {
  const program = join(folder, 'empty.ts');
  writeFileSync(program, "console.log('ready');\n");
  await startSystemProcess(folder, { command: ['npm', 'exec', '--', 'node', 'setup/prepare.mjs', program] }).ended;
}
