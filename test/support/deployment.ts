import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { createTables, openPostgres } from '../../outside/database.ts';
import { type KeptRegister, openRegister } from '../../outside/register.ts';
import { addSearchAttributes } from '../../setup/namespace.ts';
import { type EmbeddedServer, startServer } from '../../setup/server.ts';
import { temporalCli } from '../../setup/temporal.ts';
import { type FakeMinSupport, startMinSupport } from './minSupport.ts';
import { type Postgres, startPostgres } from './postgres.ts';
import { type RegisterProxy, startRegisterProxy } from './registerProxy.ts';
import { type Smtp, startSmtp } from './smtp.ts';

/**
 * The system as separate processes, to be killed one by one: Temporal's development server on a file, workers as
 * `node worker.ts`, a PostgreSQL behind a proxy that can hold statements, a mail server and a Min Support.
 */
export type Deployment = {
  server: EmbeddedServer;
  client: Client;
  register: KeptRegister;
  postgres: Postgres;
  proxy: RegisterProxy;
  smtp: Smtp;
  minSupport: FakeMinSupport;
  /** Starts a worker; resolves once it is ready. Against another Temporal server where an address is given. */
  startWorker(temporal?: string): Promise<WorkerProcess>;
  stop(): Promise<void>;
};

export type WorkerProcess = {
  /** SIGKILL; done when it is gone. */
  kill(): Promise<void>;
  /** What it has written. */
  output(): string;
};

const root = join(import.meta.dirname, '..', '..');

/** @param register the register file to fill PostgreSQL with. */
export async function startDeployment(register: object): Promise<Deployment> {
  const dataDir = realpathSync(mkdtempSync(join(tmpdir(), 'aterkalla-deployment-')));
  const registerFile = join(dataDir, 'register.json');
  writeFileSync(registerFile, JSON.stringify(register));
  const [server, postgres, smtp, minSupport] = await Promise.all([
    temporalCli().then((cli) => startServer({ cli, dataDir, port: 0, uiPort: 0 })),
    startPostgres(),
    startSmtp(),
    startMinSupport(),
  ]);
  const proxy = await startRegisterProxy(postgres.url);
  const database = openPostgres(postgres.url);
  await createTables(database);
  const store = openRegister(database);
  await store.importFile(register);
  const connection = await Connection.connect({ address: server.address });
  await addSearchAttributes(connection);
  const workers = new Set<ChildProcess>();

  return {
    server,
    client: new Client({ connection }),
    register: store,
    postgres,
    proxy,
    smtp,
    minSupport,
    async startWorker(temporal = server.address) {
      const child = spawn(process.execPath, [join(root, 'worker.ts')], {
        env: {
          PATH: process.env.PATH,
          TEMPORAL_ADDRESS: temporal,
          DATA_DIR: dataDir,
          DATABASE_URL: proxy.url,
          SMTP_URL: smtp.url,
          MIN_SUPPORT_URL: minSupport.url,
          REGISTER_FILE: registerFile,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      workers.add(child);
      const ended = once(child, 'exit').then(() => workers.delete(child));
      let output = '';
      await new Promise<void>((ready, fail) => {
        for (const stream of [child.stdout, child.stderr])
          stream.setEncoding('utf8').on('data', (text: string) => {
            output += text;
            if (/^ready/m.test(output)) ready();
          });
        ended.then(() => fail(new Error(`the worker ended before it was ready:\n${output}`)));
      });
      return {
        output: () => output,
        kill: async () => {
          child.kill('SIGKILL');
          await ended;
        },
      };
    },
    async stop() {
      for (const child of workers) {
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
      await connection.close();
      await Promise.all([server.stop(), smtp.stop(), minSupport.stop(), proxy.stop(), database.close()]);
      await postgres.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Waits until something is so, at most 40 s. */
export async function until<T>(what: string, look: () => Promise<T | false> | T | false): Promise<T> {
  for (const limit = Date.now() + 40_000; ; await wait(50)) {
    const found = await look();
    if (found !== false) return found;
    if (Date.now() > limit) throw new Error(`waited 40 s in vain: ${what}`);
  }
}
