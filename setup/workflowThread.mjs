import { createRequire } from 'node:module';
import v8 from 'node:v8';
import vm from 'node:vm';

// Loaded before anything else in the SDK's workflow threads (workflowThreads.ts), and by whoever replays histories.

// Promises are not followed: the SDK would note a call stack for each.
v8.promiseHooks.createHook = () => () => {};

// One watchdog for a whole activation, instead of one for each call into the workflow: each is a thread that Node starts
// and ends. Whatever loops for ever is stopped after the same time, and fails its workflow task in the same way.
const { BaseVMWorkflow } = createRequire(import.meta.url)('@temporalio/worker/lib/workflow/vm-shared.js');
const { runInContext } = vm.Script.prototype;
const { activate } = BaseVMWorkflow.prototype;
const underWatch = new vm.Script('globalThis.aterkallaActivates()');
let isWatched = false;
/** The SDK's own limit, in milliseconds: it gives it to each call, the first of which comes before any activation. */
let timeout;

vm.Script.prototype.runInContext = function (context, options) {
  if (options?.timeout === undefined) return runInContext.call(this, context, options);
  timeout = options.timeout;
  const { timeout: _, ...unwatched } = options;
  return runInContext.call(this, context, isWatched ? unwatched : options);
};

/** All of an activation that calls into the workflow runs before the first `await` in the SDK's own function. */
BaseVMWorkflow.prototype.activate = function (activation) {
  let completion;
  globalThis.aterkallaActivates = () => {
    completion = activate.call(this, activation);
  };
  isWatched = timeout !== undefined;
  try {
    underWatch.runInThisContext(isWatched ? { timeout } : {});
    return completion;
  } catch (error) {
    return Promise.resolve({
      runId: this.activator.info.runId,
      failed: { failure: this.activator.errorToFailure(error) },
    });
  } finally {
    isWatched = false;
  }
};
