import type { WorkflowHandle } from '@temporalio/client';

/** The workflow tasks of a case that failed, with why. Tasks lost with a worker time out and are not among them. */
export async function failedTasks(handle: WorkflowHandle): Promise<string[]> {
  const { events } = await handle.fetchHistory();
  return (events ?? []).flatMap(({ workflowTaskFailedEventAttributes: failed }) =>
    failed ? [`${failed.cause}: ${failed.failure?.message}`] : [],
  );
}
