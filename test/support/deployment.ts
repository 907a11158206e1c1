import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Client } from '@temporalio/client';
import { connectClient } from '../../activities/grpc.ts';
import { createTables, openPostgres } from '../../outside/database.ts';
import { type KeptRegister, openRegister } from '../../outside/register.ts';
import { createUndo, type Undo } from '../../setup/lifetime.ts';
import { type EmbeddedServer, startServer } from '../../setup/server.ts';
import { temporalCli } from '../../setup/temporal.ts';
import { type FakeMinSupport, startMinSupport } from './minSupport.ts';
import { freePort, type Postgres, startPostgres } from './postgres.ts';
import { type RegisterProxy, startRegisterProxy } from './registerProxy.ts';
import { type Smtp, startSmtp } from './smtp.ts';

/**
 * The system as separate processes, to be killed one by one: Temporal's development server on a file, workers as
 * `node worker.ts`, the portal as `node portal.ts`, a PostgreSQL behind a proxy that can hold statements, a mail server and
 * a Min Support.
 */
export type Deployment = {
  server: EmbeddedServer;
  client: Client;
  register: KeptRegister;
  postgres: Postgres;
  proxy: RegisterProxy;
  smtp: Smtp;
  minSupport: FakeMinSupport;
  /**
   * Starts a worker; resolves once it is ready.
   *
   * @param sources the folder of the sources that it runs, where they are not the project's own.
   */
  startWorker(sources?: string): Promise<Program>;
  /** Where the portal is while it runs. */
  portalUrl: string;
  /** Starts the portal, on the same data folder and port each time; resolves once it is ready. */
  startPortal(env: Record<string, string>): Promise<Program>;
  stop(): Promise<void>;
};

/** A process of its own. */
export type Program = {
  /** SIGKILL; done when it is gone. */
  kill(): Promise<void>;
  /** SIGTERM, as when it is released anew; done when it has ended in order. */
  end(): Promise<void>;
  /** Resolves with its exit status, or the signal that ended it. */
  ended: Promise<number | NodeJS.Signals | null>;
  /** What it has written. */
  output(): string;
};

const root = join(import.meta.dirname, '..', '..');

/**
 * @param register the register file to fill PostgreSQL with.
 * @param folder where the data folder goes, where it matters on which disk it is.
 */
export async function startDeployment(register: object, folder = tmpdir()): Promise<Deployment> {
  const undo = createUndo();
  try {
    return await start(register, folder, undo);
  } catch (error) {
    await undo.run().catch(() => {});
    throw error;
  }
}

async function start(register: object, folder: string, undo: Undo): Promise<Deployment> {
  const dataDir = realpathSync(mkdtempSync(join(folder, 'aterkalla-deployment-')));
  undo.add(() => rmSync(dataDir, { recursive: true, force: true }));
  const registerFile = join(dataDir, 'register.json');
  writeFileSync(registerFile, JSON.stringify(register));
  const part = async <Part extends { stop(): Promise<void> }>(starting: Promise<Part>): Promise<Part> => {
    const started = await starting;
    undo.add(() => started.stop());
    return started;
  };
  // All of them have started, or not, before anything is ended again.
  const starting = [
    part(startTemporal(dataDir)),
    part(startPostgres()),
    part(freePort().then(startSmtp)),
    part(freePort().then(startMinSupport)),
  ] as const;
  await Promise.allSettled(starting);
  const [server, postgres, smtp, minSupport] = await Promise.all(starting);
  const proxy = await part(startRegisterProxy(postgres.url));
  const database = openPostgres(postgres.url);
  undo.add(database.close);
  await createTables(database);
  const store = openRegister(database);
  await store.importFile(register);
  const connection = await connectClient({ address: server.address });
  undo.add(() => connection.close());
  const portalPort = await freePort();
  const programs = new Set<ChildProcess>();
  undo.add(async () => {
    for (const child of [...programs]) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  });

  return {
    server,
    client: new Client({ connection }),
    register: store,
    postgres,
    proxy,
    smtp,
    minSupport,
    startWorker: (sources = root) =>
      run(programs, join(sources, 'worker.ts'), {
        TEMPORAL_ADDRESS: server.address,
        DATA_DIR: dataDir,
        DATABASE_URL: proxy.url,
        SMTP_URL: smtp.url,
        MIN_SUPPORT_URL: minSupport.url,
        REGISTER_FILE: registerFile,
      }),
    portalUrl: `http://127.0.0.1:${portalPort}`,
    startPortal: (env) =>
      run(programs, join(root, 'portal.ts'), {
        TEMPORAL_ADDRESS: server.address,
        DATA_DIR: dataDir,
        PORTAL_PORT: String(portalPort),
        ...env,
      }),
    stop: () => undo.run(),
  };
}

/** Runs a program until it is ready. @param programs takes it for as long as it runs. */
async function run(programs: Set<ChildProcess>, file: string, env: Record<string, string>): Promise<Program> {
  const child = spawn(process.execPath, [file], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  programs.add(child);
  const ended = new Promise<number | NodeJS.Signals | null>((done) => {
    child.once('exit', (status, signal) => {
      programs.delete(child);
      done(status ?? signal);
    });
  });
  let output = '';
  await new Promise<void>((ready, fail) => {
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        if (/^ready/m.test(output)) ready();
      });
    ended.then(() => fail(new Error(`${basename(file)} ended before it was ready:\n${output}`)));
  });
  return {
    output: () => output,
    ended,
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
    end: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function startTemporal(dataDir: string): Promise<EmbeddedServer> {
  const [cli, port, uiPort] = await Promise.all([temporalCli(), freePort(), freePort()]);
  return startServer({ cli, dataDir, port, uiPort });
}

/** Waits until something is so, at most 40 s. */
export async function until<T>(what: string, look: () => Promise<T | false> | T | false): Promise<T> {
  for (const limit = Date.now() + 40_000; ; await wait(50)) {
    const found = await look();
    if (found !== false) return found;
    if (Date.now() > limit) throw new Error(`waited 40 s in vain: ${what}`);
  }
}
