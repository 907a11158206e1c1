import { WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type AnyStateMachine, createActor, getStateNodes, SimulatedClock, type StateValue } from 'xstate';
import { temporalTestServer } from '../setup/temporal.ts';
import type { BaseStatus } from '../workflows/statechart.ts';
import { readTest, type ScxmlTest } from './support/scxml.ts';
import { testNames } from './support/scxmlGroups.ts';
import { scxmlMachine } from './support/scxmlMachine.ts';

/**
 * The SCXML tests that XState itself passes, each as a durable workflow on a real server: after every event the states
 * that the test asks for must be active, and the state value must be that of XState's own interpreter.
 */

const QUEUE = 'scxml';
/** How long the W3C's tests, which run by themselves, may take on the simulated clock, in milliseconds. */
const LONG_ENOUGH = 60_000;

type Running = { env: TestWorkflowEnvironment; worker: Worker; ended: Promise<void> };

const scxml = suite<Partial<Running>>('SCXML');

scxml.before(async (context) => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const executable = { type: 'existing-path', path: await temporalTestServer() } as const;
  const env = await TestWorkflowEnvironment.createTimeSkipping({ server: { executable } });
  const worker = await Worker.create({
    connection: env.nativeConnection,
    taskQueue: QUEUE,
    workflowsPath: new URL('support/scxmlWorkflows.ts', import.meta.url).pathname,
  });
  Object.assign(context, { env, worker, ended: worker.run() });
});

scxml.after(async ({ env, worker, ended }) => {
  worker?.shutdown();
  await ended;
  await env?.teardown();
});

for (const name of testNames)
  scxml(name, async ({ env }) => {
    assert.ok(env);
    const test = readTest(name);
    await (name.startsWith('w3c-ecma/') ? runByItself(env, test) : runScript(env, test));
  });

scxml.run();

/** XState's own interpreter, on a clock that moves when it is told to. */
function interpret(machine: AnyStateMachine) {
  const clock = new SimulatedClock();
  const actor = createActor(machine, { clock, logger: () => {} }).start();
  return {
    value: (): StateValue => actor.getSnapshot().value,
    done: () => actor.getSnapshot().status !== 'active',
    send: (type: string) => actor.send({ type }),
    // In small steps, since a timer set on the way counts from when the clock is told.
    pass: (time: number) => {
      for (let left = time; left > 0; left -= 100) clock.increment(Math.min(left, 100));
    },
  };
}

/** Sends the script's events and looks after each. */
async function runScript(env: TestWorkflowEnvironment, test: ScxmlTest): Promise<void> {
  const machine = scxmlMachine(test.document);
  const model = interpret(machine);
  const workflow = await env.client.workflow.start('scxml', {
    workflowId: test.name,
    taskQueue: QUEUE,
    args: [test.document],
  });
  const valueNow = async () => (await workflow.query<BaseStatus>('status')).value;
  check(machine, await valueNow(), model.value(), test.initialConfiguration, `${test.name} at first`);
  for (const { after, event, nextConfiguration } of test.events) {
    if (model.done()) break;
    if (after) {
      model.pass(after);
      await env.sleep(after);
      // Until the timer's task is done: an event that comes in the same one would be handled before it.
      assert.equal(await valueNow(), model.value(), `${test.name} after ${after} ms`);
    }
    model.send(event.name);
    // An update, for its answer is the state in that very moment: on the server real time passes too.
    const value = await valueAfter(workflow.executeUpdate<BaseStatus, []>(event.name));
    check(machine, value, model.value(), nextConfiguration, `${test.name} after ${event.name}`);
  }
  await workflow.terminate().catch(() => {});
}

/** The W3C's tests run by themselves, and end in the state that says whether they passed. */
async function runByItself(env: TestWorkflowEnvironment, test: ScxmlTest): Promise<void> {
  const model = interpret(scxmlMachine(test.document));
  model.pass(LONG_ENOUGH);
  const result: { value: StateValue } = await env.client.workflow.execute('scxml', {
    workflowId: test.name,
    taskQueue: QUEUE,
    args: [test.document],
  });
  assert.is(result.value, 'pass', test.name);
  assert.equal(result.value, model.value(), test.name);
}

/** The state that an update answers with; an event that the state does not know is refused, and says it all the same. */
async function valueAfter(update: Promise<BaseStatus>): Promise<StateValue> {
  try {
    return (await update).value;
  } catch (error) {
    const failure = error instanceof WorkflowUpdateFailedError ? error.cause : undefined;
    const said = failure instanceof ApplicationFailure && failure.type === 'NotAccepted' ? failure.details?.[0] : null;
    if (typeof said === 'object' && said !== null && 'value' in said && isStateValue(said.value)) return said.value;
    throw error;
  }
}

const isStateValue = (value: unknown): value is StateValue =>
  typeof value === 'string' ||
  (typeof value === 'object' && value !== null && Object.values(value).every(isStateValue));

function check(
  machine: AnyStateMachine,
  value: StateValue,
  modelled: StateValue,
  active: string[],
  when: string,
): void {
  assert.equal(value, modelled, `${when}: as XState's interpreter`);
  const leaves = getStateNodes(machine.root, value).filter(({ type }) => type === 'atomic' || type === 'final');
  const ids = new Set(leaves.map(({ id }) => id.replaceAll('$', '.')));
  assert.equal([...ids].toSorted(), active.toSorted(), `${when}: as the test asks for`);
}
