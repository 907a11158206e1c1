import type { WorkflowHandle } from '@temporalio/client';

/** A task that is begun anew by intention (workflows/inbound.ts). */
const BEGUN_ANEW = 'A query ran ahead';

/** The workflow tasks of a case that failed, with why. Tasks lost with a worker time out and are not among them. */
export async function failedTasks(handle: WorkflowHandle): Promise<string[]> {
  const { events } = await handle.fetchHistory();
  return (events ?? []).flatMap(({ workflowTaskFailedEventAttributes: failed }) =>
    failed && !failed.failure?.message?.startsWith(BEGUN_ANEW) ? [`${failed.cause}: ${failed.failure?.message}`] : [],
  );
}
