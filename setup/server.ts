import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import type { Synchronous } from '../settings.ts';
import { searchAttributes } from './namespace.ts';
import { freePort } from './ports.ts';
import { allProcesses, endProcess, type ProcessInfo, processInfo } from './processes.ts';

/** Temporal's development server with its UI, on a SQLite file in the data folder. */

/** How long the server may take until it answers, in milliseconds: a large file after a crash takes a while. */
const ANSWERS_WITHIN = 60_000;
/** How long one that ended by itself is tried again: its disk may be full, or its port taken for a moment. */
const COMES_BACK_WITHIN = 60_000;
/** SQLite's page cache, in KiB: its own is 2 MB. */
const PAGE_CACHE = 65_536;
/** Go's collector would take a tenth of the server's time: it may let more garbage lie, up to a gigabyte in all. */
export const COLLECTS_LESS = { GOGC: '400', GOMEMLIMIT: '1GiB' };
/**
 * A query that comes along with a workflow task cuts that task short while a local activity is under way (SDK 1.24.0), and
 * what the next task brings is handled in another order than on each replay: a case that got two Updates at such a moment
 * could never be replayed, and was stuck once its worker ended. So a query waits until no task is under way
 * (`activities/grpc.ts`).
 */
const NO_QUERY_IN_TASKS = 'history.MaxBufferedQueryCount=0';
/**
 * The development server would read from its file what search attributes there are, for each case that it lists or writes:
 * a sixth of its CPU, and most of what a long list takes. It looks every 2 s instead, as other servers do.
 */
const KEEPS_SEARCH_ATTRIBUTES = 'system.forceSearchAttributesCacheRefreshOnRead=false';
/** How often the first launch is tried. */
const LAUNCHES = 3;

export type EmbeddedServer = {
  /** `host:port` of the front end. */
  address: string;
  /** URL of Temporal UI. */
  ui: string;
  pid: number;
  /** Ends it in order; done when it has ended. */
  stop(): Promise<void>;
};

export type ServerOptions = {
  /** The Temporal CLI's path. */
  cli: string;
  /** Absolute path, symbolic links resolved: it tells our server from others. */
  dataDir: string;
  /** 0 takes a free one. */
  port: number;
  uiPort: number;
  /** `FULL` loses nothing that was acknowledged when the machine dies; `NORMAL`, unless said, the last moments. */
  synchronous?: Synchronous;
  /** Told when the server ends although nobody stopped it; it has been started again by then, or `failed` says why not. */
  onRestart?: (failed?: Error) => void;
};

/**
 * Starts the server and waits until it answers. One left over on the same file by a run that was killed is ended first.
 * One that ends by itself is started again on the same ports.
 *
 * @throws Error where a port is taken (naming port and variable), or where the server does not answer.
 */
export async function startServer(options: ServerOptions): Promise<EmbeddedServer> {
  const { dataDir, onRestart = () => {} } = options;
  await endLeftOver(dataDir);
  const port = await freePort(options.port, 'TEMPORAL_PORT', "Temporal's development server");
  const uiPort = await freePort(options.uiPort, 'TEMPORAL_UI_PORT', 'Temporal UI');
  const address = `127.0.0.1:${port}`;
  let stopping = false;
  let child = await launchFirst(options, port, uiPort);

  let restarting = Promise.resolve();
  const startAgain = async () => {
    for (const limit = Date.now() + COMES_BACK_WITHIN; !stopping; await wait(1000)) {
      try {
        child = await launch(options, port, uiPort);
        watch();
        onRestart();
        return;
      } catch (error) {
        if (Date.now() < limit) continue;
        onRestart(error instanceof Error ? error : new Error(String(error)));
        return;
      }
    }
  };
  const watch = () =>
    child.once('exit', () => {
      if (!stopping) restarting = startAgain();
    });
  watch();

  return {
    address,
    ui: `http://127.0.0.1:${uiPort}`,
    get pid() {
      return child.pid ?? 0;
    },
    async stop() {
      stopping = true;
      await restarting;
      await end(child);
    },
  };
}

