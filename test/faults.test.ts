import { suite, test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Violation, violationsIn } from '../faults/checks.ts';
import { type CaseEnd, type Entry, type Evidence, failedTasksIn, orphansIn } from '../faults/evidence.ts';
import { createOffice, mailOf } from '../faults/office.ts';

/** The judge of `npm run faults` must be able to find fault: a good run is tampered with, once in each way. */

const office = createOffice(60, 1);
const holding = (role: string) => {
  const found = office.employees.find(({ roles }) => roles.length === 1 && roles[0] === role);
  assert.ok(found);
  return found;
};
/** One whose authorisation is removed, one whose order is withdrawn, one whose order is undone, one who leaves. */
const removed = holding('interventionManager');
const withdrawn = holding('participantManager');
const undone = holding('reader');
const leaver = holding('collaborationAdministrator');

const REMOVED = `removal-SUS-${removed.id}-aaaaaa`;
const WITHDRAWN = `removal-SUS-${withdrawn.id}-bbbbbb`;
const UNDONE = `removal-SUS-${undone.id}-dddddd`;
const LEAVES = `leaves-${leaver.id}-cccccc`;
const time = (second: number) => new Date(Date.UTC(2026, 0, 5, 12, 0, second)).toISOString();
const ids = ({ assignments }: typeof removed) => assignments.map(({ id }) => id);

/** A record from the steps in their order, a second apart. */
const record = (...steps: (Partial<Entry> & { step: string })[]): Entry[] =>
  steps.map((step, second) => ({ at: time(second), roles: [], assignments: [], to: [], ...step }));

const end = (request: string, of: typeof removed, outcome: string, entries: Entry[]): CaseEnd => ({
  request,
  process: request.startsWith('leaves') ? 'employeeLeaves' : 'removal',
  version: '1',
  employee: of.id,
  roles: of.roles,
  outcome,
  ignored: [],
  record: entries,
});

