import { setTimeout as wait } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import type { WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import {
  bundleWorkflowCode,
  DefaultLogger,
  Runtime,
  Worker,
  type WorkerOptions,
  type WorkflowBundleWithSourceMap,
} from '@temporalio/worker';
import { temporalCli, temporalTestServer } from '../../setup/temporal.ts';
import { TASK_TIMEOUT } from './world.ts';

/** A server whose time can be skipped and workers for the workflows that test the runner, with nothing but the runner. */

export type Handle = WorkflowHandleWithFirstExecutionRunId;

/** A source that waits for the test's answer. */
export type Asked = {
  workflowId: string;
  activityId: string;
  question: unknown;
  answer(output: unknown): void;
  fail(message: string): void;
};

export type RunningWorker = { shutdown(): Promise<void> };

export type RunnerWorld = {
  env: TestWorkflowEnvironment;
  /** What the activity `ask` was asked and has not answered yet. */
  asked: Asked[];
  work(taskQueue: string, options?: Partial<WorkerOptions>): Promise<RunningWorker>;
  start(type: string, input: unknown, taskQueue: string): Promise<Handle>;
  /** Answers, and waits until the server has the answer. */
  answer(asked: Asked, output: unknown, fails?: boolean): Promise<void>;
  /** Waits in real time until something is so; fails after a minute with what was expected. */
  until<Value>(what: string, look: () => Value | undefined | Promise<Value | undefined>): Promise<Value>;
  stop(): Promise<void>;
};

let started = 0;

/** What every world needs, made once: the bundle of the workflows in a file. */
export async function prepareRunnerWorlds(workflows: URL): Promise<WorkflowBundleWithSourceMap> {
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { filter: { core: 'ERROR', other: 'ERROR' }, forward: {} } },
  });
  return bundleWorkflowCode({
    workflowsPath: workflows.pathname,
    logger: new DefaultLogger('ERROR'),
  });
}

/**
 * A world for one case alone: what another one left running would hold its clock. On the development server time passes by
 * itself, and many cases have room.
 */
export async function startRunnerWorld(
  workflowBundle: WorkflowBundleWithSourceMap,
  { isDevelopmentServer = false } = {},
): Promise<RunnerWorld> {
  const server = (path: string) => ({ server: { executable: { type: 'existing-path', path } as const } });
  const env = isDevelopmentServer
    ? await TestWorkflowEnvironment.createLocal(server(await temporalCli()))
    : await TestWorkflowEnvironment.createTimeSkipping(server(await temporalTestServer()));
  const asked: Asked[] = [];
  const ask = (question: unknown) =>
    new Promise((resolve, reject) => {
      const { activityId, workflowExecution } = Context.current().info;
      const one: Asked = {
        workflowId: workflowExecution?.workflowId ?? '',
        activityId,
        question,
        answer: (output) => settle(() => resolve(output)),
        fail: (message) => settle(() => reject(new Error(message))),
      };
      const settle = (how: () => void) => {
        if (asked.includes(one)) asked.splice(asked.indexOf(one), 1);
        how();
      };
      asked.push(one);
    });
  const workers = new Set<RunningWorker>();

  const world: RunnerWorld = {
    env,
    asked,
    async work(taskQueue, options = {}) {
      const worker = await Worker.create({
        connection: env.nativeConnection,
        taskQueue,
        workflowBundle,
        activities: { ask },
        ...options,
      });
      const ended = worker.run();
      const running = {
        async shutdown() {
          workers.delete(running);
          worker.shutdown();
          await ended;
        },
      };
      workers.add(running);
      return running;
    },
    start: (type, input, taskQueue) =>
      env.client.workflow.start(type, {
        taskQueue,
        workflowId: `${type}-${started++}`,
        args: [input],
        workflowTaskTimeout: TASK_TIMEOUT,
      }),
    async answer(one, output, fails = false) {
      if (fails) one.fail(String(output));
      else one.answer(output);
      await world.until('the server has the answer', async () => {
        const { raw } = await env.client.workflow.getHandle(one.workflowId).describe();
        return !raw.pendingActivities?.some(({ activityId }) => activityId === one.activityId) || undefined;
      });
    },
    async until(what, look) {
      const end = Date.now() + 60_000;
      for (;;) {
        const found = await look();
        if (found !== undefined) return found;
        if (Date.now() > end) throw new Error(`it never came to that: ${what}`);
        await wait(5);
      }
    },
    async stop() {
      for (const one of [...asked]) one.answer(null);
      await Promise.all([...workers].map((worker) => worker.shutdown()));
      await env.teardown();
    },
  };
  return world;
}
