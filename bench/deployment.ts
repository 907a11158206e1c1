import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@temporalio/client';
import { connectClient } from '../activities/grpc.ts';
import type { Synchronous } from '../settings.ts';
import { createUndo, type Undo } from '../setup/lifetime.ts';
import { keepHistories } from '../setup/namespace.ts';
import { startServer } from '../setup/server.ts';
import { temporalCli } from '../setup/temporal.ts';
import { type FakeMinSupport, startMinSupport } from '../test/support/minSupport.ts';
import { startSmtp } from '../test/support/smtp.ts';
import { registerOf } from './people.ts';
import { startServerOnPostgres } from './postgresServer.ts';

/**
 * What is measured, each a process of its own: the Temporal server and the worker. Mail server and
 * Min Support run in this process, beside the clients.
 */
export type Deployment = {
  serverPid: number;
  dataDir: string;
  client: Client;
  minSupport: FakeMinSupport;
  /** Starts a worker; resolves once it is ready. */
  startWorker(): Promise<BenchWorker>;
  stop(): Promise<void>;
};

export type BenchWorker = {
  pid: number;
  /** SIGKILL or SIGTERM; done when it is gone. */
  end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
};

export type DeployOptions = {
  /** How many the register has. */
  employees: number;
  /** A worker, or the whole system. */
  program: 'worker.ts' | 'bench/worker.ts' | 'start.ts';
  /** A PostgreSQL for the register, so that several workers share it, instead of the embedded one. */
  databaseUrl?: string;
  /** Which Temporal server: the development server on its file unless said; `postgresql` may have to be built. */
  server?: 'embedded' | 'postgresql';
  /** Where the data folder is made: a disk of its own; the system's folder for such things unless said. */
  folder?: string;
  /** What the embedded server waits for before it acknowledges. */
  synchronous?: Synchronous;
  /** Told what takes long. */
  say?: (text: string) => void;
};

/** What is added to it is ended, too, where this process is told to end: the server would outlive it. */
export function undoOnSignals(): Undo {
  const undo = createUndo();
  const end = () => undo.run().finally(() => process.exit(1));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, end);
    undo.add(() => process.off(signal, end));
  }
  return undo;
}

/** @param undo takes how to end each part. */
export async function deploy(options: DeployOptions, undo: Undo = undoOnSignals()): Promise<Deployment> {
  try {
    const dataDir = realpathSync(mkdtempSync(join(options.folder ?? tmpdir(), 'aterkalla-bench-')));
    undo.add(() => rmSync(dataDir, { recursive: true, force: true }));
    const registerFile = join(dataDir, 'register.json');
    writeFileSync(registerFile, JSON.stringify(registerOf(options.employees)));
    const server =
      options.server === 'postgresql'
        ? await startServerOnPostgres(options.say ?? (() => {}))
        : await startServer({
            cli: await temporalCli(),
            dataDir,
            port: 0,
            uiPort: 0,
            ...(options.synchronous && { synchronous: options.synchronous }),
          });
    undo.add(() => server.stop());
    const [smtp, minSupport] = await Promise.all([startSmtp(), startMinSupport()]);
    undo.add(() => Promise.all([smtp.stop(), minSupport.stop()]));
    const connection = await connectClient({ address: server.address });
    undo.add(() => connection.close());
    await keepHistories(connection);

    const env = {
      PATH: process.env.PATH,
      TEMPORAL_ADDRESS: server.address,
      DATA_DIR: dataDir,
      SMTP_URL: smtp.url,
      MIN_SUPPORT_URL: minSupport.url,
      REGISTER_FILE: registerFile,
      PORTAL_PORT: '0',
      ...(options.databaseUrl && { DATABASE_URL: options.databaseUrl }),
    };
    return {
      serverPid: server.pid,
      dataDir,
      client: new Client({ connection }),
      minSupport,
      async startWorker() {
        const worker = await launch(options.program, env);
        undo.add(() => worker.end('SIGTERM'));
        return worker;
      },
      stop: () => undo.run(),
    };
  } catch (error) {
    await undo.run();
    throw error;
  }
}

async function launch(program: string, env: NodeJS.ProcessEnv): Promise<BenchWorker> {
  const child: ChildProcess = spawn(process.execPath, [join(import.meta.dirname, '..', program)], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  let said = '';
  await new Promise<void>((ready, fail) => {
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (/^ready/m.test(said)) ready();
    });
    ended.then(() => fail(new Error(`the worker ended before it was ready: ${said}`)), fail);
  });
  let isToEnd = false;
  ended.then(() => {
    if (isToEnd) return;
    // Nothing measured after that would mean anything, and much would never end.
    console.error(`bench: ${program} ended although nobody asked it to; what it said: ${said}`);
    process.kill(process.pid, 'SIGTERM');
  });
  return {
    pid: child.pid ?? 0,
    async end(signal) {
      isToEnd = true;
      child.kill(signal);
      await ended;
    },
  };
}

/** Clock ticks a second of /proc, which Linux has fixed at this for programs. */
const TICKS = 100;

/** The CPU time that a process has used, in seconds, its threads included. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

/** What a process holds in memory, in MB. */
export function memoryMB(pid: number): number {
  const found = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(found?.[1] ?? Number.NaN) / 1024;
}
