import { setTimeout as wait } from 'node:timers/promises';
import { WorkflowFailedError, WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Interpreter, interpret } from './support/interpreter.ts';
import { type Question, UNIT } from './support/randomMachine.ts';
import { type Case, randomCase, type Step } from './support/randomSpec.ts';
import { type Handle, type RunnerWorld, startRunnerWorld } from './support/runnerWorld.ts';

/**
 * Random machines and random events, once in XState's own interpreter and thrice durably: after each step all four must
 * agree. `SEED=… RUNS=…` repeats a run, or makes a longer one.
 */

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
const numRuns = Number(process.env.RUNS ?? 60);
console.log(`seed ${seed}, ${numRuns} machines: SEED=${seed} RUNS=${numRuns} repeats this`);

/** Beside whole units, a little: so no step falls on a time at which a timer may be due. */
const LITTLE = UNIT / 32;

const modes = [
  { name: 'with a warm cache', type: 'random', queue: 'warm', cached: 100 },
  { name: 'with no cache, so that all is replayed', type: 'random', queue: 'cold', cached: 0 },
  { name: 'cut by continue-as-new', type: 'randomCut', queue: 'cut', cached: 100 },
] as const;
type Durable = { mode: (typeof modes)[number]; handle: Handle };

const runner = suite<{ world?: RunnerWorld }>("A random machine runs as in XState's own interpreter");

runner.before(async (context) => {
  const world = await startRunnerWorld();
  context.world = world;
  await Promise.all(modes.map(({ queue, cached }) => world.work(queue, { maxCachedWorkflows: cached })));
});
runner.after(async ({ world }) => world?.stop());

const seen = { steps: 0, done: 0, failed: 0, answers: 0, runs: 0, changes: 0 };

runner(modes.map(({ name }) => name).join(', '), async ({ world }) => {
  assert.ok(world);
  const property = fc.asyncProperty(randomCase, (each) => agree(world, each));
  const { counterexample, errorInstance } = await fc.check(property, { seed, numRuns, endOnFailure: true });
  if (counterexample) {
    console.log(`it fails with ${JSON.stringify(counterexample[0])}`);
    throw errorInstance;
  }
  console.log(`what was seen: ${JSON.stringify(seen)}`);
  assert.ok(seen.done > 0 && seen.answers > 0 && seen.changes > seen.steps / 4, 'machines that do nothing say nothing');
});

runner.run();

async function agree(world: RunnerWorld, { machine, steps }: Case): Promise<void> {
  const model = interpret(machine);
  const durables = await Promise.all(
    modes.map(async (mode): Promise<Durable> => ({ mode, handle: await world.start(mode.type, machine, mode.queue) })),
  );
  try {
    await compare(world, model, durables, 'at first');
    for (const [index, step] of steps.entries()) {
      if (model.snapshot().status !== 'active') break;
      const before = JSON.stringify(model.snapshot());
      // While an activity runs, no time can be skipped: a step that takes long answers them first.
      for (let left = step.units > 0 ? 4 : 0; left > 0 && model.open().length > 0; left--) {
        await perform(world, model, durables, { ...step, act: { do: 'answer', question: left, output: left } });
        await compare(world, model, durables, `after an answer in step ${index}`);
      }
      if (model.snapshot().status !== 'active') break;
      if (model.open().length === 0) {
        const time = step.units * UNIT + LITTLE;
        if (!model.pass(time)) break;
        await within(world.env.sleep(time), 'time does not pass');
        await compare(world, model, durables, `after time passed in step ${index}`);
        if (model.snapshot().status !== 'active') break;
      }
      await perform(world, model, durables, step);
      await compare(world, model, durables, `after step ${index} ${JSON.stringify(step.act)}`);
      seen.steps++;
      if (before !== JSON.stringify(model.snapshot())) seen.changes++;
    }
  } finally {
    model.stop();
    await Promise.all(durables.map(({ handle }) => putAway(world, handle)));
  }
}

