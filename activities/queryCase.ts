import { setTimeout as pause } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import { type CaseStatus, parseStatus } from './caseStatus.ts';
import { grpcCode, isTooLate } from './grpc.ts';

/** How long the tries of one query may take, in milliseconds; the last is for a busy worker, or one that just began. */
const TRIES = [1000, 2000, 4000, 8000, 15_000];
/** How long a case may take to go on after a task of its own failed, in milliseconds. */
const GOES_ON_WITHIN = 5000;

/**
 * Asks a case. A query that meets a workflow task may get lost on its way (server 1.32.0, SDK 1.24.0: the worker drops
 * a query that waits while a new task comes, and nobody is told), above all when the case ends just then. It changes
 * nothing, so it is asked again.
 *
 * @param handle the case, bound to its run.
 * @throws what the last try failed with: gRPC status 4 or 1 where nobody answered in 30 s, 9 where no worker polls.
 */
export async function queryCase<Answer = unknown>(
  handle: WorkflowHandle,
  name: string,
  ...args: string[]
): Promise<Answer> {
  const until = Date.now() + GOES_ON_WITHIN;
  for (let tries = 0; ; ) {
    try {
      const limit = Date.now() + (TRIES[tries] ?? 0);
      return await handle.client.withDeadline(limit, () => handle.query<Answer, string[]>(name, ...args));
    } catch (error) {
      if (isTooLate(error) && tries < TRIES.length - 1) tries++;
      else if (grpcCode(error) === 9 && Date.now() < until) await pause(200);
      else throw error;
    }
  }
}

/** Where a case stands. @throws as {@link queryCase}, and where the answer is no status. */
export const queryStatus = async (handle: WorkflowHandle): Promise<CaseStatus> =>
  parseStatus(await queryCase(handle, 'status'));
