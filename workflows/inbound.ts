import type { WorkflowInterceptors } from '@temporalio/workflow';

const RESERVED = '__temporal_';

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
  let seen = { length: 0, size: '0', time: '' };
  let isAhead = false;
  return {
    internals: [
      {
        activate(input, next) {
          const { jobs, historyLength, historySizeBytes, timestamp, isReplaying } = input.activation;
          const isQuery = (jobs ?? []).every(({ queryWorkflow }) => queryWorkflow);
          if (!isQuery) {
            const now = {
              length: historyLength ?? 0,
              size: String(historySizeBytes ?? 0),
              time: `${timestamp?.seconds}.${timestamp?.nanos}`,
            };
            if (now.length !== seen.length) {
              if (isAhead) throw new Error('A query ran ahead of this workflow task: the case is read anew');
              // Each workflow task begins at a time of its own, with a longer history.
              isAhead = !isReplaying && now.size !== '0' && now.size === seen.size && now.time === seen.time;
            }
            seen = now;
          }
          for (const { signalWorkflow } of jobs ?? [])
            if (signalWorkflow?.signalName?.startsWith(RESERVED))
              signalWorkflow.signalName = `reserved ${signalWorkflow.signalName}`;
          return next(input);
        },
      },
    ],
  };
}
