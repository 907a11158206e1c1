import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Client } from '@temporalio/client';
import { connectClient, grpcCode } from '../activities/grpc.ts';
import { removalId } from '../machines/requestNumber.ts';
import type { Synchronous } from '../settings.ts';
import type { Undo } from '../setup/lifetime.ts';
import { startServer } from '../setup/server.ts';
import { temporalCli } from '../setup/temporal.ts';
import { startPostgres } from '../test/support/postgres.ts';
import { detach, openCase } from './case.ts';
import { deploy, undoOnSignals } from './deployment.ts';
import { sum } from './numbers.ts';
import { employeeOf } from './people.ts';

/**
 * What the embedded server has lost of acknowledged acts when the machine dies. The data folder lies on a file system of
 * its own in a file; at the cut that file holds what had reached the disk, and not what the system still had in memory. A
 * copy of it, made in a fraction of a second, is what another machine would find. Only root may mount it.
 */

const MODES: readonly Synchronous[] = ['NORMAL', 'FULL'];
const CUTS = 5;
/** Busy, SQLite's own checkpoints bring most to the disk; in a quiet office little does. */
const LOADS = [
  { load: '10 clients', clients: 10, pause: 0 },
  { load: 'an act a second', clients: 1, pause: 1000 },
] as const;
type Load = (typeof LOADS)[number];
const SECONDS = 10;
const EMPLOYEES = 2000;
const DISK = '2G';
/** As gRPC counts it: the whole case is lost. */
const NOT_FOUND = 5;

/** @param say told how it goes. @param cuts how often the machine dies in each mode. */
export async function measurePowerCut(say: (text: string) => void, cuts = CUTS) {
  const results: Record<string, number | string>[] = [];
  for (const load of LOADS)
    for (const synchronous of MODES) results.push(await cutAgainAndAgain(load, synchronous, cuts, say));
  return results;
}

async function cutAgainAndAgain(load: Load, synchronous: Synchronous, cuts: number, say: (text: string) => void) {
  const each: Awaited<ReturnType<typeof cutOnce>>[] = [];
  while (each.length < cuts) {
    const undo = undoOnSignals();
    try {
      each.push(await cutOnce(load, synchronous, undo));
    } finally {
      await undo.run();
    }
    say(`${load.load}, ${synchronous}: cut ${each.length} of ${cuts}`);
  }
  const acknowledged = sum(each.map((one) => one.acknowledged));
  const ages = each.flatMap((one) => one.ages);
  return {
    load: load.load,
    synchronous,
    'power cuts': cuts,
    'acts acknowledged': acknowledged,
    'a second': acknowledged / (cuts * SECONDS),
    'of them lost': ages.length,
    'oldest of these, before the cut (s)': Math.max(0, ...ages),
  };
}

/** @returns how many acts were acknowledged, and how long before the cut those were that were lost, in seconds. */
async function cutOnce(
  load: Load,
  synchronous: Synchronous,
  undo: Undo,
): Promise<{ acknowledged: number; ages: number[] }> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'aterkalla-cut-')));
  undo.add(() => rmSync(folder, { recursive: true, force: true }));
  const disk = join(folder, 'disk');
  execFileSync('truncate', ['-s', DISK, disk]);
  execFileSync('mkfs.ext4', ['-q', disk]);
  // Elsewhere: what the register's own database waits for would bring Temporal's file to the disk besides.
  const postgres = await startPostgres();
  undo.add(() => postgres.stop());
  const alive = mounted(disk, join(folder, 'alive'), undo);
  const deployment = await deploy(
    { employees: EMPLOYEES, program: 'worker.ts', databaseUrl: postgres.url, folder: alive, synchronous },
    undo,
  );
  const worker = await deployment.startWorker();

  const told: { employee: string; at: number }[] = [];
  let next = 0;
  let isCut = false;
  const client = async () => {
    while (!isCut) {
      const employee = employeeOf(next++);
      await detach(await openCase(deployment, 'removal', employee), employee);
      if (!isCut) told.push({ employee, at: performance.now() });
      await wait(load.pause);
    }
  };
  const clients = Array.from({ length: load.clients }, client);
  await Promise.race([wait(SECONDS * 1000), ...clients]);
  isCut = true;
  const cutAt = performance.now();
  const parts = [deployment.serverPid, worker.pid];
  for (const pid of parts) process.kill(pid, 'SIGSTOP');
  const dead = join(folder, 'dead');
  execFileSync('cp', ['--sparse=always', disk, dead]);
  for (const pid of parts) process.kill(pid, 'SIGCONT');
  await Promise.all(clients);

  const found = mounted(dead, join(folder, 'found'), undo);
  const name = readdirSync(found).find((name) => name.startsWith('aterkalla-bench-'));
  if (name === undefined) throw new Error('not even the data folder had reached the disk');
  const dataDir = join(found, name);
  const server = await startServer({ cli: await temporalCli(), dataDir, port: 0, uiPort: 0 });
  undo.add(() => server.stop());
  const connection = await connectClient({ address: server.address });
  undo.add(() => connection.close());
  const { workflow } = new Client({ connection });
  const ages: number[] = [];
  for (const { employee, at } of told) {
    const history = await workflow
      .getHandle(removalId(employee))
      .fetchHistory()
      .catch((error: unknown) => {
        if (grpcCode(error) === NOT_FOUND) return null;
        throw error;
      });
    if (!history?.events?.some((event) => event.workflowExecutionUpdateCompletedEventAttributes))
      ages.push((cutAt - at) / 1000);
  }
  return { acknowledged: told.length, ages };
}

/** Mounts the file system in a file. */
function mounted(file: string, at: string, undo: Undo): string {
  mkdirSync(at);
  execFileSync('mount', ['-o', 'loop', file, at]);
  undo.add(() => execFileSync('umount', [at]));
  return at;
}
