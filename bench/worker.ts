import { runWorker } from '../worker.ts';

/** The worker as a process of its own that runs both: the statechart and the same steps by hand. */
await runWorker(new URL('handwritten.ts', import.meta.url).pathname);
