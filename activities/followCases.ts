import type { Client } from '@temporalio/client';
import { LRUCache } from 'lru-cache';
import pLimit from 'p-limit';
import { caseQuery, type ListedCase, listAll } from './listCases.ts';

/**
 * The cases as Temporal lists them, kept here and brought up to date by what has changed: with 20,000 open ones the
 * embedded server takes 0.1 s for most questions about them, and a sixth of a millisecond more for each case that it answers.
 *
 * Changes are found by `Since`, the time of a case's state. What leaves that as it is, a new manager or organisation that a
 * reminder's look at the register has shown, is seen when all is listed anew.
 */
export type KeptCases = {
  /** All open cases. */
  open(): Promise<ListedCase[]>;
  /** All cases of these employees, open and ended, and the open ones of others that `alsoOpen` lets through. */
  of(employees: readonly string[], alsoOpen?: (listed: ListedCase) => boolean): Promise<ListedCase[]>;
};

/** All in milliseconds. */
const INTERVALS = {
  /** How long what has changed may take until Temporal lists it, and how far its clock may be behind. */
  listedWithin: 5_000,
  /** How much earlier than it is listed a change may be dated after an outage, when times count from when they were due. */
  listedLate: 120_000,
  /** How often is looked for these, and for cases that were ended from outside, which leaves no trace in their attributes. */
  lookBack: 15_000,
  /** So often all of it is listed anew. */
  load: 600_000,
};
/** Of so many employees the ended cases are kept: those that were asked for last. */
const EMPLOYEES = 20_000;
/** So many questions at once. */
const AT_ONCE = 8;

const FROM_OUTSIDE = ['Terminated', 'Canceled', 'TimedOut', 'Failed'];

/** What was listed beside, for the next look to take in; what has changed since it began is newer. */
type Listed = { began: number; cases: ListedCase[]; isAllThatIsOpen: boolean };

/**
 * @param intervals how often is looked for what; a test may be in a hurry.
 * @returns the cases, with all that Temporal had listed when they were asked for; what it lists late may be missing for
 *   twice `lookBack`.
 */
export function followCases(client: Client, intervals = INTERVALS): KeptCases {
  const { listedWithin, listedLate, lookBack, load } = intervals;
  let open = new Map<string, ListedCase>();
  /** Asked for one employee at a time: the server finds these in 2 ms, but looks through all cases for several at once. */
  const ended = new LRUCache<string, Promise<ListedCase[]>>({ max: EMPLOYEES });
  /** When the last look began that has told what had changed. */
  let looked: number | null = null;

  function take({ cases, isAllThatIsOpen }: Omit<Listed, 'began'>): void {
    if (isAllThatIsOpen) {
      open = new Map();
      ended.clear();
    }
    for (const listed of cases) {
      if (listed.open) {
        open.set(listed.workflowId, listed);
        continue;
      }
      if (open.get(listed.workflowId)?.request === listed.request) open.delete(listed.workflowId);
      // Also where the answer is still to come: it may have been given before this one ended.
      ended.delete(listed.employee);
    }
  }

  const time = (at: number) => `'${new Date(at).toISOString()}'`;
  const changedSince = (at: number) => listAll(client, `Since >= ${time(at)} AND ${caseQuery({}, '')}`);

  async function listOpen(began: number): Promise<Listed> {
    return { began, cases: await listAll(client, caseQuery({ open: true }, '')), isAllThatIsOpen: true };
  }

  async function listLate(began: number, lookedBack: number): Promise<Listed> {
    const from = lookedBack - listedLate;
    const cases = await changedSince(from);
    for (const status of FROM_OUTSIDE)
      cases.push(...(await listAll(client, `ExecutionStatus = '${status}' AND CloseTime >= ${time(from)}`)));
    return { began, cases, isAllThatIsOpen: false };
  }

  let beside: Listed | null = null;
  const last = { load: 0, lookBack: 0, try: 0 };

  async function look(): Promise<void> {
    const began = Date.now();
    if (looked === null) {
      take(await listOpen(began));
      looked = last.load = last.lookBack = last.try = began;
      return;
    }
    // Nobody has asked for a while: what is listed beside tells all that has changed until now, once.
    if (began - last.lookBack > 2 * lookBack) {
      await listBeside(began);
      looked = began;
    }
    const late = beside;
    const changed = await changedSince(Math.min(looked, late?.began ?? looked) - listedWithin);
    if (late) take(late);
    if (beside === late) beside = null;
    take({ cases: changed, isAllThatIsOpen: false });
    looked = began;
    if (began - last.try > lookBack)
      listBeside(began).catch((error) => console.error(`warning: cases that are listed late are not found: ${error}`));
  }

  /** After many changes it takes seconds, which nobody waits for as long as somebody asks now and then. */
  async function listBeside(began: number): Promise<void> {
    last.try = began;
    const isToLoad = began - last.load > load;
    beside = await (isToLoad ? listOpen(began) : listLate(began, last.lookBack));
    last.lookBack = began;
    if (isToLoad) last.load = began;
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
    const kept = ended.get(employee);
    if (kept) return kept;
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
    async of(employees, alsoOpen = () => false) {
      await upToDate();
      const wanted = new Set(employees);
      const current = [...open.values()].filter((listed) => wanted.has(listed.employee) || alsoOpen(listed));
      const over = (await pLimit(AT_ONCE).map(wanted, endedOf)).flat();
      // What has ended since the last look is in both.
      const requests = new Set(over.map(({ request }) => request));
      return [...current.filter(({ request }) => !requests.has(request)), ...over];
    },
  };
}
