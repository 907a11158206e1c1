import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { taskQueue } from '../client/ask.ts';
import { connect } from '../client.ts';
import { openPostgres } from '../outside/database.ts';
import type { Undo } from '../setup/lifetime.ts';
import { startDeployment } from '../test/support/deployment.ts';
import { type Violation, violationsIn } from './checks.ts';
import { mountDisk } from './disk.ts';
import { gather } from './evidence.ts';
import { causeFaults } from './faults.ts';
import type { Ledger } from './ledger.ts';
import { play } from './load.ts';
import { createOffice } from './office.ts';
import { createPortal } from './portal.ts';
import { createPortalPeople } from './portalPeople.ts';
import { createRandom } from './random.ts';
import { beginRegisterLog } from './registerLog.ts';
import { report } from './report.ts';
import { copySources, newerVersion, shortWaits } from './sources.ts';
import { createWorkers } from './workers.ts';

export type Options = { seed: number; requests: number; minutes: number };

/** How long it may take until one more case has ended, once nothing fails any more, in milliseconds. */
const PATIENCE = 5 * 60_000;
/** The part of the time in which requests begin: the last ones, too, meet faults. */
const BEGIN_WITHIN = 0.8;

/**
 * One run: starts the system, lets people work and faults happen, lets all of it run out, and judges what is left.
 *
 * @param undo takes how to end each part.
 * @param told says that the run is to end early: what it has begun is then left as it is.
 * @param say takes each line as it comes.
 * @returns what is wrong.
 */
export async function run(
  { seed, requests, minutes }: Options,
  undo: Undo,
  told: AbortSignal,
  say: (line: string) => void,
): Promise<Violation[]> {
  const began = performance.now();
  const tell = (line: string) => say(`${((performance.now() - began) / 1000).toFixed(1).padStart(7)} s  ${line}`);
  const office = createOffice(requests, seed);
  const present = copySources([shortWaits]);
  undo.add(present.remove);
  const newer = copySources([shortWaits, ...newerVersion]);
  undo.add(newer.remove);
  const sources = { present: present.folder, newer: newer.folder };
  const disk = mountDisk();
  if (disk) undo.add(disk.unmount);
  else tell('only root can try a full disk: left out');
  const deployment = await startDeployment(office.register, disk?.folder);
  undo.add(deployment.stop);
  const { server, client, postgres } = deployment;
  const database = openPostgres(postgres.url);
  undo.add(database.close);
  await beginRegisterLog(database);
  const people = await connect({ TEMPORAL_ADDRESS: server.address });
  undo.add(() => people.close());
  const workers = createWorkers(deployment, createRandom(seed + 1));
  // The newer release is built before it is needed.
  await workers.start(sources.newer);
  await workers.start(sources.present);
  await workers.take('end');
  const portal = createPortal(deployment);
  await portal.start();
  await portal.ready();
  tell(`everything runs; ${requests} requests within ${minutes} minutes`);

  const ledger: Ledger = { requests: [], odd: [] };
  const signals = { doubled: 0, shuffled: 0 };
  const stopFaults = new AbortController();
  const giveUp = new AbortController();
  told.addEventListener('abort', () => {
    stopFaults.abort();
    giveUp.abort();
  });
  const milliseconds = minutes * 60_000;
  const faults = causeFaults(
    { deployment, workers, portal, sources, disk },
    createRandom(seed + 2),
    stopFaults.signal,
    tell,
  );
  const loadBegan = performance.now();
  const portalPeople = createPortalPeople(portal);
  const load = { office, people, portal: portalPeople, temporal: client, ledger, signals, giveUp: giveUp.signal };
  const stories = Promise.all(
    office.employees.map(async (employee, index) => {
      const begins = (index / requests) * milliseconds * BEGIN_WITHIN;
      if (await rest(begins, told)) await play(load, employee, seed + 1000 + index);
    }),
  );
  // Nobody asks any more once what they ask is ended.
  undo.add(async () => {
    stopFaults.abort();
    giveUp.abort();
    await Promise.race([Promise.allSettled([faults, stories]), pause(5000)]);
  });
  // Whichever fails first is heard.
  await Promise.race([rest(milliseconds, told), faults, stories.then(() => rest(milliseconds, told))]);
  stopFaults.abort();
  const happened = await faults;
  const loadEnded = performance.now();
  tell('no more faults; everything is let run out');
  if (workers.count === 0) await workers.start(sources.present);
  const readiness = portal.ready().then(
    () => [],
    async (error: Error) => [`${error.message} (${await busyness(client)}; ${workers.lastWords()})`],
  );
  await untilAllIsAtRest(client, stories, giveUp, told);
  if (told.aborted) return [];
  const runOut = performance.now();
  tell('all is at rest; what is left is judged');

  const histories = join(import.meta.dirname, '..', '.cache', `faults-${seed}`);
  const notReady = await readiness;
  const evidence = await gather(deployment, database, sources.present, histories, {
    office,
    ledger,
    deserters: [...workers.deserters, ...portal.deserters],
    notReady,
  });
  const violations = violationsIn(evidence);
  if (violations.length > 0) say(`the histories of all cases are in ${histories}`);
  else rmSync(histories, { recursive: true });
  const seconds = {
    load: Math.round((loadEnded - loadBegan) / 1000),
    runOut: Math.round((runOut - loadEnded) / 1000),
  };
  const summary = {
    seed,
    seconds,
    faults: happened,
    signals,
    forms: portalPeople.counts,
    hasDisk: disk !== null,
    saidOf: workers.saidOf,
  };
  for (const line of report(summary, evidence, violations)) say(line);
  return violations;
}

/** How much waits for the workers. */
async function busyness(client: Client): Promise<string> {
  const ask = async (taskQueueType: number) => {
    const namespace = client.options.namespace;
    const asked = { namespace, taskQueue: { name: taskQueue }, taskQueueType, reportStats: true };
    const { stats, pollers } = await client.workflowService.describeTaskQueue(asked);
    return `${stats?.approximateBacklogCount} for ${pollers?.length} pollers`;
  };
  try {
    const open = await client.workflow.count("ExecutionStatus = 'Running'");
    return `${open.count} open; workflow tasks: ${await ask(1)}; activities: ${await ask(2)}`;
  } catch (error) {
    return `the Temporal server says nothing: ${error}`;
  }
}

/** @returns whether the time went by without anybody saying that it is to end. */
const rest = (milliseconds: number, told: AbortSignal): Promise<boolean> =>
  pause(milliseconds, true, { signal: told }).catch(() => false);

/** Waits until everybody is done and no case is open, for as long as one case after the other ends. */
async function untilAllIsAtRest(
  client: Client,
  stories: Promise<unknown>,
  giveUp: AbortController,
  told: AbortSignal,
): Promise<void> {
  let areOver = false;
  const over = stories.then(() => {
    areOver = true;
  });
  const count = async (query: string) => (await client.workflow.count(query).catch(() => null))?.count ?? null;
  let ended = -1;
  for (let limit = performance.now() + PATIENCE; !told.aborted && performance.now() < limit; ) {
    if (areOver && (await count("ExecutionStatus = 'Running'")) === 0) return;
    const now = (await count("ExecutionStatus != 'Running'")) ?? ended;
    if (now > ended) limit = performance.now() + PATIENCE;
    ended = Math.max(ended, now);
    await (areOver ? pause(500) : Promise.race([over, pause(500)]));
  }
  giveUp.abort();
  await over;
}
