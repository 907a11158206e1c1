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

/** How much earlier than it is listed a change may be dated: outages of a minute count from when a timer was due. */
const OVERLAP = 120_000;
/** How often is looked for cases that were ended from outside, which leaves no trace in their attributes. */
const LOOK_FOR_ENDED = 5_000;
/** So often all of it is listed anew, in case anything was listed later than that. All in milliseconds. */
const RELOAD = 600_000;
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
  let [loaded, lookedForEnded, looked] = [0, 0, 0];

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

  async function look(): Promise<void> {
    const now = Date.now();
    if (now - loaded > RELOAD) {
      const all = await listAll(client, caseQuery({ open: true }, ''));
      open = new Map(all.map((listed) => [listed.workflowId, listed]));
      ended.clear();
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

const before = (time: number): string => new Date(time - OVERLAP).toISOString();
