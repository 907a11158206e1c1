import type { Client } from '@temporalio/client';
import { caseQuery, type ListedCase, listAll } from './listCases.ts';

/**
 * All open cases as Temporal lists them, kept here and brought up to date by what has changed: with 20,000 of them the
 * embedded server takes 0.1 s for most questions about them, and half a millisecond more for each case that it answers.
 */

/** How much earlier than it is listed a change may be dated: outages of a minute count from when a timer was due. */
const OVERLAP = 120_000;
/** How often is looked for cases that were ended from outside, which leaves no trace in their attributes. */
const LOOK_FOR_ENDED = 5_000;
/** So often all of it is listed anew, in case anything was listed later than that. All in milliseconds. */
const RELOAD = 600_000;

const FROM_OUTSIDE = ['Terminated', 'Canceled', 'TimedOut', 'Failed'];

/** @returns what gives the open cases, with all that Temporal had listed when it was asked. */
export function followOpenCases(client: Client): () => Promise<ListedCase[]> {
  let known = new Map<string, ListedCase>();
  let [loaded, lookedForEnded, looked] = [0, 0, 0];

  function take(changed: ListedCase[]): void {
    for (const listed of changed) {
      if (listed.open) known.set(listed.workflowId, listed);
      else if (known.get(listed.workflowId)?.request === listed.request) known.delete(listed.workflowId);
    }
  }

  async function look(): Promise<void> {
    const now = Date.now();
    if (now - loaded > RELOAD) {
      const all = await listAll(client, caseQuery({ open: true }, ''));
      known = new Map(all.map((listed) => [listed.workflowId, listed]));
      loaded = lookedForEnded = now;
    } else take(await listAll(client, `Since >= '${before(looked)}' AND ${caseQuery({}, '')}`));
    if (now - lookedForEnded > LOOK_FOR_ENDED) {
      for (const status of FROM_OUTSIDE)
        take(await listAll(client, `ExecutionStatus = '${status}' AND CloseTime >= '${before(lookedForEnded)}'`));
      lookedForEnded = now;
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

const before = (time: number): string => new Date(time - OVERLAP).toISOString();
