import { setTimeout as pause } from 'node:timers/promises';
import type { Deployment, Program } from '../test/support/deployment.ts';
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
  /** What those that run said last. */
  lastWords(): string;
};

export function createWorkers(deployment: Deployment, random: Random): Workers {
  const running = new Set<Program>();
  const deserters: string[] = [];
  const all: Program[] = [];
  return {
    get count() {
      return running.size;
    },
    deserters,
    saidOf: (workflowId) =>
      all.flatMap((worker) => worker.output().split('\n')).filter((line) => line.includes(`workflowId=${workflowId} `)),
    lastWords: () => [...running].map(({ output }) => lastLines(output())).join(' | '),
    async start(sources) {
      const worker = await startAgainAndAgain(() => deployment.startWorker(sources));
      running.add(worker);
      all.push(worker);
      void worker.ended.then((status) => {
        if (!running.delete(worker)) return;
        deserters.push(deserter('a worker', status, worker));
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

/** Starts a program that may end at once because what it needs is away just then. */
export async function startAgainAndAgain(start: () => Promise<Program>): Promise<Program> {
  for (let tries = 1; ; tries++) {
    try {
      return await start();
    } catch (error) {
      if (tries === TRIES) throw error;
      await pause(1000);
    }
  }
}

/** The last words of one that ended although nobody ended it. */
export const deserter = (what: string, status: number | NodeJS.Signals | null, { output }: Program): string =>
  `${what} ended by itself (${status}): ${lastLines(output())}`;

const lastLines = (output: string): string => output.trim().split('\n').slice(-3).join(' ');
