import type { WorkflowHandle } from '@temporalio/client';
import { leavesId, removalId } from '../../machines/requestNumber.ts';
import type { CaseStatus } from '../../workflows/caseStatus.ts';
import { type Deployment, until } from './deployment.ts';

/**
 * The moments at which a worker is killed: for each activity how a case gets there and how it is held there, before the
 * effect or after it and before the worker hears of it.
 */

/** A register in which each of these employees has a manager and an organisation of their own. */
export function registerOf(employees: readonly string[]) {
  const person = (id: string, manager: string | null, functions: string[] = []) => ({
    id,
    name: `Person ${id}`,
    email: `${id}@example.org`,
    manager,
    functions,
  });
  return {
    people: [
      person('head', null),
      person('admin', 'head', ['authorisationAdministration']),
      person('other', 'head'),
      ...employees.flatMap((id) => [person(managerOf(id), 'head'), person(id, managerOf(id))]),
    ],
    organisations: employees.map((id) => ({ id: `o-${id}`, name: `Organisation ${id}`, form: 'finsam' })),
    interventions: [],
    authorisations: [...employees, 'other'].map((id) => ({
      person: id,
      system: 'SUS',
      roles: ['collaborationAdministrator'],
    })),
    assignments: employees.flatMap((id) =>
      [id, 'other'].map((who) => ({
        id: who === id ? assignmentOf(id) : `other-${id}`,
        person: who,
        role: 'collaborationAdministrator',
        organisation: `o-${id}`,
        intervention: null,
      })),
    ),
  };
}

export const managerOf = (employee: string) => `m${employee}`;
export const assignmentOf = (employee: string) => `a-${employee}`;
export const mailOf = (person: string) => `${person}@example.org`;

export type Held = 'before' | 'after';
export type Point = {
  /** The activity, and what sets it off. */
  name: string;
  /** Whether its effect can be held apart from its report. */
  when: readonly Held[];
  /** Bounded in time, so that it is reached last. */
  short?: true;
  /** Gets the case to just before. */
  prepare?(run: Run): Promise<unknown>;
  /** Resolves once it is held there. */
  hold(run: Run, when: Held): Promise<void>;
  /** Sets it off; an Update's answer is kept and must come after the kill. */
  trigger(run: Run): Promise<unknown>;
  /** True once it has taken effect. */
  over(status: CaseStatus): boolean;
  /** What the record says at the end. */
  steps: readonly string[];
  /** How many orders there are at the end, each with what became of it. */
  orders?: readonly ('sent' | 'cancelled')[];
};

/** One case on its way to a point. */
export type Run = { d: Deployment; employee: string; id: string; handle: WorkflowHandle };

const ORDER_TO_END = ['decided', 'ordered', 'detached', 'removed', 'gone', 'confirmed', 'confirmed'];
const BOTH = ['before', 'after'] as const;
const BEFORE = ['before'] as const;
/** How every look at the register begins, and what only those have that know of assignments. */
const LOOK = 'select aterkalla.facts';
const LOOK_WITH_KNOWN = 'aterkalla.facts_and_gone';

const start = ({ d, employee, id }: Run) =>
  d.client.workflow.start('removal', {
    taskQueue: 'aterkalla',
    workflowId: removalId(employee),
    args: [{ id, employee, system: 'SUS', by: managerOf(employee) }],
  });
const read = ({ handle }: Run) => handle.query<CaseStatus>('status');
const inState = (run: Run, state: string) =>
  until(`${run.employee} is ${state}`, async () => (await read(run)).state === state);
const payloads = (run: Run) => ({
  detached: { id: `${run.id}-detached`, by: 'other', assignments: [assignmentOf(run.employee)] },
  removed: { id: `${run.id}-removed`, by: 'admin' },
  returned: { id: `${run.id}-returned`, by: 'admin', reason: 'fel roll' },
  withdrawn: { id: `${run.id}-withdrawn`, by: managerOf(run.employee), reason: 'behövs' },
  decided: { id: `${run.id}-decided`, by: managerOf(run.employee), decision: 'remove' },
});
type Act = keyof ReturnType<typeof payloads>;
export const act = (run: Run, name: Act) => run.handle.executeUpdate(name, { args: [payloads(run)[name]] });
const signal = (run: Run, name: Act) => run.handle.signal(name, payloads(run)[name]);

async function toDetaching(run: Run) {
  await start(run);
  await inState(run, 'detaching');
}
async function toRemoving(run: Run) {
  await toDetaching(run);
  await act(run, 'detached');
}
const has = (step: string) => (status: CaseStatus) => status.record.some((entry) => entry.step === step);
const mood = (when: Held) => (when === 'before' ? 'deaf' : 'hang');

