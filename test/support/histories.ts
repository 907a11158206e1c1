import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import type { Case } from './world.ts';

/** Records what a case left in Temporal, for `scripts/replay.ts`. */

export const isRecording = process.env.RECORD === '1';

const folder = join(import.meta.dirname, '..', 'histories');

export const recordHistory = {
  /** Forgets the recordings of a process, before new ones come. */
  async begin(process: string): Promise<void> {
    await mkdir(folder, { recursive: true });
    for (const name of await readdir(folder)) if (name.startsWith(`${process}-`)) await rm(join(folder, name));
  },

  /** Keeps a case's history as one line of JSON without what tells of the machine that it was recorded on. */
  async add(name: string, handle: Case): Promise<void> {
    const history: unknown = JSON.parse(historyToJSON(await handle.fetchHistory()));
    const plain = JSON.stringify(history, (key, value) => (MACHINES_OWN.has(key) ? undefined : value));
    await writeFile(join(folder, `${name}.json`), `${plain}\n`);
  },
};

/** Who ran it, and where in the sources an error was made: nothing that a replay looks at. */
const MACHINES_OWN = new Set(['identity', 'stackTrace', 'binaryChecksum', 'workerVersion']);