/** Ends what is still open, and gives back what the test server's time waits for: the sources of an ended workflow. */
async function putAway(world: RunnerWorld, handle: Handle): Promise<void> {
  const { testService } = world.env.connection;
  assert.ok(testService, 'the server can skip time');
  await handle.terminate().catch(() => {});
  for (const one of world.asked.filter(({ workflowId }) => workflowId === handle.workflowId)) {
    one.answer(null);
    await testService.unlockTimeSkipping({});
  }
}

async function perform(world: RunnerWorld, model: Interpreter, durables: Durable[], { act }: Step): Promise<void> {
  if (act.do === 'send') {
    const { event, n, as } = act;
    model.send({ type: event, n });
    await Promise.all(
      durables.map(({ handle }) => (as === 'signal' ? handle.signal(event, { n }) : updated(handle, event, { n }))),
    );
    return;
  }
  const open = model.open();
  const question = act.do === 'answer' ? open[act.question % open.length] : undefined;
  if (act.do !== 'answer' || !question) return;
  seen.answers++;
  const asked = await Promise.all(durables.map(({ handle }) => find(world, handle.workflowId, question)));
  await model.answer(question, act.output);
  await Promise.all(asked.map((one) => world.answer(one, act.output ?? 'failed', act.output === null)));
}

/** The same question, as a workflow asks it. */
const find = (world: RunnerWorld, workflowId: string, { id, number }: Question) =>
  world.until(`${workflowId} asks ${id} (${number})`, () =>
    world.asked.find(
      (each) =>
        each.workflowId === workflowId &&
        isQuestion(each.question) &&
        each.question.id === id &&
        each.question.number === number,
    ),
  );

const isQuestion = (value: unknown): value is Question =>
  typeof value === 'object' && value !== null && 'id' in value && 'number' in value;

/** An Update that the state does not know, or that changes nothing, is refused: all the same to the machine. */
async function updated(handle: Handle, event: string, payload: object): Promise<void> {
  try {
    await handle.executeUpdate(event, { args: [payload] });
  } catch (error) {
    const failure = error instanceof WorkflowUpdateFailedError ? error.cause : undefined;
    if (!(failure instanceof ApplicationFailure && ['NotAccepted', 'MachineFailed'].includes(failure.type ?? '')))
      throw error;
  }
}

async function compare(world: RunnerWorld, model: Interpreter, durables: Durable[], when: string): Promise<void> {
  const { status, value, context, output } = model.snapshot();
  if (status !== 'active') seen[status === 'done' ? 'done' : 'failed']++;
  const expected = JSON.parse(
    JSON.stringify(
      status === 'active'
        ? { status, value, context, emitted: model.emitted }
        : status === 'done'
          ? { status, value, output }
          : { status },
    ),
  );
  for (const { mode, handle } of durables) {
    const found = status === 'active' ? await stands(handle) : await ended(handle);
    assert.equal(found, expected, `${mode.name}, ${when}`);
    if (status === 'active') await releaseStopped(world, handle.workflowId, model);
  }
}

/** Sources that were stopped while they ran: on the server they run on until they are answered. */
async function releaseStopped(world: RunnerWorld, workflowId: string, model: Interpreter): Promise<void> {
  const open = await Promise.all(model.open().map((question) => find(world, workflowId, question)));
  for (const one of world.asked.filter((each) => each.workflowId === workflowId))
    if (!open.includes(one)) await world.answer(one, null);
}

async function stands(handle: Handle) {
  const {
    value,
    context,
    emitted = [],
  } = await handle.query<{ value: unknown; context: unknown; emitted?: unknown[] }>('status');
  return { status: 'active', value, context, emitted };
}

async function ended(handle: Handle) {
  try {
    const { value, output } = await within(handle.result(), 'the workflow has not ended');
    return { status: 'done', value, output };
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    const { cause } = error;
    return { status: cause instanceof ApplicationFailure && cause.type === 'MachineFailed' ? 'error' : String(cause) };
  }
}

/** What never comes would keep the test waiting for ever. */
const within = <Result>(result: Promise<Result>, otherwise: string): Promise<Result> =>
  Promise.race([
    result,
    wait(10_000, undefined, { ref: false }).then(() => {
      throw new Error(otherwise);
    }),
  ]);