function goodRun() {
  const detached = { step: 'detached', id: 'd', assignments: ids(removed), by: 'ca0' };
  const removedEnd = end(
    REMOVED,
    removed,
    'removed',
    record(
      { step: 'decided', id: 's', by: removed.manager, roles: removed.roles },
      { step: 'ordered', order: 'T-1' },
      detached,
      { step: 'removed', id: 'r', by: 'aa0' },
      { step: 'gone' },
      { step: 'confirmed', to: [removed.manager] },
      { step: 'confirmed', to: [removed.id] },
    ),
  );
  const withdrawnEnd = end(
    WITHDRAWN,
    withdrawn,
    'withdrawn',
    record(
      { step: 'decided', id: 's2', by: withdrawn.deputy, roles: withdrawn.roles },
      { step: 'ordered', order: 'T-2' },
      { step: 'withdrawn', id: 'w', by: withdrawn.manager },
      { step: 'orderCancelled', order: 'T-2' },
    ),
  );
  withdrawnEnd.ignored.push({ event: 'removed', id: 'early' });
  const undoneEnd = end(
    UNDONE,
    undone,
    'withdrawn',
    record(
      { step: 'decided', id: 's4', by: undone.manager, roles: undone.roles },
      { step: 'undone', id: 'u', by: undone.deputy },
    ),
  );
  const hasOwn = leaver.warnings.length > 0;
  const leaverEnd = end(
    LEAVES,
    leaver,
    'removed',
    record(
      { step: 'leaves', id: 's3', by: 'hr0' },
      { step: 'begun' },
      ...leaver.assignments.map(({ id, organisation }, index) => ({
        step: 'detached',
        id: `d${index}`,
        by: organisation.startsWith('own') ? 'aa0' : 'ca1',
        assignments: [id],
      })),
      { step: 'removed', id: 'r3', by: 'aa1' },
      { step: 'gone' },
      { step: 'confirmed', to: [leaver.manager] },
      { step: 'confirmed', to: [leaver.id] },
    ),
  );
  assert.ok(!hasOwn || leaver.assignments.length > 1);
  const ended = [removedEnd, withdrawnEnd, undoneEnd, leaverEnd];
  const act = (id: string, name: string, by: string) => ({
    id,
    name,
    by,
    throughPortal: false,
    answer: 'acknowledged' as const,
  });
  const made = { answer: 'acknowledged' as const, by: '', throughPortal: false, undoFor: 0 };
  const madeInPortal = { ...made, throughPortal: true, undoFor: 1 };
  const changed = (what: 'detached' | 'removed', second: number, of: typeof removed, named: string[]) => ({
    at: Date.parse(time(second)),
    what,
    person: of.id,
    named,
  });
  const mail = (request: string, of: typeof removed, to: string) => ({
    at: Date.parse(time(9)),
    to: mailOf(to),
    id: `<${request}.confirmation.1.${to}>`,
    request,
    occasion: 'confirmation',
    text: `${of.id} is removed`,
  });
  const order = (number: string, request: string, of: typeof removed, cancelled: boolean) => ({
    number,
    at: Date.parse(time(1)),
    request,
    running: 1,
    employee: of.id,
    roles: of.roles,
    cancelled,
  });
  const gone = [removed.id, leaver.id];
  return {
    office,
    ledger: {
      odd: [] as string[],
      requests: [
        {
          ...madeInPortal,
          id: 's',
          process: 'removal' as const,
          employee: removed.id,
          request: REMOVED,
          acts: [act('d', 'detached', 'ca0'), act('r', 'removed', 'aa0')],
        },
        {
          ...made,
          id: 's2',
          process: 'removal' as const,
          employee: withdrawn.id,
          request: WITHDRAWN,
          acts: [
            act('w', 'withdrawn', withdrawn.manager),
            { ...act('early', 'removed', 'aa0'), answer: 'delivered' as const },
            { ...act('no', 'removed', 'aa0'), answer: 'refused' as const },
          ],
        },
        {
          ...madeInPortal,
          id: 's4',
          process: 'removal' as const,
          employee: undone.id,
          request: UNDONE,
          acts: [act('u', 'undone', undone.deputy)],
        },
        {
          ...made,
          id: 's3',
          process: 'employeeLeaves' as const,
          employee: leaver.id,
          request: LEAVES,
          acts: [
            ...leaver.assignments.map(({ organisation }, index) =>
              act(`d${index}`, 'detached', organisation.startsWith('own') ? 'aa0' : 'ca1'),
            ),
            act('r3', 'removed', 'aa1'),
          ],
        },
      ],
    },
    cases: ended.map((one) => ({
      workflowId: one.request.slice(0, -7),
      runId: 'run',
      state: 'COMPLETED',
      end: one,
      failedTasks: [] as string[],
      orphans: [] as string[],
    })),
    orders: [order('T-1', REMOVED, removed, false), order('T-2', WITHDRAWN, withdrawn, true)],
    mails: [
      mail(REMOVED, removed, removed.id),
      mail(REMOVED, removed, removed.manager),
      mail(LEAVES, leaver, leaver.id),
      mail(LEAVES, leaver, leaver.manager),
    ],
    refusedMails: [],
    changes: [
      changed('detached', 2, removed, ids(removed)),
      changed('removed', 3, removed, removed.roles),
      changed('detached', 2, leaver, ids(leaver)),
      changed('removed', 4, leaver, leaver.roles),
    ],
    roles: new Map(office.employees.map(({ id, roles }) => [id, gone.includes(id) ? [] : roles])),
    notReplayed: [] as string[],
    deserters: [] as string[],
    notReady: [] as string[],
  } satisfies Evidence;
}

type Run = ReturnType<typeof goodRun>;

/** The first, without which a good run would not be one. */
function first<T>(list: readonly T[]): T {
  const [one] = list;
  assert.ok(one !== undefined);
  return one;
}
const caseOf = (run: Run, request: string) => first(run.cases.filter(({ end }) => end.request === request));
const without = <T>(list: T[], fits: (one: T) => boolean) => {
  assert.ok(list.some(fits), 'there is something to take away');
  list.splice(list.findIndex(fits), 1);
};
const step = (name: string) => (entry: Entry) => entry.step === name;

