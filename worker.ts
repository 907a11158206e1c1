import { Client } from '@temporalio/client';
import { DefaultLogger, type LogEntry, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { saysItIsAlive } from './activities/alive.ts';
import { createCaseActivities } from './activities/cases.ts';
import { followCases } from './activities/followCases.ts';
import { connectClient } from './activities/grpc.ts';
import { createActivities } from './activities/index.ts';
import { createPortalActivities } from './activities/portal.ts';
import { answersSoManyAtOnce } from './activities/questions.ts';
import { createSessionActivities } from './activities/sessions.ts';
import type { Answers } from './client/ask.ts';
import { type Outside, openOutside } from './outside/index.ts';
import { readSettings, type Settings } from './settings.ts';
import { payloadConverterPath, workflowBundle } from './setup/bundle.ts';
import { takeDataFolder } from './setup/dataFolder.ts';
import { runUntilTold } from './setup/lifetime.ts';
import { isMain } from './setup/main.ts';
import { haveSearchAttributes } from './setup/namespace.ts';
import { lightenWorkflowThreads } from './setup/workflowThreads.ts';

/** Puts workflows and activities together as a Temporal worker. */

export const TASK_QUEUE = 'aterkalla';

/** How long activities in flight may take to finish at the end; the SDK's default would cut them off. */
const GRACE = '10 seconds';
/** Cases wait for people for days: what is cached serves the acts of the moment (2,000 cost 0.9 GB). */
const CACHED_WORKFLOWS = 300;
/**
 * Orders and mails that are not answered take up their places until they are given up, 10 to 20 s: with the SDK's hundred,
 * a Min Support that says nothing to a hundred orders would leave nobody an answer.
 */
const ACTIVITIES_AT_ONCE = 1000;

export type WorkerNeeds = {
  connection: NativeConnection;
  namespace: string;
  /** For the activities that look at cases. */
  client: Client;
  outside: Outside;
  settings: Pick<Settings, 'registerMode' | 'helpdeskMail'>;
  /** Where other workflows than the project's own are to run: the module that exports them, and their task queue. */
  other?: OtherWorkflows | undefined;
};

export type OtherWorkflows = { workflowsPath: string; taskQueue: string };

export type RunningWorker = {
  /** What it answers about the register, for whoever asks in this process. */
  questions: Answers;
  /** Finishes what is in flight, then ends. */
  shutdown(): Promise<void>;
  /** Rejects when the worker ends although nobody asked it to; never resolves. */
  failed: Promise<never>;
};

/**
 * Starts a worker, on the task queue `aterkalla` unless said.
 *
 * @throws Error where the workflows cannot be bundled, or where Temporal does not take the worker.
 */
export async function startWorker(needs: WorkerNeeds): Promise<RunningWorker> {
  const { connection, namespace, client, outside, settings } = needs;
  const { register, minSupport, mail, endedSessions } = outside;
  const { registerMode, helpdeskMail } = settings;
  const kept = followCases(client);
  // The first to ask need not wait for it; what comes of it is told whoever asks.
  kept.open().catch(() => {});
  const questions = {
    ...createCaseActivities({ register, client, kept }),
    ...createPortalActivities({ register, client, kept }),
    ...createSessionActivities(endedSessions),
  };
  lightenWorkflowThreads();
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue: needs.other?.taskQueue ?? TASK_QUEUE,
    workflowBundle: await workflowBundle(needs.other?.workflowsPath),
    activities: {
      ...createActivities({ register, minSupport, mail, client, registerMode, helpdeskMail }),
      ...questions,
    },
    dataConverter: { payloadConverterPath },
    interceptors: { activity: [saysItIsAlive, answersSoManyAtOnce()] },
    shutdownGraceTime: GRACE,
    // After a worker was killed, its cases go to another one after this time instead of 10 s.
    stickyQueueScheduleToStartTimeout: '1s',
    maxCachedWorkflows: CACHED_WORKFLOWS,
    maxConcurrentActivityTaskExecutions: ACTIVITIES_AT_ONCE,
  });
  const running = worker.run();
  let stopping = false;
  const failed = new Promise<never>((_, fail) => {
    const tell = (error: unknown) => {
      if (!stopping) fail(new Error('The worker ended although nobody asked it to', { cause: error }));
    };
    running.then(() => tell(undefined), tell);
  });
  // Whoever waits for it hears of it; where nobody does, it must not end the process.
  failed.catch(() => {});
  return {
    failed,
    questions,
    async shutdown() {
      stopping = true;
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await running.catch(() => {});
    },
  };
}

