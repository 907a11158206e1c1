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
import type { Entry } from '../machines/case.ts';
import { dueAfter, nextNotice } from '../machines/deadlines.ts';
import type { RemovalStart } from '../machines/messages.ts';
import type { Facts } from '../machines/register.ts';
import { requestNumber } from '../machines/requestNumber.ts';
import { assignmentsIn, deciders, detachers, removers, warningsOf } from '../machines/rights.ts';
import type { Occasion, Sources, TaskName } from '../machines/sources.ts';
import { guidanceOf } from '../texts/guidance.ts';
import type { Waiting } from '../workflows/caseStatus.ts';

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
type Answer = { request: string; state: string; accepts: string[]; outcome: string | null };
/** The query's value and the workflow's result (contract, "Temporal"). */
type Status = Answer & {
  process: 'removal';
  version: '1';
  employee: string;
  system: string;
  roles: string[];
  since: string;
  warnings: never[];
  waitingFor: Waiting[];
  order: { number: string | null; state: string } | null;
  ignored: never[];
  record: Entry[];
};

export const detachedUpdate = defineUpdate<Answer, [Act & { assignments: string[] }]>('detached');
export const removedUpdate = defineUpdate<Answer, [Act]>('removed');
export const statusQuery = defineQuery<Status>('status');

const keys = {
  state: defineSearchAttributeKey('State', 'KEYWORD'),
  waitsFor: defineSearchAttributeKey('WaitsFor', 'KEYWORD_LIST'),
  organisations: defineSearchAttributeKey('Organisations', 'KEYWORD_LIST'),
  roles: defineSearchAttributeKey('Roles', 'KEYWORD_LIST'),
  since: defineSearchAttributeKey('Since', 'DATETIME'),
  due: defineSearchAttributeKey('Due', 'DATETIME'),
};

/** @param start by the manager, with nothing left to acknowledge: anything else is refused. */
export async function handwritten(start: RemovalStart): Promise<Status> {
  const { employee, system } = start;
  const request = requestNumber(workflowInfo().workflowId, start.id);
  const record: Entry[] = [];
  const answers = new Map<string, Answer>();
  let state = 'starting';
  let facts: Facts;
  let roles: string[] = [];
  let order: Status['order'] = null;
  let since = now();
  /** Acts are handled one at a time, in the order in which they came. */
  let lastAct: Promise<unknown> = Promise.resolve();
  /** The search attributes as the server has them: each is written when it changes. */
  const shown = new Map<string, string>();

  const attached = () => assignmentsIn(facts, roles);
  const isGone = () => !roles.some((role) => facts.roles.includes(role));
  const lookUp = async () => local.lookUp({ employee, system, known: attached() });

  function accepts(): string[] {
    if (state === 'detaching') return ['detached', 'withdrawn'];
    return state === 'removing' ? ['removed', 'returned', 'withdrawn'] : [];
  }

  const answer = (): Answer => ({ request, state, accepts: accepts(), outcome: state === 'removed' ? state : null });

  function waitingFor(): Waiting[] {
    const wait = { asOf: facts.asOf, since, due: dueAfter(since) };
    if (state === 'removing')
      return [{ task: 'remove', assignments: [], mayAct: removers(facts), guidance: guidanceOf('remove'), ...wait }];
    if (state !== 'detaching') return [];
    return attached().map((assignment) => ({
      task: 'detach',
      assignments: [assignment.id],
      mayAct: detachers(facts, assignment),
      guidance: guidanceOf('detach', assignment),
      ...wait,
    }));
  }

  const status = (): Status => ({
    ...answer(),
    process: 'removal',
    version: '1',
    employee,
    system,
    roles,
    since,
    warnings: [],
    waitingFor: waitingFor(),
    order,
    ignored: [],
    record,
  });

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
      { key: keys.since, value: new Date(since) },
      { key: keys.roles, value: roles },
    ].filter(({ key, value }) => {
      const present = JSON.stringify(value);
      if ((shown.get(key.name) ?? 'null') === present) return false;
      shown.set(key.name, present);
      return true;
    });
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
      const given = answer();
      answers.set(act.id, given);
      return given;
    });
    lastAct = turn.catch(() => {});
    return turn;
  }

  setHandler(statusQuery, status);
  setHandler(
    detachedUpdate,
    (act) => {
      const named = () => attached().filter(({ id }) => act.assignments.includes(id));
      const may = () => {
        const [first = [], ...others] = named().map((assignment) => detachers(facts, assignment));
        return first.filter((person) => others.every((people) => people.includes(person)));
      };
      return handle(act, 'detaching', may, async ({ id, by, assignments }) => {
        record.push({ at: now(), step: 'detached', by, id, assignments });
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
      return handle(act, 'removing', may, async ({ id, by }) => {
        record.push({ at: now(), step: 'removed', by, id, roles });
        facts = await local.remove({ employee, system, known: attached(), roles, stranded: [] });
        if (!isGone()) return;
        record.push({ at: now(), step: 'gone', roles });
        enter('confirming');
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
    record.push({ at: now(), step: 'confirmed', to: [person] });
  }

  facts = await local.lookUp({ employee, system, leaver: true });
  roles = start.roles ?? facts.roles;
  mustBe(deciders(facts).includes(start.by) && warningsOf(facts, roles).length === 0, 'a decision by the manager');
  record.push({ at: now(), step: 'decided', by: start.by, id: start.id, roles });
  enter('ordering');
  const form = { request, running: 1, employee, system, roles, orderedBy: start.by, decidedAt: now() };
  const { orderNumber } = await outside('Order on form 9460').order(form);
  order = { number: orderNumber, state: 'sent' };
  record.push({ at: now(), step: 'ordered', roles, order: orderNumber });

  if (attached().length > 0) {
    enter('detaching', 'detach');
    await waitWhile('detaching', 'detach', () => attached().flatMap((assignment) => detachers(facts, assignment)));
  } else enter('removing', 'remove');
  await waitWhile('removing', 'remove', () => removers(facts));

  await Promise.all([confirm(start.by), confirm(employee)]);
  enter('removed');
  await condition(allHandlersFinished);
  return status();
}

const now = () => new Date().toISOString();

function refused(type: string, message: string) {
  return ApplicationFailure.nonRetryable(message, type);
}

function mustBe(isSo: unknown, expected: string): void {
  if (!isSo) throw refused('InvalidInput', `expected ${expected}`);
}
