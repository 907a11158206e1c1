import type { WorkflowHandle } from '@temporalio/client';

/** What a finished workflow has cost, counted from its history. */
export type Cost = {
  /** How many events of each type. */
  byType: Record<string, number>;
  events: number;
  /** What the server says the history weighs, in bytes. */
  bytes: number;
  workflowTasks: number;
};

export async function costOf(handle: WorkflowHandle): Promise<Cost> {
  const { events } = await handle.fetchHistory();
  const byType: Record<string, number> = {};
  for (const { eventType } of events ?? []) {
    const type = eventNames[Number(eventType)] ?? `event ${eventType}`;
    byType[type] = (byType[type] ?? 0) + 1;
  }
  const { historySize = 0 } = await handle.describe();
  return {
    byType,
    events: events?.length ?? 0,
    bytes: historySize,
    workflowTasks: byType.WorkflowTaskCompleted ?? 0,
  };
}

/** One table, an event type a line. */
export function compared(names: [string, string], [one, other]: [Cost, Cost]): string {
  const line = (label: string, a: number, b: number) =>
    `${label.padEnd(44)}${String(a).padStart(12)}${String(b).padStart(14)}${a === b ? '' : `  ${a > b ? '+' : ''}${a - b}`}`;
  const types = [...new Set([...Object.keys(one.byType), ...Object.keys(other.byType)])].toSorted();
  return [
    `${''.padEnd(44)}${names[0].padStart(12)}${names[1].padStart(14)}`,
    ...types.map((type) => line(type, one.byType[type] ?? 0, other.byType[type] ?? 0)),
    line('all events', one.events, other.events),
    line('workflow tasks', one.workflowTasks, other.workflowTasks),
    line('bytes', one.bytes, other.bytes),
  ].join('\n');
}

/** The numbers that Temporal's interface gives the types of events that a removal may have, by name. */
const eventNames: Readonly<Record<number, string>> = {
  1: 'WorkflowExecutionStarted',
  2: 'WorkflowExecutionCompleted',
  3: 'WorkflowExecutionFailed',
  5: 'WorkflowTaskScheduled',
  6: 'WorkflowTaskStarted',
  7: 'WorkflowTaskCompleted',
  8: 'WorkflowTaskTimedOut',
  9: 'WorkflowTaskFailed',
  10: 'ActivityTaskScheduled',
  11: 'ActivityTaskStarted',
  12: 'ActivityTaskCompleted',
  17: 'TimerStarted',
  18: 'TimerFired',
  19: 'TimerCanceled',
  25: 'MarkerRecorded',
  26: 'WorkflowExecutionSignaled',
  40: 'UpsertWorkflowSearchAttributes',
  41: 'WorkflowExecutionUpdateAccepted',
  43: 'WorkflowExecutionUpdateCompleted',
};