const fileOf = (dataDir: string) => join(dataDir, 'temporal.db');
const logOf = (dataDir: string) => join(dataDir, 'temporal.log');

/** Ends the development servers that still run on this data folder's file. */
export async function endLeftOver(dataDir: string): Promise<void> {
  const isOurs = ({ command }: ProcessInfo) => {
    const at = command.indexOf('--db-filename');
    return command.includes('start-dev') && at > 0 && command[at + 1] === fileOf(dataDir);
  };
  await Promise.all(
    allProcesses()
      .filter(isOurs)
      .map((left) => endProcess(left)),
  );
}

/** The server picks further ports itself, one of which another program may take before it does: then it is tried again. */
async function launchFirst(...how: Parameters<typeof launch>): Promise<ChildProcess> {
  for (let left = LAUNCHES - 1; ; left--) {
    try {
      return await launch(...how);
    } catch (error) {
      if (left === 0 || !String(error).includes('address already in use')) throw error;
    }
  }
}

async function launch(options: ServerOptions, port: number, uiPort: number): Promise<ChildProcess> {
  const { cli, dataDir, synchronous = 'NORMAL' } = options;
  const args = ['server', 'start-dev', '--db-filename', fileOf(dataDir), '--ip', '127.0.0.1'];
  args.push('--port', String(port), '--ui-port', String(uiPort), '--log-level', 'error');
  // Twice the throughput. What was acknowledged survives a killed process with either.
  const pragmas = ['journal_mode=WAL', `synchronous=${synchronous}`, `cache_size=-${PAGE_CACHE}`];
  for (const pragma of pragmas) args.push('--sqlite-pragma', pragma);
  for (const setting of [NO_QUERY_IN_TASKS, KEEPS_SEARCH_ATTRIBUTES]) args.push('--dynamic-config-value', setting);
  // A new file has them from the first moment on.
  for (const [name, kind] of Object.entries(searchAttributes)) args.push('--search-attribute', `${name}=${kind}`);
  const log = openSync(logOf(dataDir), 'w', 0o600);
  // A process group of its own: Ctrl-C must not end it before the worker has drained.
  const child = spawn(cli, args, {
    detached: true,
    stdio: ['ignore', log, log],
    env: { ...COLLECTS_LESS, ...process.env },
  });
  closeSync(log);
  const ended = once(child, 'exit').then(
    ([code, signal]) => `it ended (${signal ?? code})`,
    (error: unknown) => `it cannot be run (${error instanceof Error ? error.message : error})`,
  );
  try {
    const problem = await Promise.race([answers(`127.0.0.1:${port}`, child), ended]);
    if (problem) throw new Error(`Temporal's development server did not start: ${problem}.\n${lastLines(dataDir)}`);
    return child;
  } catch (error) {
    await end(child);
    throw error;
  }
}

/** Undefined once the server answers for the namespace `default`, else why not. */
async function answers(address: string, child: ChildProcess): Promise<string | undefined> {
  let why = '';
  for (const until = Date.now() + ANSWERS_WITHIN; Date.now() < until && isRunning(child); await wait(50)) {
    try {
      const connection = await Connection.connect({ address, connectTimeout: 1000 });
      try {
        await connection.workflowService.describeNamespace({ namespace: 'default' });
        return undefined;
      } finally {
        await connection.close();
      }
    } catch (error) {
      why = error instanceof Error ? error.message : String(error);
    }
  }
  return `no answer within ${ANSWERS_WITHIN / 1000} s (${why})`;
}

function lastLines(dataDir: string): string {
  try {
    return readFileSync(logOf(dataDir), 'utf8').trim().split('\n').slice(-5).join('\n');
  } catch {
    return '';
  }
}

const isRunning = (child: ChildProcess) => child.pid && child.exitCode === null && child.signalCode === null;

async function end(child: ChildProcess): Promise<void> {
  if (!child.pid || !isRunning(child)) return;
  const ended = once(child, 'exit');
  const info = processInfo(child.pid);
  if (info) await endProcess(info);
  await ended;
}
