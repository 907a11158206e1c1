import workerThreads, { type WorkerOptions } from 'node:worker_threads';

/**
 * Spares the SDK's workflow threads (1.24.0) two things that cost more than the cases themselves (README,
 * "Measurements"): a call stack for each promise of each workflow, for the query `__stack_trace` ("Call Stack" in Temporal
 * UI, which stays empty), and a watchdog thread for each call into a workflow, of which one for each activation is left.
 * What auditors read is not touched.
 */

const preload = new URL('workflowThread.mjs', import.meta.url).href;
const THREAD = /[\\/]workflow-worker-thread\.js$/;
let isDone = false;

/** To be called before the first worker of this process. It does nothing where the SDK starts its threads otherwise. */
export function lightenWorkflowThreads(): void {
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
