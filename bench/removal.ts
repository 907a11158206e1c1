import type { WorkflowHandle } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { payloadConverterPath, workflowBundle } from '../setup/bundle.ts';
import { costOf } from '../test/support/history.ts';
import { installRuntime } from '../worker.ts';
// Replayed as a worker's threads run them.
import '../setup/workflowThread.mjs';
import { forgetHowLong, removeOne, type WorkflowType } from './case.ts';
import { type BenchWorker, cpuSeconds, type Deployment, deploy } from './deployment.ts';
import { mean, median, quantile, short, sum, table } from './numbers.ts';
import { employeeOf } from './people.ts';

/** A whole removal that follows the statechart, against the same steps written by hand: in one run, on one server. */

const ROUNDS = 5;
/** So many clients at once, so many requests in a block of one kind. The cost is taken from 40 clients, acts from 2. */
const LOADS = [
  { clients: 1, requests: 10 },
  { clients: 2, requests: 50 },
  { clients: 10, requests: 40 },
  { clients: 40, requests: 160 },
  { clients: 100, requests: 100 },
] as const;
const WARM_UP = { clients: 20, requests: 60 };

/** The histories that are counted and replayed come from the blocks of one client. */
type History = NonNullable<Awaited<ReturnType<WorkflowHandle['fetchHistory']>>>;

/** What one round measured of one kind, by name. Each is a cost: less is better. */
type Costs = Record<string, number>;
export type Comparison = {
  ratios: Record<string, number>;
  spread: Record<string, [number, number]>;
  here: Costs;
  reference: Costs;
  rounds: number;
};

/** @param say told how it goes. @param rounds at least five for numbers that mean something. */
export async function compareRemoval(say: (text: string) => void, rounds = ROUNDS): Promise<Comparison> {
  const perRound = 2 * sum(LOADS.map(({ requests }) => requests));
  const deployment = await deploy({ employees: perRound * rounds + 2 * WARM_UP.requests, program: 'bench/worker.ts' });
  try {
    const worker = await deployment.startWorker();
    const run = new Run(deployment, worker);
    for (const type of types(0)) await run.block(type, WARM_UP);
    say(`warmed up; ${rounds} rounds of ${perRound} removals`);
    for (let round = 0; round < rounds; round++) {
      await run.round(round);
      say(`round ${round + 1} of ${rounds}`);
    }
    await worker.end('SIGTERM');
    await run.replays(rounds);
    return run.compared(rounds);
  } finally {
    await deployment.stop();
  }
}

/** Now the one first, now the other. */
const types = (round: number): WorkflowType[] =>
  round % 2 === 0 ? ['removal', 'handwritten'] : ['handwritten', 'removal'];

class Run {
  #deployment: Deployment;
  #worker: BenchWorker;
  #employees = 0;
  #costs: Record<WorkflowType, Costs[]> = { removal: [], handwritten: [] };
  #histories: Record<WorkflowType, History[]> = { removal: [], handwritten: [] };

  constructor(deployment: Deployment, worker: BenchWorker) {
    this.#deployment = deployment;
    this.#worker = worker;
  }

