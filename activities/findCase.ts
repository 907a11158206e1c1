import type { Client, WorkflowExecutionInfo, WorkflowHandle } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/common';
import { workflowIdOf } from '../machines/requestNumber.ts';
import { cannot } from './grpc.ts';
import { queryCase } from './queryCase.ts';

/**
 * Finds a case among the runs of its lock (contract, "Cases"): a request number means that case, also when a newer one
 * has taken the lock since; a workflow id means its newest case.
 */

/** A case that was found. */
export type FoundCase = {
  request: string;
  workflowId: string;
  /** The last run of the case: where queries go. */
  runId: string;
  open: boolean;
  /** ISO 8601; null while open. */
  closedAt: string | null;
  /** For queries: bound to the last run. */
  read: WorkflowHandle;
  /** For updates: bound to the case's chain of runs, so that it follows continue-as-new but no later case. */
  act: WorkflowHandle;
};

const lockForm = /^(?:removal-[A-Za-z]{1,16}|leaves|followUp)-[A-Za-z0-9]{1,32}$/;

/** The lock that a request number or a workflow id belongs to; null where the text is neither. */
export const lockOf = (request: string): string | null =>
  workflowIdOf(request) ?? (lockForm.test(request) ? request : null);

/** The request number that a run carries: from its memo, else its search attribute; null where neither is there. */
function carriedRequest(run: WorkflowExecutionInfo | Awaited<ReturnType<WorkflowHandle['describe']>>): string | null {
  const memo = run.memo?.request;
  if (typeof memo === 'string') return memo;
  const attribute: unknown = run.searchAttributes.Request?.[0];
  return typeof attribute === 'string' ? attribute : null;
}

/** The newest run of a lock, or null where it was never taken. */
async function newest(client: Client, workflowId: string): Promise<FoundCase | null> {
  try {
    const run = await client.workflow.getHandle(workflowId).describe();
    const first = run.raw.workflowExecutionInfo?.firstRunId || run.runId;
    const read = client.workflow.getHandle(workflowId, run.runId);
    let request = carriedRequest(run);
    if (request === null) {
      // Started by other means than this client, e.g. from Temporal UI: the case itself knows its number.
      const status: unknown = await queryCase(read, 'status');
      const said = status !== null && typeof status === 'object' && 'request' in status ? status.request : null;
      request = typeof said === 'string' ? said : workflowId;
    }
    return {
      request,
      workflowId,
      runId: run.runId,
      open: run.status.name === 'RUNNING',
      closedAt: run.closeTime?.toISOString() ?? null,
      read,
      act: client.workflow.getHandle(workflowId, undefined, { firstExecutionRunId: first }),
    };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}

/** An earlier case of the lock, looked up in the list of cases. A server that cannot list has none. */
async function earlier(client: Client, workflowId: string, request: string): Promise<FoundCase | null> {
  try {
    const query = `WorkflowId = '${workflowId}' AND Request = '${request}' AND ExecutionStatus != 'ContinuedAsNew'`;
    for await (const run of client.workflow.list({ query, pageSize: 1 })) {
      const read = client.workflow.getHandle(workflowId, run.runId);
      const open = run.status.name === 'RUNNING';
      return {
        request,
        workflowId,
        runId: run.runId,
        open,
        closedAt: run.closeTime?.toISOString() ?? null,
        read,
        act: read,
      };
    }
  } catch (error) {
    if (!cannot(error)) throw error;
  }
  return null;
}

/**
 * @param request a request number or a workflow id.
 * @returns the case, or null where there is none.
 */
export async function findCase(client: Client, request: string): Promise<FoundCase | null> {
  const workflowId = lockOf(request);
  if (workflowId === null) return null;
  const found = await newest(client, workflowId);
  if (found === null || workflowId === request || found.request === request) return found;
  return earlier(client, workflowId, request);
}
