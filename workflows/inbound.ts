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
 * each replay, and the case could never be replayed. It shows in a history that has grown by less than lies between two
 * tasks and what the first asked for. That one task fails instead: the worker forgets the case and reads it anew, in the
 * order of its history.
 */
export function interceptors(): WorkflowInterceptors {
  let last = { length: 0, mayBeAhead: false, asked: 0 };
  let isCounting = false;
  return {
    internals: [
      {
        activate(input, next) {
          const { historyLength, isReplaying } = input.activation;
          const jobs = input.activation.jobs ?? [];
          const length = historyLength ?? 0;
          if (length !== last.length && !jobs.every(({ queryWorkflow }) => queryWorkflow)) {
            if (last.mayBeAhead && length - last.length < EVENTS_BETWEEN_TASKS + last.asked)
              throw new Error('A query ran ahead of this workflow task: the case is read anew');
            // Updates come with tasks alone.
            last = { length, mayBeAhead: !isReplaying && !jobs.some(({ doUpdate }) => doUpdate), asked: 0 };
            isCounting = true;
          }
          for (const { signalWorkflow } of jobs)
            if (signalWorkflow?.signalName?.startsWith(RESERVED))
              signalWorkflow.signalName = `reserved ${signalWorkflow.signalName}`;
          return next(input);
        },
        concludeActivation(input, next) {
          const { commands } = next(input);
          if (isCounting)
            last.asked = commands.filter(
              ({ scheduleActivity, startTimer, upsertWorkflowSearchAttributes }) =>
                scheduleActivity ?? startTimer ?? upsertWorkflowSearchAttributes,
            ).length;
          isCounting = false;
          return { commands };
        },
      },
    ],
  };
}