/**
 * Has the SDK log only what an operator must know, without payloads or messages of failures, which may hold personal
 * data, and leave signals to us: the worker has to end before what it needs. Once a process, before any connection.
 *
 * @param metricsPort where the SDK's metrics are to be had on this machine; they are not, without it.
 * @returns the URL of the metrics of this process; null where it has none.
 * @throws Error where the port is taken; it can be called again then.
 */
export function installRuntime(metricsPort?: number): string | null {
  if (installed) return installed.metrics;
  const bindAddress = `127.0.0.1:${metricsPort}`;
  Runtime.install({
    logger: new DefaultLogger('WARN', logLine),
    shutdownSignals: [],
    telemetryOptions: {
      logging: { filter: { core: 'ERROR', other: 'ERROR' }, forward: {} },
      ...(metricsPort && { metrics: { prometheus: { bindAddress } } }),
    },
  });
  installed = { metrics: metricsPort ? `http://${bindAddress}/metrics` : null };
  return installed.metrics;
}
let installed: { metrics: string | null } | null = null;

const shownInLogs = ['workflowType', 'workflowId', 'activityType', 'attempt', 'taskQueue'] as const;

function logLine({ level, message, meta }: LogEntry): void {
  const about = shownInLogs.filter((name) => meta?.[name] !== undefined).map((name) => `${name}=${meta?.[name]}`);
  const error: unknown = meta?.error;
  if (error instanceof Error) about.push(`error=${error.name}`);
  console.error([`${new Date().toISOString()} ${level} ${message.split('\n')[0]}`, ...about].join(' '));
}

/**
 * The worker alone, against a Temporal server elsewhere: `node worker.ts`. Ends the process when it is told to.
 *
 * @param other other workflows, which a second worker of this process runs beside.
 */
export async function runWorker(other?: OtherWorkflows): Promise<void> {
  const settings = readSettings(process.env);
  const { temporal } = settings;
  if (temporal.kind === 'embedded')
    throw new Error(
      'The worker alone needs a Temporal server: set TEMPORAL_ADDRESS. With the embedded one, use npm start.',
    );
  await runUntilTold(async (undo) => {
    installRuntime();
    const native = await NativeConnection.connect(temporal.connection);
    undo.add(() => native.close());
    const connection = await connectClient(temporal.connection);
    undo.add(() => connection.close());
    await haveSearchAttributes(connection, temporal.namespace).catch((error: unknown) =>
      console.error(`warning: ${error}`),
    );
    // What is embedded lies in a folder that one process alone may open; a database takes many workers.
    if (!settings.databaseUrl) undo.add((await takeDataFolder(settings.dataDir)).release);
    const outside = await openOutside(settings);
    undo.add(() => outside.close());
    const client = new Client({ connection, namespace: temporal.namespace });
    const needs = { connection: native, namespace: temporal.namespace, client, outside, settings };
    const worker = await startWorker(needs);
    undo.add(() => worker.shutdown());
    if (other) {
      const beside = await startWorker({ ...needs, other });
      undo.add(() => beside.shutdown());
    }
    console.log(`ready: worker for ${temporal.address}, namespace ${temporal.namespace}, task queue ${TASK_QUEUE}`);
    return worker;
  });
}

if (isMain(import.meta.url)) await runWorker();
