import { startPostgres } from '../test/support/postgres.ts';
import { removeOne } from './case.ts';
import { type BenchWorker, cpuSeconds, deploy } from './deployment.ts';
import { median, sum } from './numbers.ts';
import { employeeOf } from './people.ts';

/** How whole removals grow with the workers, on the embedded server or on one on PostgreSQL. */

const ROUNDS = 5;
const WORKERS = [1, 2, 3];
const CLIENTS = 40;
const REQUESTS = 160;
/** For each worker, before each measurement. */
const WARM_UP = 30;

/** What each round gave, by how many workers there were. CPU in seconds per 1,000 removals. */
type Measured = { workers: number; perSecond: number[]; worker: number[]; server: number[] };

/**
 * @param say told how it goes. @param server which Temporal server; `postgresql` builds one first.
 * @param rounds at least five for numbers that mean something.
 */
export async function measureGrowth(say: (text: string) => void, server: 'embedded' | 'postgresql', rounds = ROUNDS) {
  // Several workers need a register that they share.
  const postgres = await startPostgres();
  try {
    const employees = rounds * (WORKERS.length * REQUESTS + sum(WORKERS) * WARM_UP);
    const deployment = await deploy({ employees, program: 'worker.ts', databaseUrl: postgres.url, server, say });
    try {
      let next = 0;
      const removals = async (count: number) => {
        let left = count;
        const client = async () => {
          while (left-- > 0) await removeOne(deployment, 'removal', employeeOf(next++));
        };
        await Promise.all(Array.from({ length: CLIENTS }, client));
      };
      const measured = WORKERS.map((workers): Measured => ({ workers, perSecond: [], worker: [], server: [] }));
      for (let round = 0; round < rounds; round++) {
        for (const one of round % 2 === 0 ? measured : measured.toReversed()) {
          const workers: BenchWorker[] = [];
          while (workers.length < one.workers) workers.push(await deployment.startWorker());
          await removals(WARM_UP * one.workers);
          const used = () =>
            [sum(workers.map(({ pid }) => cpuSeconds(pid))), cpuSeconds(deployment.serverPid)] as const;
          const [before, begun] = [used(), performance.now()];
          await removals(REQUESTS);
          const after = used();
          one.perSecond.push(REQUESTS / ((performance.now() - begun) / 1000));
          one.worker.push(((after[0] - before[0]) / REQUESTS) * 1000);
          one.server.push(((after[1] - before[1]) / REQUESTS) * 1000);
          await Promise.all(workers.map((worker) => worker.end('SIGTERM')));
        }
        say(`round ${round + 1} of ${rounds}`);
      }
      return measured.map(({ workers, ...costs }) => ({
        workers,
        'removals a second': median(costs.perSecond),
        'workers’ CPU per 1,000 (s)': median(costs.worker),
        [`server’s CPU per 1,000 (s)${server === 'postgresql' ? ', its database left out' : ''}`]: median(costs.server),
      }));
    } finally {
      await deployment.stop();
    }
  } finally {
    await postgres.stop();
  }
}
