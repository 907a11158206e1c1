import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import * as z from 'zod';
import type { Database } from '../outside/database.ts';
import type { Deployment } from '../test/support/deployment.ts';
import type { Ledger } from './ledger.ts';
import type { Office } from './office.ts';
import { type RegisterChange, readRegisterLog, rolesNow } from './registerLog.ts';

/** What a run left behind: in Temporal, at Min Support, in the mail boxes, in the register. The checks judge it. */

const entry = z.looseObject({
  at: z.string(),
  step: z.string(),
  by: z.string().optional(),
  id: z.string().optional(),
  roles: z.array(z.string()).default([]),
  assignments: z.array(z.string()).default([]),
  order: z.string().optional(),
  to: z.array(z.string()).default([]),
});
export type Entry = z.infer<typeof entry>;

const end = z.looseObject({
  request: z.string(),
  process: z.enum(['removal', 'employeeLeaves']),
  version: z.string(),
  employee: z.string(),
  roles: z.array(z.string()),
  outcome: z.string().nullable(),
  ignored: z.array(z.looseObject({ event: z.string(), id: z.string().optional() })),
  record: z.array(entry),
});
/** The result of a case: its last status. */
export type CaseEnd = z.infer<typeof end>;

export type CaseEvidence = {
  workflowId: string;
  runId: string;
  /** What Temporal says of it, e.g. `COMPLETED`; of one that is open also what it waits for. */
  state: string;
  end: CaseEnd | null;
  /** Workflow tasks that failed by the worker's doing, with why. */
  failedTasks: string[];
  /** Timers, activities and children that nothing became of. */
  orphans: string[];
};

export type OrderEvidence = {
  at: number;
  number: string;
  request: string;
  running: number;
  employee: string;
  roles: string[];
  cancelled: boolean;
};

export type MailEvidence = { at: number; to: string; id: string; request: string; occasion: string; text: string };

export type Evidence = {
  office: Office;
  ledger: Ledger;
  cases: CaseEvidence[];
  orders: OrderEvidence[];
  mails: MailEvidence[];
  /** Who was refused a mail for good, and when. */
  refusedMails: { to: string; at: number }[];
  changes: RegisterChange[];
  /** The roles that each person holds at the end. */
  roles: Map<string, string[]>;
  /** Histories that do not replay, with why. */
  notReplayed: string[];
  /** Workers and portals that ended by themselves. */
  deserters: string[];
  /** What was still not ready long after the last fault. */
  notReady: string[];
};

/**
 * Failures that are part of the way it works, if they are over with the next try: something came in while the workflow was
 * about to end; the server was killed, or its disk was full, while it took an Update's answer; a query had run ahead
 * (workflows/inbound.ts), or the SDK (1.24.0) found that itself: a second worker had answered a query while the first was
 * at a task that brought an Update, and then got the next task. It reads the case anew, and whether the history replays is
 * judged apart from this.
 */
const MAY_HAPPEN =
  /UNHANDLED_COMMAND|BAD_UPDATE_WORKFLOW_EXECUTION_MESSAGE|A query ran ahead|No command scheduled for event HistoryEvent\(id: \d+, WorkflowExecutionUpdateAccepted\)/;

const storedEvent = z.looseObject({ eventId: z.coerce.string(), eventType: z.string() });
const history = z.looseObject({ events: z.array(storedEvent) });
type StoredEvent = z.infer<typeof storedEvent>;

/** How each kind of thing begins and ends, and the attribute by which the end names the beginning. */
const LIVES = [
  {
    what: 'timer',
    begins: /^EVENT_TYPE_TIMER_STARTED$/,
    ends: /^EVENT_TYPE_TIMER_(FIRED|CANCELED)$/,
    by: 'startedEventId',
  },
  {
    what: 'activity',
    begins: /^EVENT_TYPE_ACTIVITY_TASK_SCHEDULED$/,
    ends: /^EVENT_TYPE_ACTIVITY_TASK_(COMPLETED|FAILED|TIMED_OUT|CANCELED|CANCEL_REQUESTED)$/,
    by: 'scheduledEventId',
  },
  {
    what: 'child',
    begins: /^EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED$/,
    ends: /^EVENT_TYPE_(START_)?CHILD_WORKFLOW_EXECUTION_(COMPLETED|FAILED|TIMED_OUT|CANCELED|TERMINATED)$/,
    by: 'initiatedEventId',
  },
] as const;

/** The first attribute object of an event that holds this field. */
function attribute(event: StoredEvent, field: string): unknown {
  for (const value of Object.values(event))
    if (typeof value === 'object' && value !== null && field in value) return Reflect.get(value, field);
  return undefined;
}

