import { queryStatus } from '../activities/queryCase.ts';
import { startPostgres } from '../test/support/postgres.ts';
import { detach, openCase } from './case.ts';
import { type Deployment, deploy } from './deployment.ts';
import { quantile } from './numbers.ts';
import { employeeOf } from './people.ts';

/**
 * A worker is killed while it has open requests in its cache: how long until each answers again, a question (query
 * `status`) or an act (Update).
 */

type Open = { employee: string; handle: Awaited<ReturnType<typeof openCase>> };

type Ask = (open: Open) => Promise<unknown>;

const ways: Record<string, Ask> = {
  asked: ({ handle }) => queryStatus(handle),
  'acted on': ({ handle, employee }) => detach(handle, employee),
};
const OPEN = 200;
const FILLERS = 40;

/** `another is there`: a second worker has been running; `started again`: one is started after the kill. */
export async function measureKill(say: (text: string) => void, count = OPEN) {
  // Several workers need a register that they share.
  const postgres = await startPostgres();
  try {
    const deployment = await deploy({ employees: 4 * count, program: 'worker.ts', databaseUrl: postgres.url });
    try {
      const results: Record<string, number | string>[] = [];
      let employees = 0;
      for (const then of ['another is there', 'started again'] as const) {
        for (const [how, ask] of Object.entries(ways)) {
          say(`${then}, ${how}`);
          const answered = await killUnder(deployment, { first: employees, count, then, ask });
          employees += count;
          results.push({
            'after the kill': `${then}, ${how}`,
            'open requests': answered.length,
            'first (s)': Math.min(...answered),
            'median (s)': quantile(answered, 0.5),
            'all (s)': Math.max(...answered),
          });
        }
      }
      return results;
    } finally {
      await deployment.stop();
    }
  } finally {
    await postgres.stop();
  }
}

type Kill = { first: number; count: number; then: 'another is there' | 'started again'; ask: Ask };

/** @returns how long after the kill each of the open requests answered, in seconds. */
async function killUnder(deployment: Deployment, { first, count, then, ask }: Kill): Promise<number[]> {
  const killed = await deployment.startWorker();
  const open: Open[] = [];
  let next = first;
  const fill = async () => {
    while (next < first + count) {
      const employee = employeeOf(next++);
      open.push({ employee, handle: await openCase(deployment, 'removal', employee) });
    }
  };
  await Promise.all(Array.from({ length: FILLERS }, fill));
  const other = then === 'another is there' ? await deployment.startWorker() : undefined;
  await killed.end('SIGKILL');
  const begun = performance.now();
  const restarted = other ?? deployment.startWorker();
  const answered = await Promise.all(
    open.map(async (each) => {
      await ask(each);
      return (performance.now() - begun) / 1000;
    }),
  );
  await (await restarted).end('SIGTERM');
  return answered;
}
