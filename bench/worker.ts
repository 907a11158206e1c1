import { runWorker } from '../worker.ts';
import { byHand } from './case.ts';

/** The worker as a process of its own that runs both, each with a bundle of its own: the statechart, and by hand. */
await runWorker({ workflowsPath: new URL('handwritten.ts', import.meta.url).pathname, taskQueue: byHand });
