import type { WorkflowInterceptors } from '@temporalio/workflow';

const RESERVED = '__temporal_';
/** One workflow task ends, the next is scheduled and begins. */
const EVENTS_BETWEEN_TASKS = 3;

/**
 * A signal whose name is reserved for Temporal would fail the workflow task again and again. Renamed, it is one of the
 * signals that nobody knows, and ends among the ignored.
 *
 * A query that had to wait for a worker brings along the events that came meanwhile, and the SDK (1.24.0) applies them
 * before their workflow task has begun. What that task itself then brings, an Update above all, would come later than on
 * each replay, and the case could never be replayed. That one task fails instead: the worker forgets the case and reads it
 * anew, in the order of its history.
 */
export function interceptors(): WorkflowInterceptors {
  let last = { length: 0, size: '0', mayBeAhead: false, isAhead: false };
  return {
    internals: [
      {
        activate(input, next) {
          const { historyLength, historySizeBytes, isReplaying } = input.activation;
          const jobs = input.activation.jobs ?? [];
          const length = historyLength ?? 0;
          if (length !== last.length && !jobs.every(({ queryWorkflow }) => queryWorkflow)) {
            if (last.isAhead || (last.mayBeAhead && length - last.length < EVENTS_BETWEEN_TASKS))
              throw new Error('A query ran ahead of this workflow task: the case is read anew');
            const size = String(historySizeBytes ?? 0);
            // Updates come with tasks alone.
            const mayBeAhead = !isReplaying && !jobs.some(({ doUpdate }) => doUpdate);
            // A task that begins brings the size of its history along.
            last = { length, size, mayBeAhead, isAhead: mayBeAhead && size !== '0' && size === last.size };
          }
          for (const { signalWorkflow } of jobs)
            if (signalWorkflow?.signalName?.startsWith(RESERVED))
              signalWorkflow.signalName = `reserved ${signalWorkflow.signalName}`;
          return next(input);
        },
      },
    ],
  };
}