/** @param json a history as Temporal's tools write it. @returns what it began and never ended. */
export function orphansIn(json: unknown): string[] {
  const { events } = history.parse(json);
  return LIVES.flatMap(({ what, begins, ends, by }) => {
    const ended = new Set(events.filter(({ eventType }) => ends.test(eventType)).map((event) => attribute(event, by)));
    return events
      .filter(({ eventType, eventId }) => begins.test(eventType) && !ended.has(eventId))
      .map(({ eventId }) => `${what} of event ${eventId}`);
  });
}

/** @param json as {@link orphansIn}. @returns the workflow tasks that failed by the worker's doing, with why. */
export function failedTasksIn(json: unknown): string[] {
  const tasks = history
    .parse(json)
    .events.filter(({ eventType }) => /WORKFLOW_TASK_(FAILED|COMPLETED)$/.test(eventType));
  return tasks.flatMap((event, index) => {
    if (!event.eventType.endsWith('FAILED')) return [];
    const why = `${attribute(event, 'cause')} ${JSON.stringify(attribute(event, 'failure') ?? '')}`;
    const isOver = tasks[index + 1]?.eventType.endsWith('COMPLETED');
    return isOver && MAY_HAPPEN.test(why) ? [] : [`${why} at event ${event.eventId}`];
  });
}

async function readCases(client: Client, folder: string): Promise<CaseEvidence[]> {
  const cases: CaseEvidence[] = [];
  for await (const { workflowId, runId, status } of client.workflow.list()) {
    const handle = client.workflow.getHandle(workflowId, runId, { followRuns: false });
    const written = historyToJSON(await handle.fetchHistory());
    writeFileSync(join(folder, `${workflowId}.${runId}.json`), written);
    const json: unknown = JSON.parse(written);
    const state = status.name;
    const result: unknown = state === 'COMPLETED' ? await handle.result() : null;
    cases.push({
      workflowId,
      runId,
      state: state === 'RUNNING' ? await openState(handle) : state,
      end: end.safeParse(result).data ?? null,
      failedTasks: failedTasksIn(json),
      orphans: orphansIn(json),
    });
  }
  return cases;
}

async function openState(handle: WorkflowHandle): Promise<string> {
  const { raw } = await handle.describe();
  const task = raw.pendingWorkflowTask ? [`a workflow task at its attempt ${raw.pendingWorkflowTask.attempt}`] : [];
  const activities = (raw.pendingActivities ?? []).map(
    ({ activityType, attempt, lastFailure }) =>
      `${activityType?.name} at its attempt ${attempt} (${lastFailure?.message ?? 'no failure yet'})`,
  );
  return `RUNNING, waiting for ${[...task, ...activities].join(', ') || 'people or time'}`;
}

/** Replays the histories of a folder with the sources that they were made with, in a process of its own. */
const replay = (sources: string, folder: string): Promise<string[]> =>
  new Promise((done) => {
    const args = [join(sources, 'scripts', 'replay.ts'), folder];
    execFile(process.execPath, args, { maxBuffer: 2 ** 26 }, (error, stdout, stderr) =>
      done(error ? `${stderr}`.trim().split('\n').concat(stdout.trim()) : []),
    );
  });

const orderBody = z.looseObject({ request: z.string(), employee: z.string(), roles: z.array(z.string()) });

/**
 * Gathers it all once everything has come to rest.
 *
 * @param sources what the histories are replayed with.
 * @param folder where the histories are left.
 */
export async function gather(
  { client, minSupport, smtp }: Deployment,
  database: Database,
  sources: string,
  folder: string,
  of: Pick<Evidence, 'office' | 'ledger' | 'deserters' | 'notReady'>,
): Promise<Evidence> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const cases = await readCases(client, folder);
  return {
    ...of,
    cases,
    orders: minSupport.orders.map(({ at, number, key, order, cancelled }) => {
      const { request, employee, roles } = orderBody.parse(order);
      return { at, number, request, running: Number(key.slice(key.lastIndexOf('/') + 1)), employee, roles, cancelled };
    }),
    mails: smtp.mails.flatMap(({ at, to, headers, text }) =>
      to.map((reader) => ({
        at,
        to: reader,
        id: headers['message-id'] ?? '',
        request: headers['x-aterkalla-request'] ?? '',
        occasion: headers['x-aterkalla-occasion'] ?? '',
        text,
      })),
    ),
    refusedMails: smtp.refused,
    changes: await readRegisterLog(database),
    roles: await rolesNow(database),
    notReplayed: cases.length > 0 ? await replay(sources, folder) : [],
  };
}
