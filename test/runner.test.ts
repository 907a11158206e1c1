import { setTimeout as wait } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { WorkflowFailedError, WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Interpreter, interpret } from './support/interpreter.ts';
import { type Question, UNIT } from './support/randomMachine.ts';
import { type Case, randomCase, type Step } from './support/randomSpec.ts';
import { type Handle, prepareRunnerWorlds, type RunnerWorld, startRunnerWorld } from './support/runnerWorld.ts';

/**
 * Random machines and random events, once in XState's own interpreter and thrice durably: after each step all four must
 * agree. `SEED=… RUNS=…` repeats a run, or makes a longer one.
 */

const seed = Number(process.env.SEED ?? 1);
const numRuns = Number(process.env.RUNS ?? 40);
console.log(`seed ${seed}, ${numRuns} machines: SEED=${seed} RUNS=${numRuns} repeats this`);

/** Beside whole units, a little: so no step falls on a time at which a timer may be due. */
const LITTLE = UNIT / 32;

/** So many of what a machine has emitted stay in its status. */
const KEPT = 50;
/** So long, in milliseconds, may what must come take: the test server now and then takes 10 s to give out a task. */
const LONG = 30_000;

const modes = [
  { name: 'with a warm cache', type: 'random', queue: 'warm', cached: 100 },
  { name: 'with no cache, so that all is replayed', type: 'random', queue: 'cold', cached: 0 },
  { name: 'cut by continue-as-new', type: 'randomCut', queue: 'cut', cached: 100 },
] as const;
type Durable = { mode: (typeof modes)[number]; handle: Handle };

const runner = suite("A random machine runs as in XState's own interpreter");

const seen = { steps: 0, done: 0, failed: 0, answers: 0, changes: 0 };

runner(modes.map(({ name }) => name).join(', '), async () => {
  const prepared = await prepareRunnerWorlds(new URL('support/runnerWorkflows.ts', import.meta.url));
  const property = fc.asyncProperty(randomCase, async (each) => {
    const world = await startRunnerWorld(prepared);
    try {
      await Promise.all(modes.map(({ queue, cached }) => world.work(queue, { maxCachedWorkflows: cached })));
      await agree(world, each);
    } finally {
      await world.stop();
    }
  });
  const { counterexample, errorInstance } = await fc.check(property, { seed, numRuns, endOnFailure: true });
  if (counterexample) {
    console.log(`it fails with ${JSON.stringify(counterexample[0])}`);
    throw errorInstance;
  }
  console.log(`what was seen: ${JSON.stringify(seen)}`);
  const says = seen.done + seen.failed > 0 && seen.answers > 0 && seen.changes > seen.steps / 4;
  assert.ok(says, 'machines that do nothing say nothing');
});

runner.run();

async function agree(world: RunnerWorld, { machine, steps }: Case): Promise<void> {
  const model = interpret(machine);
  const durables = await Promise.all(
    modes.map(async (mode): Promise<Durable> => ({ mode, handle: await world.start(mode.type, machine, mode.queue) })),
  );
  await compare(world, model, durables, 'at first');
  for (const [index, step] of steps.entries()) {
    if (model.snapshot().status !== 'active') break;
    const before = JSON.stringify(model.snapshot());
    if (step.units > 0) {
      if (!(await passTime(world, model, durables, step.units * UNIT + LITTLE, `step ${index}`))) break;
      if (model.snapshot().status !== 'active') break;
    }
    await perform(world, model, durables, step);
    await compare(world, model, durables, `after step ${index} ${JSON.stringify(step.act)}`);
    seen.steps++;
    if (before !== JSON.stringify(model.snapshot())) seen.changes++;
  }
  model.stop();
}

/**
 * Lets time pass from timer to timer: a server that is let run on does not wait for a slow worker.
 *
 * @returns false where what comes next says nothing.
 */
async function passTime(world: RunnerWorld, model: Interpreter, durables: Durable[], time: number, where: string) {
  for (let left = time; left > 0 && model.snapshot().status === 'active'; ) {
    const passed = model.pass(left);
    if (passed === null) return false;
    left -= passed;
    if (passed > 0) await within(world.env.sleep(passed), 'time does not pass');
    await compare(world, model, durables, `after time passed in ${where}`);
  }
  return true;
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
    if (!(failure instanceof ApplicationFailure)) throw error;
    // The SDK itself refuses what the machine has no event of.
    if (failure.message === `No registered handler for update: ${event}`) return;
    if (!['NotAccepted', 'MachineFailed'].includes(failure.type ?? '')) throw error;
  }
}

async function compare(world: RunnerWorld, model: Interpreter, durables: Durable[], when: string): Promise<void> {
  const { status, value, context, output } = model.snapshot();
  if (status !== 'active') seen[status === 'done' ? 'done' : 'failed']++;
  const expected = JSON.parse(
    JSON.stringify(
      status === 'active'
        ? { status, value, context, emitted: model.emitted.slice(-KEPT) }
        : status === 'done'
          ? { status, value, output }
          : { status },
    ),
  );
  for (const { mode, handle } of durables) {
    if (status === 'active') await settled(handle, expected);
    const found = status === 'active' ? await stands(handle) : await ended(handle);
    assert.equal(found, expected, `${mode.name}, ${when}`);
    if (status === 'active') await releaseStopped(world, handle.workflowId, model);
  }
}

/** Sources that were stopped while they ran: on the server they run on until they are answered. */
async function releaseStopped(world: RunnerWorld, workflowId: string, model: Interpreter): Promise<void> {
  const open = model.open();
  for (const one of world.asked.filter((each) => each.workflowId === workflowId))
    if (!open.some((question) => isDeepStrictEqual(question, one.question))) await world.answer(one, null);
}

async function stands(handle: Handle) {
  const {
    value,
    context,
    emitted = [],
  } = await handle.query<{ value: unknown; context: unknown; emitted?: unknown[] }>('status');
  return { status: 'active', value, context, emitted };
}

/** Waits until a workflow stands there, or for long enough to say that it never will. */
async function settled(handle: Handle, expected: unknown): Promise<void> {
  for (const end = Date.now() + LONG; Date.now() < end; await wait(5))
    if (isDeepStrictEqual(JSON.parse(JSON.stringify(await stands(handle))), expected)) return;
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
    wait(LONG, undefined, { ref: false }).then(() => {
      throw new Error(otherwise);
    }),
  ]);
