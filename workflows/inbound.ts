import type { WorkflowInterceptors } from '@temporalio/workflow';

const RESERVED = '__temporal_';

/**
 * A signal whose name is reserved for Temporal would fail the workflow task again and again. Renamed, it is one of the
 * signals that nobody knows, and ends among the ignored.
 */
export const interceptors = (): WorkflowInterceptors => ({
  internals: [
    {
      activate(input, next) {
        for (const { signalWorkflow } of input.activation.jobs ?? [])
          if (signalWorkflow?.signalName?.startsWith(RESERVED))
            signalWorkflow.signalName = `reserved ${signalWorkflow.signalName}`;
        return next(input);
      },
    },
  ],
});
