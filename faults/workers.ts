import { setTimeout as pause } from 'node:timers/promises';
import type { Deployment, WorkerProcess } from '../test/support/deployment.ts';
import type { Random } from './random.ts';

/** The workers of a run: up to three at once, of the present version and of a newer one. */

export type Workers = {
  readonly count: number;
  /** One that ends because what it needs is away just then is started again, as whoever runs workers has it done. */
  start(sources: string): Promise<void>;
  /** Takes one away, `kill`ed or told to `end`; none is fine. */
  take(how: 'kill' | 'end'): Promise<void>;
  /** Those that ended although nobody ended them, with their last words. */
  readonly deserters: string[];
  /** The lines of their logs about a case. */
  saidOf(workflowId: string): string[];
};

export function createWorkers(deployment: Deployment, random: Random): Workers {
  const running = new Set<WorkerProcess>();
  const deserters: string[] = [];
  const all: WorkerProcess[] = [];
  return {
    get count() {
      return running.size;
    },
    deserters,
    saidOf: (workflowId) =>
      all.flatMap((worker) => worker.output().split('\n')).filter((line) => line.includes(`workflowId=${workflowId} `)),
    async start(sources) {
      const worker = await startAgainAndAgain(deployment, sources);
      running.add(worker);
      all.push(worker);
      void worker.ended.then((status) => {
        if (!running.delete(worker)) return;
        deserters.push(
          `a worker ended by itself (${status}): ${worker.output().trim().split('\n').slice(-3).join(' ')}`,
        );
      });
    },
    async take(how) {
      if (running.size === 0) return;
      const worker = random.oneOf([...running]);
      running.delete(worker);
      await worker[how]();
    },
  };
}

/** About a minute: longer than anything is away. */
const TRIES = 60;

async function startAgainAndAgain(deployment: Deployment, sources: string): Promise<WorkerProcess> {
  for (let tries = 1; ; tries++) {
    try {
      return await deployment.startWorker(sources);
    } catch (error) {
      if (tries === TRIES) throw error;
      await pause(1000);
    }
  }
}
