import type { CancellationScope } from '@temporalio/workflow';

const nothing = Promise.resolve();

/**
 * Begins something in a scope, so that cancelling the scope cancels it. As `scope.run`, but without the promises that
 * it puts around what is begun: the SDK keeps a stack trace of each, which every replay pays for.
 */
export function within(scope: CancellationScope, begin: () => void): void {
  scope.run(() => {
    begin();
    return nothing;
  });
}
