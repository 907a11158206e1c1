import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { createUndo } from '../setup/lifetime.ts';
import { COLLECTS_LESS } from '../setup/server.ts';
import { freePort, startPostgres } from '../test/support/postgres.ts';

/**
 * A Temporal server on PostgreSQL, as clusters run it, here with all its services in one process. It is built by Go from
 * Temporal's own modules, which takes minutes the first time.
 */

/** The version that the development server of the embedded kind has in it. */
const VERSION = '1.32.0';
const SHARDS = 4;
const CONNECTIONS = 20;
const ANSWERS_WITHIN = 60_000;

const run = promisify(execFile);
const cache = join(import.meta.dirname, '..', '.cache', `temporal-server-${VERSION}`);

export type BenchServer = { address: string; pid: number; stop(): Promise<void> };

/** @param say told when it is being built. @throws Error where Go, its modules or PostgreSQL are not to be had. */
export async function startServerOnPostgres(say: (text: string) => void): Promise<BenchServer> {
  await build(say);
  const undo = createUndo();
  try {
    const postgres = await startPostgres({ fsync: true });
    undo.add(() => postgres.stop());
    const database = new URL(postgres.url);
    await setUpSchema(database, 'temporal', 'postgresql/v12/temporal');
    await setUpSchema(database, 'temporal_visibility', 'postgresql/v12/visibility');

    const folder = mkdtempSync(join(tmpdir(), 'aterkalla-temporal-'));
    undo.add(() => rmSync(folder, { recursive: true, force: true }));
    const ports: number[] = [];
    for (let count = 0; count < 8; count++) ports.push(await freePort());
    const address = `127.0.0.1:${ports[0]}`;
    const dynamic = join(folder, 'dynamic.yaml');
    writeFileSync(dynamic, JSON.stringify({ 'history.MaxBufferedQueryCount': [{ value: 0 }] }));
    writeFileSync(join(folder, 'bench.yaml'), JSON.stringify(configuration(database, ports, dynamic)));
    const log = join(folder, 'log');
    const output = openSync(log, 'w');
    const server = spawn(
      join(cache, 'temporal-server'),
      ['--root', folder, '--config', '.', '--env', 'bench', 'start'],
      {
        stdio: ['ignore', output, output],
        env: { ...COLLECTS_LESS, ...process.env },
      },
    );
    const ended = once(server, 'exit');
    undo.add(async () => {
      server.kill('SIGTERM');
      await ended;
    });
    await Promise.race([
      addNamespace(address),
      ended.then(() => {
        throw new Error(`The Temporal server on PostgreSQL ended:\n${readFileSync(log, 'utf8').slice(-2000)}`);
      }),
    ]);
    return { address, pid: server.pid ?? 0, stop: () => undo.run() };
  } catch (error) {
    await undo.run();
    throw error;
  }
}

/** Builds the server and its tool for SQL schemas where the cache has none. */
async function build(say: (text: string) => void): Promise<void> {
  const programs = { 'temporal-server': 'cmd/server', 'temporal-sql-tool': 'cmd/tools/sql' };
  if (Object.keys(programs).every((name) => existsSync(join(cache, name)))) return;
  say(`building the Temporal server ${VERSION} with Go, once …`);
  await mkdir(cache, { recursive: true });
  const go = (...args: string[]) => run('go', args, { cwd: cache, maxBuffer: 2 ** 26 });
  writeFileSync(join(cache, 'go.mod'), 'module bench\n');
  await go('get', ...Object.values(programs).map((path) => `go.temporal.io/server/${path}@v${VERSION}`));
  for (const [name, path] of Object.entries(programs)) await go('build', '-o', name, `go.temporal.io/server/${path}`);
}

async function setUpSchema({ hostname, port, username }: URL, name: string, schema: string): Promise<void> {
  const tool = (...args: string[]) =>
    run(join(cache, 'temporal-sql-tool'), [
      ...['--plugin', 'postgres12', '--endpoint', hostname, '--port', port, '--user', username, '--database', name],
      ...args,
    ]);
  await tool('create');
  await tool('setup-schema', '--version', '0.0');
  await tool('update-schema', '--schema-name', schema);
}

/**
 * What the server reads; JSON is YAML.
 *
 * @param ports two for each service. @param dynamic the file of what the README asks of every server ("Settings").
 */
function configuration({ host, username }: URL, [first = 0, ...more]: number[], dynamic: string): object {
  const services = ['frontend', 'history', 'matching', 'worker'];
  const store = (databaseName: string) => ({
    sql: {
      pluginName: 'postgres12',
      databaseName,
      connectAddr: host,
      connectProtocol: 'tcp',
      user: username,
      maxConns: CONNECTIONS,
      maxIdleConns: CONNECTIONS,
    },
  });
  const rpc = (index: number) => ({
    grpcPort: index === 0 ? first : more[index - 1],
    membershipPort: more[services.length - 1 + index],
    bindOnLocalHost: true,
  });
  return {
    log: { stdout: true, level: 'error' },
    persistence: {
      defaultStore: 'default',
      visibilityStore: 'visibility',
      numHistoryShards: SHARDS,
      datastores: { default: store('temporal'), visibility: store('temporal_visibility') },
    },
    global: { membership: { maxJoinDuration: '30s', broadcastAddress: '127.0.0.1' } },
    services: Object.fromEntries(services.map((service, index) => [service, { rpc: rpc(index) }])),
    clusterMetadata: {
      enableGlobalNamespace: false,
      failoverVersionIncrement: 10,
      masterClusterName: 'active',
      currentClusterName: 'active',
      clusterInformation: {
        active: { enabled: true, initialFailoverVersion: 1, rpcName: 'frontend', rpcAddress: `127.0.0.1:${first}` },
      },
    },
    dcRedirectionPolicy: { policy: 'noop' },
    dynamicConfigClient: { filepath: dynamic, pollInterval: '60s' },
    publicClient: { hostPort: `127.0.0.1:${first}` },
  };
}

/** Registers the namespace `default`; done when it can be used. */
async function addNamespace(address: string): Promise<void> {
  for (const limit = Date.now() + ANSWERS_WITHIN; ; await wait(500)) {
    try {
      const connection = await Connection.connect({ address, connectTimeout: 1000 });
      try {
        const { workflowService } = connection;
        const namespace = 'default';
        await workflowService
          .registerNamespace({ namespace, workflowExecutionRetentionPeriod: msToTs('30 days') })
          .catch(() => {});
        await workflowService.describeNamespace({ namespace });
        await workflowService.listWorkflowExecutions({ namespace, query: "WorkflowType = 'none'" });
        return;
      } finally {
        await connection.close();
      }
    } catch (error) {
      if (Date.now() > limit) throw error;
    }
  }
}
