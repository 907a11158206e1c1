import { defineSearchAttributeKey, type SearchAttributeUpdatePair } from '@temporalio/common';
import {
  ApplicationFailure,
  allHandlersFinished,
  condition,
  defineQuery,
  defineUpdate,
  proxyActivities,
  proxyLocalActivities,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { until } from '../machines/calendar.ts';
import { dueAfter, nextNotice } from '../machines/deadlines.ts';
import type { RemovalStart } from '../machines/messages.ts';
import type { Facts } from '../machines/register.ts';
import { requestNumber } from '../machines/requestNumber.ts';
import { assignmentsIn, deciders, detachers, removers, warningsOf } from '../machines/rights.ts';
import type { Occasion, Sources, TaskName } from '../machines/sources.ts';

/**
 * The way of a removal that is decided at its start, from the order to the confirmation, written by hand as a plain
 * Temporal workflow: what the statechart is measured against. The same activities, the same rights, the same search
 * attributes, the same answers; none of the other ways that people take.
 */

const local = proxyLocalActivities<Pick<Sources, 'lookUp' | 'detach' | 'remove'>>({
  startToCloseTimeout: '10 seconds',
});
const retry = { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '1 minute' } as const;
const outside = (summary: string) =>
  proxyActivities<Pick<Sources, 'order' | 'tell'>>({ startToCloseTimeout: '1 minute', retry, summary });

type Act = { id: string; by: string; note?: string };
type Answer = { request: string; state: string };
type Entry = { at: string; step: string; by?: string; assignments?: string[]; to?: string };

export const detachedUpdate = defineUpdate<Answer, [Act & { assignments: string[] }]>('detached');
export const removedUpdate = defineUpdate<Answer, [Act]>('removed');
export const statusQuery = defineQuery<{ request: string; state: string; record: Entry[] }>('status');

const keys = {
  state: defineSearchAttributeKey('State', 'KEYWORD'),
  waitsFor: defineSearchAttributeKey('WaitsFor', 'KEYWORD_LIST'),
  organisations: defineSearchAttributeKey('Organisations', 'KEYWORD_LIST'),
  due: defineSearchAttributeKey('Due', 'DATETIME'),
};

/** @param start by the manager, with nothing left to acknowledge: anything else is refused. */
export async function handwritten(start: RemovalStart): Promise<{ state: string; record: Entry[] }> {
  const { employee, system } = start;
  const request = requestNumber(workflowInfo().workflowId, start.id);
  const record: Entry[] = [];
  const answers = new Map<string, Answer>();
  let state = 'starting';
  let facts: Facts;
  let roles: string[] = [];
  let since = now();
  /** Acts are handled one at a time, in the order in which they came. */
  let lastAct: Promise<unknown> = Promise.resolve();

  const attached = () => assignmentsIn(facts, roles);
  const isGone = () => !roles.some((role) => facts.roles.includes(role));
  const lookUp = async () => local.lookUp({ employee, system, known: attached() });

  function enter(next: string, task?: 'detach' | 'remove'): void {
    state = next;
    since = now();
    setCurrentDetails(
      [`**${state}**`, '', ...record.map(({ at, step, by }) => `- ${at} ${step} ${by ?? ''}`)].join('\n'),
    );
    const organisations = [...new Set(attached().map(({ organisation }) => organisation))];
    const attributes: SearchAttributeUpdatePair[] = [
      { key: keys.state, value: state },
      { key: keys.waitsFor, value: task ? [task] : null },
      { key: keys.organisations, value: organisations.length > 0 ? organisations : null },
      { key: keys.due, value: task ? new Date(dueAfter(since)) : null },
    ];
    upsertSearchAttributes(attributes);
  }

  /** Takes an act once, in its turn, from who may do it now. */
  function handle<Said extends Act>(
    act: Said,
    expected: string,
    may: (act: Said) => string[],
    work: (act: Said) => Promise<void>,
  ): Promise<Answer> {
    const turn = lastAct.then(async () => {
      const before = answers.get(act.id);
      if (before) return before;
      if (state !== expected) throw refused('NotAccepted', `it is ${state}, not ${expected}`);
      facts = await lookUp();
      if (act.by === employee || !may(act).includes(act.by))
        throw refused('Refused', `only ${may(act).join(', ')} may`);
      await work(act);
      const answer = { request, state };
      answers.set(act.id, answer);
      return answer;
    });
    lastAct = turn.catch(() => {});
    return turn;
  }

  setHandler(statusQuery, () => ({ request, state, record }));
  setHandler(
    detachedUpdate,
    (act) => {
      const named = () => attached().filter(({ id }) => act.assignments.includes(id));
      const may = () => {
        const [first = [], ...others] = named().map((assignment) => detachers(facts, assignment));
        return first.filter((person) => others.every((people) => people.includes(person)));
      };
      return handle(act, 'detaching', may, async ({ by, assignments }) => {
        record.push({ at: now(), step: 'detached', by, assignments });
        facts = await local.detach({ employee, system, known: attached(), assignments });
        if (attached().length === 0) enter('removing', 'remove');
      });
    },
    { validator: ({ id, by, assignments }) => mustBe(id && by && assignments.length > 0, 'id, by and assignments') },
  );
  setHandler(
    removedUpdate,
    (act) => {
      const may = () => removers(facts);
      return handle(act, 'removing', may, async ({ by }) => {
        record.push({ at: now(), step: 'removed', by });
        facts = await local.remove({ employee, system, known: attached(), roles, stranded: [] });
        if (isGone()) enter('confirming');
      });
    },
    { validator: ({ id, by }) => mustBe(id && by, 'id and by') },
  );

  /** Waits until the case has left a state, with reminders and escalations. */
  async function waitWhile(waiting: string, task: TaskName, may: () => string[]): Promise<void> {
    for (let given = 0; ; given++) {
      const { kind, at } = nextNotice(since, given);
      const summary = `Next ${kind}: ${task}`;
      if (await condition(() => state !== waiting, until(now(), at), { summary })) return;
      facts = await lookUp();
      const people = kind === 'reminder' ? may().map((person) => ({ person })) : [{ helpdesk: true } as const];
      await tell(kind, given + 1, people, task);
    }
  }

  const tell = (occasion: Occasion, number: number, to: ({ person: string } | { helpdesk: true })[], task?: TaskName) =>
    outside(`${occasion} to ${JSON.stringify(to)}`).tell({
      ...{ request, occasion, number, to, employee, system, roles, due: dueAfter(since) },
      ...(task ? { task } : {}),
    });

  async function confirm(person: string): Promise<void> {
    await tell('confirmation', 1, [{ person }]);
    record.push({ at: now(), step: 'confirmed', to: person });
  }

  facts = await local.lookUp({ employee, system, leaver: true });
  roles = start.roles ?? facts.roles;
  mustBe(deciders(facts).includes(start.by) && warningsOf(facts, roles).length === 0, 'a decision by the manager');
  record.push({ at: now(), step: 'decided', by: start.by });
  enter('ordering');
  const order = { request, running: 1, employee, system, roles, orderedBy: start.by, decidedAt: now() };
  await outside('Order on form 9460').order(order);
  record.push({ at: now(), step: 'ordered' });

  if (attached().length > 0) {
    enter('detaching', 'detach');
    await waitWhile('detaching', 'detach', () => attached().flatMap((assignment) => detachers(facts, assignment)));
  } else enter('removing', 'remove');
  await waitWhile('removing', 'remove', () => removers(facts));

  await Promise.all([confirm(start.by), confirm(employee)]);
  enter('removed');
  await condition(allHandlersFinished);
  return { state, record };
}

const now = () => new Date().toISOString();

function refused(type: string, message: string) {
  return ApplicationFailure.nonRetryable(message, type);
}

function mustBe(isSo: unknown, expected: string): void {
  if (!isSo) throw refused('InvalidInput', `expected ${expected}`);
}

/** Beside it in one bundle, for a worker that runs both. */
export { removal } from '../workflows/removal.ts';