  /** So many clients, each with one request after the other. */
  async block(type: WorkflowType, { clients, requests }: { clients: number; requests: number }) {
    forgetHowLong();
    const pids = [this.#worker.pid, this.#deployment.serverPid] as const;
    const [worker, server] = pids.map(cpuSeconds);
    const begun = performance.now();
    const done: Awaited<ReturnType<typeof removeOne>>[] = [];
    let left = requests;
    const client = async () => {
      while (left-- > 0) done.push(await removeOne(this.#deployment, type, employeeOf(this.#employees++)));
    };
    await Promise.all(Array.from({ length: clients }, client));
    const seconds = (performance.now() - begun) / 1000;
    return {
      secondsPerRequest: seconds / requests,
      acts: done.flatMap(({ acts }) => acts),
      handles: done.map(({ handle }) => handle),
      workerPer1000: ((cpuSeconds(pids[0]) - (worker ?? 0)) / requests) * 1000,
      serverPer1000: ((cpuSeconds(pids[1]) - (server ?? 0)) / requests) * 1000,
    };
  }

  async round(number: number): Promise<void> {
    const found: Record<WorkflowType, Costs> = { removal: {}, handwritten: {} };
    for (const load of LOADS)
      for (const type of types(number)) {
        const block = await this.block(type, load);
        const costs = found[type];
        costs[`seconds per request, ${load.clients} at once`] = block.secondsPerRequest;
        if (load.clients === 1) Object.assign(costs, await this.#count(type, block.handles));
        if (load.clients === 2 || load.clients === 40) {
          costs[`act p50, ${load.clients} clients (s)`] = median(block.acts);
          costs[`act p99, ${load.clients} clients (s)`] = quantile(block.acts, 0.99);
        }
        if (load.clients !== 40) continue;
        costs['worker CPU seconds per 1000 requests'] = block.workerPer1000;
        costs['server CPU seconds per 1000 requests'] = block.serverPer1000;
      }
    for (const type of types(0)) this.#costs[type].push(found[type]);
  }

  /** What the histories hold, on the average of one block. */
  async #count(type: WorkflowType, handles: WorkflowHandle[]): Promise<Costs> {
    const costs = await Promise.all(handles.map(costOf));
    const histories = await Promise.all(handles.map((handle) => handle.fetchHistory()));
    this.#histories[type].push(...histories);
    return {
      'history events': mean(costs.map(({ events }) => events)),
      'history bytes': mean(costs.map(({ bytes }) => bytes)),
      'workflow tasks': mean(costs.map(({ workflowTasks }) => workflowTasks)),
      'workflow task time per request (s)': mean(histories.map(taskSeconds)),
    };
  }

  /** Replays all histories of the one kind, then of the other, and again. */
  async replays(rounds: number): Promise<void> {
    installRuntime();
    const bundles = {
      removal: await workflowBundle(),
      handwritten: await workflowBundle(new URL('handwritten.ts', import.meta.url).pathname),
    };
    for (let round = -1; round < rounds; round++)
      for (const type of types(round)) {
        const seconds = await replaySeconds(bundles[type], this.#histories[type]);
        const costs = this.#costs[type][round];
        // The first time is for warming up.
        if (costs) costs['replay per history (s)'] = seconds;
      }
  }

  compared(rounds: number): Comparison {
    const result: Comparison = { ratios: {}, spread: {}, here: {}, reference: {}, rounds };
    for (const name of Object.keys(this.#costs.removal[0] ?? {})) {
      const here = this.#costs.removal.map((costs) => costs[name] ?? Number.NaN);
      const reference = this.#costs.handwritten.map((costs) => costs[name] ?? Number.NaN);
      const ratios = here.map((cost, round) => cost / (reference[round] ?? Number.NaN));
      result.ratios[name] = median(ratios);
      result.spread[name] = [Math.min(...ratios), Math.max(...ratios)];
      result.here[name] = median(here);
      result.reference[name] = median(reference);
    }
    return result;
  }
}

/** How long the worker had the workflow tasks of a case in hand, by the server's clock. */
function taskSeconds({ events }: History): number {
  const STARTED = 6;
  const COMPLETED = 7;
  const timeOf = ({ eventTime }: NonNullable<typeof events>[number]) =>
    Number(eventTime?.seconds ?? 0) + (eventTime?.nanos ?? 0) / 1e9;
  const of = (type: number) => (events ?? []).filter(({ eventType }) => Number(eventType) === type);
  return sum(of(COMPLETED).map(timeOf)) - sum(of(STARTED).map(timeOf));
}

/** The time from the first replayed history to the last, so that what the replaying worker takes to start is left out. */
async function replaySeconds(bundle: { code: string }, histories: History[]): Promise<number> {
  const options = { workflowBundle: bundle, dataConverter: { payloadConverterPath } };
  const named = histories.map((history, number) => ({ workflowId: `replayed-${number}`, history }));
  let begun = 0;
  for await (const { error } of Worker.runReplayHistories(options, named)) {
    if (error) throw error;
    begun ||= performance.now();
  }
  return (performance.now() - begun) / 1000 / (histories.length - 1);
}

/** The comparison as a table. */
export const asTable = ({ ratios, spread, here, reference }: Comparison): string =>
  table(
    ['', 'statechart', 'by hand', 'ratio', 'from', 'to'],
    Object.keys(ratios).map((name) => [
      name,
      ...[here, reference].map((costs) => short(costs[name] ?? Number.NaN)),
      ...[ratios[name], ...(spread[name] ?? [])].map((ratio) => (ratio ?? Number.NaN).toFixed(2)),
    ]),
  );
