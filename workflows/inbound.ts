import type { WorkflowInterceptors } from '@temporalio/workflow';
import { refreshDetails } from './statechart/details.ts';

const RESERVED = '__temporal_';

/** A time as an activation has it. */
type Time = { seconds?: { toString(): string } | null; nanos?: number | null } | null | undefined;

const nanoseconds = (time: Time): bigint =>
  BigInt(time?.seconds?.toString() ?? 0) * 1_000_000_000n + BigInt(time?.nanos ?? 0);

/**
 * A signal whose name is reserved for Temporal would fail the workflow task again and again. Renamed, it is one of the
 * signals that nobody knows, and ends among the ignored.
 *
 * A query that had to wait for a worker brings along the events that came meanwhile, and the SDK (1.24.0) applies them
 * before their workflow task has begun. What that task itself then brings, an Update above all, would come later than on
 * each replay, and the case could never be replayed. It shows: the history has grown, and the clock, which each task that
 * begins sets, stands. The task that follows fails then: the worker forgets the case and reads it anew, in the order of its
 * history.
 */
export function interceptors(): WorkflowInterceptors {
  let length = 0;
  let clock = 0n;
  let isAhead = false;
  return {
    internals: [
      {
        activate(input, next) {
          const { activation } = input;
          const jobs = activation.jobs ?? [];
          if (!jobs.every(({ queryWorkflow }) => queryWorkflow)) {
            const now = nanoseconds(activation.timestamp);
            const hasGrown = (activation.historyLength ?? 0) > length;
            if (hasGrown && isAhead) throw new Error('A query ran ahead of this workflow task: the case is read anew');
            if (hasGrown && !activation.isReplaying && now === clock) isAhead = true;
            length = activation.historyLength ?? 0;
            clock = now;
          }
          for (const { signalWorkflow, queryWorkflow } of jobs) {
            if (queryWorkflow) refreshDetails(queryWorkflow.queryType);
            if (signalWorkflow?.signalName?.startsWith(RESERVED))
              signalWorkflow.signalName = `reserved ${signalWorkflow.signalName}`;
          }
          return next(input);
        },
      },
    ],
  };
}
