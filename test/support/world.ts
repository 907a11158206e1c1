import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { queryCase } from '../../activities/queryCase.ts';
import { leavesId, removalId } from '../../machines/requestNumber.ts';
import { type Outside, openOutside } from '../../outside/index.ts';
import { parseRegisterFile, readRegisterFile } from '../../outside/registerFile.ts';
import { addSearchAttributes } from '../../setup/namespace.ts';
import { temporalCli, temporalTestServer } from '../../setup/temporal.ts';
import { installRuntime, type RunningWorker, startWorker } from '../../worker.ts';
import type { CaseStatus } from '../../workflows/caseStatus.ts';
import { type FakeMinSupport, startMinSupport } from './minSupport.ts';
import { type Smtp, startSmtp } from './smtp.ts';

/**
 * The whole system for tests of the process: a real Temporal server whose time can be skipped, our worker, a register, a
 * mail server and a Min Support of the test's own.
 */

export type Case = WorkflowHandleWithFirstExecutionRunId;
export type Payload = { by: string; id?: string } & Record<string, unknown>;
/** What an Update answers, or the failure's type and details where it was refused. */
export type Acted = { refused: string | null; [name: string]: unknown };

export type World = {
  env: TestWorkflowEnvironment;
  outside: Outside;
  smtp: Smtp;
  minSupport: FakeMinSupport;
  /** Begins anew: ends all cases, puts the sample register in, changed as the test says, forgets mails and orders. */
  fresh(change?: (file: RegisterJson) => void): Promise<void>;
  /** Puts another register in, under the open cases. */
  change(change?: (file: RegisterJson) => void): Promise<void>;
  remove(employee: string, by: string, more?: Record<string, unknown>): Promise<Case>;
  leaves(employee: string, by: string, lastWorkingDay: string, more?: Record<string, unknown>): Promise<Case>;
  /**
   * Acts by an Update and gives its answer, or why it was refused. The test server (1.40.0; the real one does not) may lose
   * it where an activity answers meanwhile: it is then sent once more.
   */
  act(handle: Case, name: string, payload: Payload): Promise<Acted>;
  status(handle: Case): Promise<CaseStatus>;
  /** Waits, in real time, until the status is so; fails with the last one after 20 s. */
  until(handle: Case, isSo: (status: CaseStatus) => boolean): Promise<CaseStatus>;
  inState(handle: Case, state: string): Promise<CaseStatus>;
  /** The end status; time is skipped until then. */
  ended(handle: Case): Promise<CaseStatus>;
  /** The Temporal server's clock. */
  now(): Promise<Date>;
  skip(duration: number | string): Promise<void>;
  stopWorker(): Promise<void>;
  /** Stops the worker and starts it anew, from an empty cache. */
  restartWorker(): Promise<void>;
  stop(): Promise<void>;
};

/** The register file as plain JSON, for a test to change. */
export type RegisterJson = Awaited<ReturnType<typeof readRegisterFile>>;

const sample = join(import.meta.dirname, '..', '..', 'register.sample.json');
/** The test server (1.40.0) now and then loses a workflow task: so soon it gives it out again, instead of after 10 s. */
export const TASK_TIMEOUT = '3 seconds';
let started = 0;

export type WorldOptions = {
  /** Whether acting on a task changes the register too, or people change it themselves. */
  registerMode?: 'performs' | 'observes';
  /** The development server, where time cannot be skipped, instead of the test server. */
  isDevelopmentServer?: boolean;
};

export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const { registerMode = 'performs', isDevelopmentServer = false } = options;
  installRuntime();
  const dataDir = mkdtempSync(join(tmpdir(), 'aterkalla-world-'));
  const [smtp, minSupport] = await Promise.all([startSmtp(), startMinSupport()]);
  const existing = (path: string) => ({ server: { executable: { type: 'existing-path', path } as const } });
  const env = isDevelopmentServer
    ? await TestWorkflowEnvironment.createLocal(existing(await temporalCli()))
    : await TestWorkflowEnvironment.createTimeSkipping(existing(await temporalTestServer()));
  await addSearchAttributes(env.connection);
  const outside = await openOutside({
    dataDir,
    registerFile: sample,
    mailFrom: 'aterkalla@localhost',
    smtpUrl: smtp.url,
    minSupportUrl: minSupport.url,
  });
  const work = (): Promise<RunningWorker> =>
    startWorker({
      connection: env.nativeConnection,
      namespace: env.namespace ?? 'default',
      client: env.client,
      outside,
      settings: { registerMode, helpdeskMail: 'helpdesk@localhost' },
    });
  let worker = await work();

  const cases: Case[] = [];
  const start = async (type: string, workflowId: string, input: Record<string, unknown>) => {
    const handle = await env.client.workflow.start(type, {
      taskQueue: 'aterkalla',
      workflowId,
      args: [input],
      workflowTaskTimeout: TASK_TIMEOUT,
    });
    cases.push(handle);
    return handle;
  };

  const world: World = {
    env,
    outside,
    smtp,
    minSupport,
    async fresh(change) {
      await Promise.allSettled(cases.splice(0).map((handle) => handle.terminate('the next test')));
      await world.change(change);
      smtp.mails.length = 0;
      smtp.behave({ kind: 'ok' });
      minSupport.orders.length = 0;
      minSupport.behave({ kind: 'ok' });
    },
    async change(change) {
      const file = structuredClone(await readRegisterFile(sample));
      change?.(file);
      await outside.register.importFile(parseRegisterFile(JSON.parse(JSON.stringify(file))));
    },
    remove: (employee, by, more) =>
      start('removal', removalId(employee), { id: `start-${started++}`, employee, system: 'SUS', by, ...more }),
    leaves: (employee, by, lastWorkingDay, more) =>
      start('employeeLeaves', leavesId(employee), { id: `start-${started++}`, employee, by, lastWorkingDay, ...more }),
    async act(handle, name, payload) {
      const args: [Payload] = [{ id: `act-${started++}`, ...payload }];
      const send = () =>
        env.client.withDeadline(Date.now() + 15_000, () =>
          handle.executeUpdate<Record<string, unknown>, [Payload]>(name, { args }),
        );
      try {
        const answer = await send().catch((error: unknown) => {
          // The same command again takes effect once.
          if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) return send();
          throw error;
        });
        return { ...answer, refused: null };
      } catch (error) {
        if (!(error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure)) throw error;
        const details: unknown = error.cause.details?.[0];
        return {
          refused: error.cause.type ?? '',
          message: error.cause.message,
          ...(isObject(details) ? { details } : {}),
        };
      }
    },
    status: (handle) => queryCase(handle, 'status'),
    async until(handle, isSo) {
      for (let tries = 0; ; tries++) {
        const status = await world.status(handle);
        if (isSo(status)) return status;
        if (tries > 400) throw new Error(`it never came to that: ${JSON.stringify(status, null, 1)}`);
        await wait(50);
      }
    },
    inState: (handle, state) => world.until(handle, (status) => status.state === state),
    ended: async (handle) => handle.result(),
    now: async () => new Date(await env.currentTimeMs()),
    skip: (duration) => env.sleep(duration),
    stopWorker: () => worker.shutdown(),
    async restartWorker() {
      await worker.shutdown();
      worker = await work();
    },
    async stop() {
      await worker.shutdown();
      await outside.close();
      await env.teardown();
      await Promise.all([smtp.stop(), minSupport.stop()]);
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
  return world;
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