export const points: readonly Point[] = [
  {
    name: 'lookUp at the start',
    when: BEFORE,
    hold: ({ d, employee }) => d.proxy.hold([LOOK, employee]),
    trigger: start,
    over: has('decided'),
    steps: ORDER_TO_END,
  },
  {
    name: 'order',
    when: BOTH,
    hold: ({ d, employee }, when) => d.minSupport.behaveTo(employee, { kind: mood(when) }),
    trigger: start,
    over: has('ordered'),
    steps: ORDER_TO_END,
  },
  {
    name: 'cancelOrder',
    when: BOTH,
    prepare: toRemoving,
    hold: ({ d, employee }, when) => d.minSupport.behaveTo(employee, { kind: mood(when) }),
    trigger: (run) => signal(run, 'withdrawn'),
    over: has('orderCancelled'),
    steps: ['decided', 'ordered', 'detached', 'withdrawn', 'orderCancelled'],
    orders: ['cancelled'],
  },
  {
    name: 'tell of a returned order',
    when: BOTH,
    prepare: toRemoving,
    hold: ({ d, employee }, when) => d.smtp.behaveTo(mailOf(managerOf(employee)), mood(when)),
    trigger: (run) => signal(run, 'returned'),
    over: has('orderCancelled'),
    steps: [
      ...['decided', 'ordered', 'detached', 'returned', 'orderCancelled'],
      ...['decided', 'ordered', 'removed', 'gone', 'confirmed', 'confirmed'],
    ],
    orders: ['cancelled', 'sent'],
  },
  {
    name: 'detach',
    when: BOTH,
    prepare: toDetaching,
    hold: ({ d, employee }, when) => d.proxy.hold(['select aterkalla.detach', employee], when === 'after'),
    trigger: (run) => signal(run, 'detached'),
    over: ({ state }) => state === 'removing',
    steps: ORDER_TO_END,
  },
  {
    name: 'remove',
    when: BOTH,
    prepare: toRemoving,
    hold: ({ d, employee }, when) => d.proxy.hold(['select aterkalla.remove', employee], when === 'after'),
    trigger: (run) => signal(run, 'removed'),
    over: has('gone'),
    steps: ORDER_TO_END,
  },
  {
    name: 'tell for the confirmation',
    when: BOTH,
    prepare: toRemoving,
    hold: ({ d, employee }, when) => d.smtp.behaveTo(mailOf(employee), mood(when)),
    trigger: (run) => signal(run, 'removed'),
    over: ({ outcome }) => outcome === 'removed',
    steps: ORDER_TO_END,
  },
  {
    name: 'look-up of rights for a signal',
    when: BEFORE,
    short: true,
    prepare: toDetaching,
    hold: ({ d, employee }) => d.proxy.hold([LOOK_WITH_KNOWN, employee]),
    trigger: (run) => signal(run, 'detached'),
    over: ({ state }) => state === 'removing',
    steps: ORDER_TO_END,
  },
  {
    name: 'look-up of rights for an update',
    when: BEFORE,
    short: true,
    prepare: toRemoving,
    hold: ({ d, employee }) => d.proxy.hold([LOOK, employee]),
    trigger: (run) => act(run, 'removed'),
    over: has('gone'),
    steps: ORDER_TO_END,
  },
  {
    name: 'supersedeRemoval',
    when: BEFORE,
    short: true,
    prepare: toDetaching,
    hold: ({ d, employee }) => d.proxy.hold([LOOK_WITH_KNOWN, employee]),
    trigger: (run) =>
      run.d.client.workflow.start('employeeLeaves', {
        taskQueue: 'aterkalla',
        workflowId: leavesId(run.employee),
        args: [{ id: run.id, employee: run.employee, by: managerOf(run.employee), lastWorkingDay: '2026-01-02' }],
      }),
    over: ({ outcome }) => outcome === 'superseded',
    steps: ['decided', 'ordered', 'superseded', 'orderCancelled'],
    orders: ['cancelled'],
  },
];

/** Does what waits until the case has ended, and gives its last status. */
export async function finish(run: Run): Promise<CaseStatus> {
  const next: Record<string, Act> = { deciding: 'decided', detaching: 'detached', removing: 'removed' };
  return until(`${run.employee} ends`, async () => {
    const status = await read(run);
    if (status.outcome !== null) return status;
    const what = next[status.state];
    if (what && status.accepts.includes(what)) await act(run, what);
    return false;
  });
}