/** What is done to a good run, and what must be found then. */
const tampering: [Violation['kind'], string, (run: Run) => unknown][] = [
  ['odd answer', 'an answer that no fault explains', ({ ledger }) => ledger.odd.push('NotFound')],
  ['request lost', 'an accepted case is not there', ({ cases }) => cases.shift()],
  ['request lost', 'an accepted case is there twice', (run) => run.cases.push(caseOf(run, REMOVED))],
  ['request that nobody made', 'a case that nobody started', ({ ledger }) => ledger.requests.shift()],
  ['request without an end', 'a case is open', (run) => Object.assign(caseOf(run, REMOVED), { state: 'RUNNING' })],
  ['request without an end', 'a case failed', (run) => Object.assign(caseOf(run, REMOVED), { state: 'FAILED' })],
  ['act lost', 'an act is missing', (run) => without(caseOf(run, LEAVES).end.record, step('removed'))],
  ['act lost', 'a start is missing', (run) => Object.assign(first(caseOf(run, REMOVED).end.record), { id: 'other' })],
  ['act lost', 'a signal came to nothing', (run) => caseOf(run, WITHDRAWN).end.ignored.pop()],
  [
    'act twice',
    'an act counts twice',
    (run) => {
      const { record } = caseOf(run, REMOVED).end;
      record.splice(3, 0, first(record.filter(step('detached'))));
    },
  ],
  [
    'act of nobody',
    'an act by another than who said it',
    (run) => Object.assign(first(caseOf(run, REMOVED).end.record.filter(step('removed'))), { by: 'aa1' }),
  ],
  [
    'act though refused',
    'a refused act counts',
    (run) => Object.assign(first(caseOf(run, WITHDRAWN).end.record.filter(step('withdrawn'))), { id: 'no' }),
  ],
  [
    'act out of order',
    'confirmed before it was gone',
    (run) => {
      const { record } = caseOf(run, REMOVED).end;
      record.push(...record.splice(record.findIndex(step('gone')), 1));
    },
  ],
  [
    'act out of order',
    'undone where there was no time for it',
    (run) => run.ledger.requests.map((request) => Object.assign(request, { undoFor: 0 })),
  ],
  [
    'act out of order',
    'undone by the employee',
    (run) => Object.assign(first(caseOf(run, UNDONE).end.record.filter(step('undone'))), { by: undone.id }),
  ],
  [
    'act out of order',
    'ordered after it was undone',
    (run) => caseOf(run, UNDONE).end.record.push(...record({ step: 'ordered', order: 'T-3' })),
  ],
  ['act lost', 'undone, and ordered all the same', (run) => without(caseOf(run, UNDONE).end.record, step('undone'))],
  ['act out of order', 'removed without an order', (run) => without(caseOf(run, REMOVED).end.record, step('ordered'))],
  ['act out of order', 'ended otherwise', (run) => Object.assign(caseOf(run, WITHDRAWN).end, { outcome: 'kept' })],
  [
    'act out of order',
    'detached by the employee',
    (run) => {
      const by = { by: removed.id };
      Object.assign(first(caseOf(run, REMOVED).end.record.filter(step('detached'))), by);
      Object.assign(first(first(run.ledger.requests).acts), by);
    },
  ],
  [
    'act out of order',
    'time runs backwards',
    (run) => Object.assign(first(caseOf(run, REMOVED).end.record), { at: time(59) }),
  ],
  ['wrong orders', 'an order is missing', ({ orders }) => orders.shift()],
  ['wrong orders', 'an order too many', ({ orders }) => orders.push({ ...first(orders), number: 'T-3', running: 2 })],
  ['wrong orders', 'not cancelled', ({ orders }) => orders.map((order) => Object.assign(order, { cancelled: false }))],
  ['wrong orders', 'cancelled', ({ orders }) => Object.assign(first(orders), { cancelled: true })],
  [
    'wrong orders',
    'sent although it was undone',
    ({ orders }) => orders.push({ ...first(orders), request: UNDONE, number: 'T-3' }),
  ],
  [
    'wrong orders',
    'sent while it could still be undone',
    ({ orders }) => Object.assign(first(orders), { at: Date.parse(time(0)) }),
  ],
  ['wrong orders', 'other roles', ({ orders }) => Object.assign(first(orders), { roles: ['reader'] })],
  ['wrong orders', 'for no case', ({ orders }) => orders.push({ ...first(orders), request: 'removal-SUS-x-eeeeee' })],
  ['mail missing', 'the employee is not told', ({ mails }) => mails.shift()],
  ['mail missing', 'the record does not say so', (run) => caseOf(run, REMOVED).end.record.pop()],
  ['mail too many', 'a second mail', ({ mails }) => mails.push({ ...first(mails), id: '<other>' })],
  ['mail too many', 'to somebody else', ({ mails }) => mails.push({ ...first(mails), to: mailOf('head') })],
  ['mail too many', 'the same one says something else', ({ mails }) => mails.push({ ...first(mails), text: '' })],
  ['mail too many', 'for no case', ({ mails }) => mails.push({ ...first(mails), request: 'leaves-x-eeeeee' })],
  ['mail too many', 'of a withdrawn one', ({ mails }) => mails.push({ ...first(mails), request: WITHDRAWN })],
  ['confirmed too early', 'the register did not show it', ({ mails }) => Object.assign(first(mails), { at: 0 })],
  ['confirmed too early', 'never removed', ({ changes }) => without(changes, ({ what }) => what === 'removed')],
  ['removed before detached', 'in that order', ({ changes }) => changes.reverse()],
  ['register wrong', 'somebody still holds it', ({ roles }) => roles.set(removed.id, removed.roles)],
  ['register wrong', 'somebody lost it', ({ roles }) => roles.set(withdrawn.id, [])],
  [
    'register wrong',
    'an assignment was stranded',
    ({ changes }) => changes.push({ at: 0, what: 'detached', person: withdrawn.id, named: ids(withdrawn) }),
  ],
  [
    'register wrong',
    'somebody who has no case',
    ({ changes }) => changes.push({ at: 0, what: 'removed', person: 'ca0', named: ['collaborationAdministrator'] }),
  ],
  ['workflow task failed', 'by the worker', (run) => caseOf(run, REMOVED).failedTasks.push('why')],
  ['orphan', 'a timer', (run) => caseOf(run, REMOVED).orphans.push('timer of event 5')],
  ['does not replay', 'a history', ({ notReplayed }) => notReplayed.push('why')],
  ['process ended', 'by itself', ({ deserters }) => deserters.push('why')],
  ['not ready', 'the portal', ({ notReady }) => notReady.push('why')],
];

