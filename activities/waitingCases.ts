import type { Client } from '@temporalio/client';
import type { WaitsFor } from '../machines/waiting.ts';
import { caseQuery, type ListedCase, listAll } from './listCases.ts';

/**
 * All open cases that wait for one kind of work, kept here and brought up to date by what has changed since: thousands may
 * wait for the same few people, and Temporal takes half a millisecond for each case that it lists.
 */

/** How much earlier than it is listed a change may be dated: outages of a minute count from when a timer was due. */
const OVERLAP = 120_000;
/** So often all of it is listed anew, in milliseconds, in case anything was listed later than that. */
const RELOAD = 600_000;

/** @returns what lists them, with all that Temporal had listed when it was asked. */
export function followWaiting(client: Client, task: WaitsFor): () => Promise<ListedCase[]> {
  let known = new Map<string, ListedCase>();
  let loaded = 0;
  let looked = 0;

  async function look(): Promise<void> {
    const now = Date.now();
    if (now - loaded > RELOAD) {
      const all = await listAll(client, `${caseQuery({ open: true }, '')} AND WaitsFor = '${task}'`);
      known = new Map(all.map((listed) => [listed.workflowId, listed]));
      loaded = now;
    } else {
      const since = new Date(looked - OVERLAP).toISOString();
      const changed = await listAll(client, `${caseQuery({}, '')} AND Since >= '${since}'`);
      // Whatever ends a case from outside leaves its attributes as they were.
      const ended = await listAll(client, `${caseQuery({ ended: true }, '')} AND CloseTime >= '${since}'`);
      for (const listed of [...changed, ...ended]) {
        if (listed.open && listed.waitsFor.includes(task)) known.set(listed.workflowId, listed);
        else if (known.get(listed.workflowId)?.request === listed.request) known.delete(listed.workflowId);
      }
    }
    looked = now;
  }

  let running: Promise<void> | null = null;
  let next: Promise<void> | null = null;
  const begin = () => {
    next = null;
    running = look().finally(() => {
      running = null;
    });
    return running;
  };
  /** Whoever asks while it looks waits for the next look, together with all others. */
  const upToDate = () => {
    if (!running) return begin();
    next ??= running.then(begin, begin);
    return next;
  };
  return async () => {
    await upToDate();
    return [...known.values()];
  };
}
