import { setTimeout as wait } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { WorkflowFailedError, WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createActor, SimulatedClock } from 'xstate';
import { activities, cases, type RunnerCase, refused, type Step } from './support/runnerCases.ts';
import { type Handle, prepareRunnerWorlds, type RunnerWorld, startRunnerWorld } from './support/runnerWorld.ts';

/**
 * Named machines in XState's own interpreter and thrice durably: after each step all four must come to the same. On the
 * development server, since the test server loses tasks where an activity answers while a signal comes.
 */

const modes = [
  { name: 'warm', type: 'whole', cached: 200 },
  { name: 'cold', type: 'whole', cached: 0 },
  { name: 'cut', type: 'cut', cached: 200 },
] as const;
/** So long, in milliseconds, may what must come take on a machine that does much else. */
const LONG = 30_000;

type Standing = { value?: unknown; context?: unknown; output?: unknown; error?: string };
type Durable = { mode: string; handle: Handle };

const runner = suite<{ world?: RunnerWorld }>("A named machine runs as in XState's own interpreter");

runner.before(async (context) => {
  context.world = await startRunnerWorld(
    await prepareRunnerWorlds(new URL('support/runnerCaseWorkflows.ts', import.meta.url)),
    {
      isDevelopmentServer: true,
    },
  );
  for (const { name, cached } of modes) await context.world.work(name, { maxCachedWorkflows: cached, activities });
});
runner.after(({ world }) => world?.stop());

for (const [name, each] of Object.entries(cases))
  runner(name, async ({ world }) => {
    assert.ok(world);
    const model = interpret(each);
    const durables = await Promise.all(
      modes.map(async (mode) => ({ mode: mode.name, handle: await world.start(mode.type, name, mode.name) })),
    );
    await agree(world, model, durables, `${name}: at first`);
    for (const [index, step] of each.steps.entries()) {
      if ('pass' in step) await wait(step.pass);
      model.take(step);
      await Promise.all(durables.map(({ handle }) => take(handle, step)));
      await agree(world, model, durables, `${name}: after step ${index} ${JSON.stringify(step)}`);
    }
    model.stop();
    await Promise.all(durables.map(({ handle }) => handle.terminate().catch(() => {})));
  });

for (const [name, { says }] of Object.entries(refused))
  runner(`refused: ${name}`, async ({ world }) => {
    const handle = await world?.start('refused', name, 'warm');
    const failure = await handle?.result().then(
      () => assert.unreachable('it runs'),
      (error: unknown) => (error instanceof WorkflowFailedError ? error.cause : error),
    );
    assert.ok(failure instanceof ApplicationFailure && failure.type === 'MachineRefused', String(failure));
    assert.match(failure.message, says);
  });

runner('a long history is cut, also where nothing but signals or updates come', async ({ world }) => {
  assert.ok(world);
  for (const as of ['signal', 'update'] as const) {
    const handle = await world.start('cut', 'a long history of signals', 'warm');
    for (let n = 0; n < 10; n++) await take(handle, { send: { type: 'more' }, ...(as === 'update' && { as }) });
    await world.until(`a new run after each ${as}`, async () => {
      const { runId } = await world.env.client.workflow.getHandle(handle.workflowId).describe();
      return runId !== handle.firstExecutionRunId || undefined;
    });
    await handle.terminate().catch(() => {});
  }
});

runner('while a signal waits for facts delays go on, and the end leaves no timer behind', async ({ world }) => {
  assert.ok(world);
  // With the first task, and after it.
  for (const early of [true, false]) {
    const handle = await world.start('endsWhileAway', null, 'warm');
    if (!early) await world.until('the first task', async () => (await eventsOf(handle, 'timerStarted'))[0]);
    await handle.signal('go', {});
    await handle.result();
    const [begun, fired, cancelled] = await Promise.all(
      (['timerStarted', 'timerFired', 'timerCanceled'] as const).map((kind) => eventsOf(handle, kind)),
    );
    assert.equal([begun?.length, fired?.length, cancelled?.length], [2, 1, 1], early ? 'early' : 'late');
  }
});

async function eventsOf(handle: Handle, kind: 'timerStarted' | 'timerFired' | 'timerCanceled') {
  const { events } = await handle.fetchHistory();
  return (events ?? []).filter((event) => event[`${kind}EventAttributes`]);
}

runner.run();

function interpret({ machine, input }: RunnerCase) {
  const clock = new SimulatedClock();
  const actor = createActor(machine, { clock, input, logger: () => {} });
  // A machine that fails says so here; otherwise it would end the process.
  actor.subscribe({ error: () => {} });
  actor.start();
  return {
    standing(): Standing {
      const { status, value, context, output, error } = actor.getSnapshot();
      if (status === 'error') return { error: error instanceof Error ? error.message : String(error) };
      return asRead(status === 'active' ? { value, context } : { value, output });
    },
    take(step: Step) {
      if ('send' in step) actor.send(step.send);
      else clock.increment(step.pass);
    },
    stop: () => actor.stop(),
  };
}

/** An Update that the state does not know is refused: all the same to the machine. */
async function take(handle: Handle, step: Step): Promise<void> {
  if (!('send' in step)) return;
  const { type, ...payload } = step.send;
  if (step.as !== 'update') return handle.signal(type, payload);
  await handle.executeUpdate(type, { args: [payload] }).catch((error: unknown) => {
    if (!(error instanceof WorkflowUpdateFailedError)) throw error;
  });
}

/** Waits until all of them stand where the interpreter does, which itself waits for its sources. */
async function agree(
  world: RunnerWorld,
  model: ReturnType<typeof interpret>,
  durables: Durable[],
  where: string,
): Promise<void> {
  await Promise.all(
    durables.map(async ({ mode, handle }) => {
      for (const end = Date.now() + LONG; ; await wait(20)) {
        const stands = await standing(world, handle);
        if (isDeepStrictEqual(stands, model.standing())) return;
        if (Date.now() > end) assert.equal(stands, model.standing(), `${mode}, ${where}`);
      }
    }),
  );
}

async function standing(world: RunnerWorld, { workflowId }: Handle): Promise<Standing> {
  const handle = world.env.client.workflow.getHandle(workflowId);
  const { status } = await handle.describe();
  try {
    if (status.name === 'RUNNING') {
      const { value, context } = await handle.query<Standing>('status');
      return { value, context };
    }
    const { value, output } = await handle.result();
    return asRead({ value, output });
  } catch (error) {
    const cause = error instanceof WorkflowFailedError ? error.cause : error;
    return { error: cause instanceof Error ? cause.message : String(cause) };
  }
}

/** As it comes out of JSON, without what has no value. */
const asRead = (standing: Standing): Standing => JSON.parse(JSON.stringify(standing));
