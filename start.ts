import { setTimeout as wait } from 'node:timers/promises';
import { Client, type Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { connectClient } from './activities/grpc.ts';
import { askHere } from './client/ask.ts';
import { openOutside } from './outside/index.ts';
import { type RunningPortal, startPortal } from './portal.ts';
import { readSettings, type Settings } from './settings.ts';
import { workflowBundle } from './setup/bundle.ts';
import { removeRunning, takeDataFolder, writeRunning } from './setup/dataFolder.ts';
import { createUndo, runUntilTold, type Undo } from './setup/lifetime.ts';
import { isMain } from './setup/main.ts';
import { haveSearchAttributes, keepHistories } from './setup/namespace.ts';
import { pagesFolder } from './setup/pages.ts';
import { freePort } from './setup/ports.ts';
import { startServer } from './setup/server.ts';
import { temporalCli } from './setup/temporal.ts';
import { installRuntime, startWorker } from './worker.ts';

/** Runs everything on this machine: `npm start`. */

/** How long the embedded server may refuse connections after it has first answered, in milliseconds. */
const CONNECTS_WITHIN = 30_000;

export type Addresses = {
  /** `host:port`. */
  temporal: string;
  namespace: string;
  /** URL of Temporal UI; null where Temporal runs elsewhere. */
  ui: string | null;
  /** URL of the portal; null where there is none. */
  portal: string | null;
};

export type System = {
  addresses: Addresses;
  /** A client of the Temporal server, closed with the system. */
  client: Client;
  /** Ends all in order: the portal, the worker drains, then register and mail, then the server. */
  stop(): Promise<void>;
  /** Rejects when a part ends although nobody asked it to; never resolves. */
  failed: Promise<never>;
};

export type SystemOptions = {
  /** Told what takes time or what is not as it should be. */
  say?: (text: string) => void;
  /** Where to add how to end what has been started; the system's own, where none is given. */
  undo?: Undo;
  /** Without the portal, where nobody looks at it. */
  isWithoutPortal?: boolean;
};

/**
 * Starts the Temporal server (or connects to the one that the settings name), the register, Min Support, mail, the worker
 * and the portal, and writes `running.json`.
 *
 * @throws Error that says what is wrong and what to do; nothing is left running then.
 */
export async function startSystem(settings: Settings, options: SystemOptions = {}): Promise<System> {
  const { undo = createUndo() } = options;
  try {
    return await start(settings, undo, options);
  } catch (error) {
    await undo.run().catch(() => {});
    throw error;
  }
}

async function start(
  settings: Settings,
  undo: Undo,
  { say = () => {}, isWithoutPortal = false }: SystemOptions,
): Promise<System> {
  const folder = await takeDataFolder(settings.dataDir);
  undo.add(folder.release);
  const dataDir = folder.path;
  // One left by a run that was killed names addresses that are no longer true.
  removeRunning(dataDir);
  undo.add(() => removeRunning(dataDir));
  const sdkMetrics = await installRuntimeWithMetrics();
  const failures = Promise.withResolvers<never>();
  failures.promise.catch(() => {});

  // The slow parts side by side. Whichever fails, what the others have started is undone.
  const bundle = workflowBundle();
  bundle.catch(() => {});
  const pages = isWithoutPortal ? null : pagesFolder(say);
  pages?.catch(() => {});
  const opening = openOutside({ ...settings, dataDir });
  undo.add(() =>
    opening.then(
      (outside) => outside.close(),
      () => {},
    ),
  );
  const { client, native, addresses } = await reachTemporal({ ...settings, dataDir }, undo, say, failures.reject);
  const outside = await opening;
  await bundle;

  const { namespace } = addresses;
  const worker = await startWorker({ connection: native, namespace, client, outside, settings });
  undo.add(() => worker.shutdown());
  worker.failed.catch(failures.reject);

  const { temporal: address, ui } = addresses;
  if (pages) {
    const portal: RunningPortal = await startPortal({
      client,
      ask: askHere(worker.questions),
      settings: settings.portal,
      dataDir,
      temporalUi: ui ?? settings.portal.temporalUi ?? null,
      web: await pages,
      sdkMetrics,
    });
    undo.add(() => portal.stop());
    addresses.portal = portal.url;
  }

  // Added last, so that it is the first that the end does.
  undo.add(folder.markEnding);
  writeRunning(dataDir, { pid: process.pid, temporal: address, ui, portal: addresses.portal });
  return { addresses, client, stop: () => undo.run(), failed: failures.promise };
}

type Temporal = { addresses: Addresses; client: Client; native: NativeConnection };

async function reachTemporal(
  settings: Settings,
  undo: Undo,
  say: (text: string) => void,
  fail: (error: Error) => void,
): Promise<Temporal> {
  const { temporal, dataDir } = settings;
  if (temporal.kind === 'external') {
    const { address, namespace, connection } = temporal;
    const reached = await connect(connection, namespace, undo).catch((error: unknown) => {
      throw new Error(
        `Temporal at ${address} (namespace ${namespace}) cannot be reached. Check TEMPORAL_ADDRESS and what belongs to it.`,
        { cause: error },
      );
    });
    await haveSearchAttributes(reached.connection, namespace).catch((error: unknown) =>
      say(`warning: ${error instanceof Error ? error.message : error}`),
    );
    return { ...reached, addresses: { temporal: address, namespace, ui: null, portal: null } };
  }

  const server = await startServer({
    cli: await temporalCli(process.env, say),
    dataDir,
    port: temporal.port,
    uiPort: temporal.uiPort,
    synchronous: temporal.synchronous,
    onRestart: (failed) => {
      if (failed) fail(failed);
      else say("Temporal's development server had ended by itself and was started again");
    },
  });
  undo.add(() => server.stop());
  const { address, ui } = server;
  const reached = await connectPatiently({ address }, 'default', undo);
  await keepHistories(reached.connection);
  await haveSearchAttributes(reached.connection);
  return { ...reached, addresses: { temporal: address, namespace: 'default', ui, portal: null } };
}

async function installRuntimeWithMetrics(): Promise<string | null> {
  for (let tries = 1; ; tries++) {
    const port = await freePort(0, 'nothing', "the SDK's metrics");
    try {
      return installRuntime(port);
    } catch (error) {
      // Another program may have taken it in between.
      if (tries === 5) throw error;
    }
  }
}

/** A server that has just begun, or is being started again, may refuse at first. */
async function connectPatiently(...args: Parameters<typeof connect>): ReturnType<typeof connect> {
  for (const until = Date.now() + CONNECTS_WITHIN; ; await wait(250)) {
    try {
      return await connect(...args);
    } catch (error) {
      if (Date.now() > until) throw error;
    }
  }
}

async function connect(
  options: Parameters<typeof NativeConnection.connect>[0] & object,
  namespace: string,
  undo: Undo,
): Promise<{ connection: Connection; client: Client; native: NativeConnection }> {
  const connection = await connectClient(options);
  undo.add(() => connection.close());
  const native = await NativeConnection.connect(options);
  undo.add(() => native.close());
  return { connection, client: new Client({ connection, namespace }), native };
}

const DEVELOPMENT = '  (login for DEVELOPMENT: anybody on this machine may be anybody; set OIDC_ISSUER for real ones)';

async function main(): Promise<void> {
  await runUntilTold(async (undo) => {
    const settings = readSettings(process.env);
    const system = await startSystem(settings, { undo, say: (text) => console.error(text) });
    const { temporal, namespace, ui, portal } = system.addresses;
    console.log(`Temporal     ${temporal} (namespace ${namespace})`);
    if (ui) console.log(`Temporal UI  ${ui}`);
    console.log(`Portal       ${portal}${settings.portal.login.kind === 'development' ? DEVELOPMENT : ''}`);
    console.log(`Data         ${settings.dataDir}`);
    console.log('ready: npx aterkalla --help tells what can be done; Ctrl-C ends all');
    return system;
  });
}

if (isMain(import.meta.url)) await main();
