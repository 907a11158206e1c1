import workerThreads, { type WorkerOptions } from 'node:worker_threads';

/**
 * Spares the SDK's workflow threads what nobody reads here. The SDK (1.24.0) notes a call stack for each promise of each
 * workflow, for the query `__stack_trace` ("Call Stack" in Temporal UI): a tenth of a worker's work (README,
 * "Measurements"). What auditors read is not touched; that one page stays empty.
 */

const preload = new URL('withoutCallStacks.mjs', import.meta.url).href;
const THREAD = /[\\/]workflow-worker-thread\.js$/;
let isDone = false;

/** To be called before the first worker of this process. It does nothing where the SDK starts its threads otherwise. */
export function leaveOutCallStacks(): void {
  if (isDone) return;
  isDone = true;
  const { Worker } = workerThreads;
  class WorkflowThread extends Worker {
    constructor(file: string | URL, options: WorkerOptions = {}) {
      super(file, THREAD.test(String(file)) ? { ...options, execArgv: ['--import', preload] } : options);
    }
  }
  // The SDK has no setting for it, and looks this up whenever it starts a thread.
  Object.assign(workerThreads, { Worker: WorkflowThread });
}
