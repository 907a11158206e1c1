import type { Client } from '@temporalio/client';
import { LRUCache } from 'lru-cache';
import { caseQuery, each, type ListedCase, listAll } from './listCases.ts';

/**
 * The cases as Temporal lists them, kept here and brought up to date by what has changed: with 20,000 open ones the
 * embedded server takes 0.1 s for most questions about them, and half a millisecond more for each case that it answers.
 */
export type KeptCases = {
  /** All open cases. */
  open(): Promise<ListedCase[]>;
  /** All cases of these employees, open and ended. */
  of(employees: readonly string[]): Promise<ListedCase[]>;
};

/** How long what has changed may take until Temporal lists it, and how far its clock may be behind. All in milliseconds. */
const LISTED_WITHIN = 5_000;
/** How much earlier than it is listed a change may be dated after an outage, when times count from when they were due. */
const LISTED_LATE = 120_000;
/** How often is looked for these, and for cases that were ended from outside, which leaves no trace in their attributes. */
const LOOK_BACK = 15_000;
/** So often all of it is listed anew, in case anything was listed later than that. */
const LOAD = 600_000;
/** Of so many employees the ended cases are kept: those that were asked for last. */
const EMPLOYEES = 20_000;
/** So many questions at once. */
const AT_ONCE = 8;

const FROM_OUTSIDE = ['Terminated', 'Canceled', 'TimedOut', 'Failed'];

/** @returns the cases, with all that Temporal had listed when they were asked for. */
export function followCases(client: Client): KeptCases {
  let open = new Map<string, ListedCase>();
  /** Asked for one employee at a time: the server finds these in 2 ms, but looks through all cases for several at once. */
  const ended = new LRUCache<string, Promise<ListedCase[]>>({ max: EMPLOYEES });
  /** Everything that changed before is known. */
  let known: number | null = null;

  function take(changed: ListedCase[]): void {
    for (const listed of changed) {
      if (listed.open) {
        open.set(listed.workflowId, listed);
        continue;
      }
      if (open.get(listed.workflowId)?.request === listed.request) open.delete(listed.workflowId);
      // Also where the answer is still to come: it may have been given before this one ended.
      ended.delete(listed.employee);
    }
  }

  const changedSince = (time: number) => `Since >= '${new Date(time).toISOString()}' AND ${caseQuery({}, '')}`;

  async function load(): Promise<void> {
    const all = await listAll(client, caseQuery({ open: true }, ''));
    open = new Map(all.map((listed) => [listed.workflowId, listed]));
    ended.clear();
  }

  async function look(): Promise<void> {
    const since = known;
    const began = Date.now();
    known = began;
    try {
      await (since === null ? load() : take(await listAll(client, changedSince(since - LISTED_WITHIN))));
    } catch (error) {
      known = since;
      throw error;
    }
    void tend(began);
  }

  const tended = { loaded: Date.now(), lookedBack: Date.now() };
  let isTending = false;
  /** What nobody waits for: after many changes it takes seconds. Where it fails it is tried again with the next look. */
  async function tend(now: number): Promise<void> {
    if (isTending || now - tended.lookedBack < LOOK_BACK) return;
    isTending = true;
    try {
      if (now - tended.loaded > LOAD) {
        await load();
        tended.loaded = now;
      } else {
        const from = tended.lookedBack - LISTED_LATE;
        take(await listAll(client, changedSince(from)));
        for (const status of FROM_OUTSIDE)
          take(
            await listAll(client, `ExecutionStatus = '${status}' AND CloseTime >= '${new Date(from).toISOString()}'`),
          );
      }
      tended.lookedBack = now;
      // What has changed while it listed may have been taken back by it: the next look takes it in again.
      known = Math.min(known ?? now, now);
    } catch {
      // As said above.
    } finally {
      isTending = false;
    }
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

  function endedOf(employee: string): Promise<ListedCase[]> {
    const known = ended.get(employee);
    if (known) return known;
    const asked = listAll(client, caseQuery({ employee }, '')).then((all) => all.filter((listed) => !listed.open));
    ended.set(employee, asked);
    asked.catch(() => ended.peek(employee) === asked && ended.delete(employee));
    return asked;
  }

  return {
    async open() {
      await upToDate();
      return [...open.values()];
    },
    async of(employees) {
      await upToDate();
      const wanted = new Set(employees);
      const theirs = [...open.values()].filter(({ employee }) => wanted.has(employee));
      const over = (await each([...wanted], AT_ONCE, endedOf)).flat();
      // What has ended since the last look is in both.
      const runs = new Set(over.map(({ runId }) => runId));
      return [...theirs.filter(({ runId }) => !runs.has(runId)), ...over];
    },
  };
}