const judge = suite('the judge of a run');

judge('finds nothing in a good run', () => {
  assert.equal(violationsIn(goodRun()), []);
});

for (const [kind, what, tamper] of tampering)
  judge(`finds "${kind}": ${what}`, () => {
    const run = goodRun();
    tamper(run);
    const kinds = violationsIn(run).map((violation) => violation.kind);
    assert.ok(kinds.includes(kind), `found ${JSON.stringify(kinds)}`);
  });

judge('knows how to find each kind', () => {
  const kinds: Record<Violation['kind'], true> = {
    'odd answer': true,
    'not ready': true,
    'request lost': true,
    'request that nobody made': true,
    'request without an end': true,
    'act lost': true,
    'act twice': true,
    'act of nobody': true,
    'act though refused': true,
    'act out of order': true,
    'wrong orders': true,
    'mail missing': true,
    'mail too many': true,
    'confirmed too early': true,
    'removed before detached': true,
    'register wrong': true,
    'workflow task failed': true,
    'does not replay': true,
    orphan: true,
    'process ended': true,
  };
  assert.equal(new Set(tampering.map(([kind]) => kind)), new Set(Object.keys(kinds)));
});
judge.run();

const event = (eventId: number, eventType: string, attributes: object = {}) => ({
  eventId: String(eventId),
  eventType: `EVENT_TYPE_${eventType}`,
  attributes,
});

test('what a history began and never ended is an orphan', () => {
  const begun = [
    event(5, 'TIMER_STARTED'),
    event(6, 'ACTIVITY_TASK_SCHEDULED'),
    event(7, 'START_CHILD_WORKFLOW_EXECUTION_INITIATED'),
  ];
  assert.equal(orphansIn({ events: begun }), ['timer of event 5', 'activity of event 6', 'child of event 7']);
  const ended = [
    event(8, 'TIMER_CANCELED', { startedEventId: '5' }),
    event(9, 'ACTIVITY_TASK_COMPLETED', { scheduledEventId: '6' }),
    event(10, 'CHILD_WORKFLOW_EXECUTION_COMPLETED', { initiatedEventId: '7' }),
  ];
  assert.equal(orphansIn({ events: [...begun, ...ended] }), []);
});

test('a workflow task that fails again and again is found, and one that had to be begun anew is not', () => {
  const failed = (id: number, message: string) =>
    event(id, 'WORKFLOW_TASK_FAILED', { cause: 'WORKFLOW_WORKER_UNHANDLED_FAILURE', failure: { message } });
  const completed = event(9, 'WORKFLOW_TASK_COMPLETED');
  assert.is(failedTasksIn({ events: [failed(5, 'guard threw'), completed] }).length, 1);
  assert.is(failedTasksIn({ events: [failed(5, 'A query ran ahead of it'), completed] }).length, 0);
  const sdk = (what: string) =>
    failed(5, `Nondeterminism error: No command scheduled for event HistoryEvent(id: 4, ${what})`);
  assert.is(failedTasksIn({ events: [sdk('WorkflowExecutionUpdateAccepted'), completed] }).length, 0);
  assert.is(failedTasksIn({ events: [sdk('TimerStarted'), completed] }).length, 1);
  assert.is(
    failedTasksIn({ events: [failed(5, 'A query ran ahead of it'), failed(7, 'A query ran ahead of it')] }).length,
    2,
  );
});
test.run();
