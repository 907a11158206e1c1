import type { AnyMachineSnapshot } from 'xstate';
import type { CaseContext, Entry } from '../machines/case.ts';
import { type WaitsFor, workOf } from '../machines/waiting.ts';
import { guidanceOf } from '../texts/guidance.ts';
import type { BaseStatus, Ignored } from './statechart.ts';

/** One thing that the case waits for, and who may do it (contract, "Query status"). */
export type Waiting = {
  task: WaitsFor;
  assignments: string[];
  mayAct: string[];
  /** When it was looked up who may act. */
  asOf: string;
  guidance: string;
  since: string;
  due: string;
};

/** The value of the query `status` (contract); `value` is XState's state value. */
export type CaseStatus = BaseStatus & {
  request: string;
  process: 'removal' | 'employeeLeaves';
  version: string;
  employee: string;
  manager: string | null;
  system: string;
  roles: string[];
  since: string;
  warnings: { id: string; acknowledgedBy?: string }[];
  waitingFor: Waiting[];
  order: { number: string | null; state: string } | null;
  organisations: string[];
  ignored: Ignored[];
  record: Entry[];
  outcome: string | null;
  /** Until when an order can be undone; only while it can. */
  undoUntil?: string;
  /** A leaver's alone. */
  lastWorkingDay?: string;
  atWork?: boolean;
};

/** What is the same in the status of every case. */
export function caseStatus(
  snapshot: AnyMachineSnapshot,
  base: BaseStatus,
  context: CaseContext,
  more: Pick<CaseStatus, 'process' | 'warnings' | 'order'> & { due: () => string; pastDeadline?: boolean },
): CaseStatus {
  const { process, warnings, order, due, pastDeadline = false } = more;
  const { facts, since } = context;
  return {
    request: context.request,
    process,
    version: snapshot.machine.version ?? '1',
    employee: context.employee,
    manager: facts.manager?.id ?? null,
    system: context.system,
    roles: context.roles,
    ...base,
    since,
    warnings,
    waitingFor: waitingFor(snapshot, context, due, pastDeadline),
    order,
    organisations: [...new Set(context.attached.map(({ organisation }) => organisation))],
    record: context.record,
    outcome: snapshot.status === 'done' ? base.state : null,
  };
}

function waitingFor(
  snapshot: AnyMachineSnapshot,
  { facts, attached, since }: CaseContext,
  due: () => string,
  pastDeadline: boolean,
): Waiting[] {
  const task = waitsFor(snapshot);
  if (!task) return [];
  const wait = { asOf: facts.asOf, since, due: due() };
  return workOf(task, facts, attached, pastDeadline).map(({ mayAct, assignments }) => ({
    task,
    assignments: assignments.map(({ id }) => id),
    mayAct,
    guidance: guidanceOf(task, assignments[0]),
    ...wait,
  }));
}

function waitsFor(snapshot: AnyMachineSnapshot): WaitsFor | null {
  if (snapshot.matches('deciding') || snapshot.matches('orderStopped')) return 'decide';
  if (snapshot.matches('removing')) return 'remove';
  return snapshot.matches('detaching') ? 'detach' : null;
}
