import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { Worker } from '@temporalio/worker';
import { payloadConverterPath, workflowBundle } from '../setup/bundle.ts';
import { isMain } from '../setup/main.ts';
import { installRuntime } from '../worker.ts';

/**
 * Replays every recorded history with the present code: a changed process that does not fit an open case is found here,
 * before it is released. `node scripts/replay.ts FOLDER` replays the histories of another folder.
 */

const recordings = join(import.meta.dirname, '..', 'test', 'histories');

/** What came of it: how many histories replayed, and each that did not, with the reason. */
export type Replayed = { good: number; faults: string[] };

/**
 * Replays the histories of a folder.
 *
 * @param folder with a JSON file for each history.
 * @returns the count of good ones, and a line for each fault; a folder without a history is a fault.
 */
export async function replayHistories(folder = recordings): Promise<Replayed> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.json'));
  if (names.length === 0)
    return { good: 0, faults: [`${folder} holds no history: record some with RECORD=1 npm test -- Paths`] };
  installRuntime();
  const histories = await Promise.all(
    names.map(async (name) => ({
      workflowId: name,
      history: historyFromJSON(JSON.parse(await readFile(join(folder, name), 'utf8'))),
    })),
  );
  const faults: string[] = [];
  let good = 0;
  const options = { workflowBundle: await workflowBundle(), dataConverter: { payloadConverterPath } };
  for await (const { workflowId, error } of Worker.runReplayHistories(options, histories))
    if (error) faults.push(`${workflowId}: ${error.message}`);
    else good++;
  return { good, faults };
}

if (isMain(import.meta.url)) {
  const { good, faults } = await replayHistories(process.argv[2]);
  console.log(`${good} histories replay, ${faults.length} do not`);
  for (const fault of faults) console.error(fault);
  process.exitCode = faults.length === 0 ? 0 : 1;
}
