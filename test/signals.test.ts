import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { queryCase } from '../activities/queryCase.ts';
import { type Case, startWorld, type World } from './support/world.ts';

/** Signals as they really come: shuffled, doubled, late, misspelt, malformed. Nothing of it may harm a case. */

const signals = suite<{ world: World }>('Signals');

signals.before(async (context) => {
  context.world = await startWorld({ isDevelopmentServer: true });
});
signals.before.each(({ world }) => world.fresh());
signals.after(({ world }) => world.stop());

const detaching = async (world: World): Promise<Case> => {
  const handle = await world.remove('1001', '1000');
  await world.inState(handle, 'detaching');
  return handle;
};

/** The case is as it was, but for the ignored; and it can still be finished. */
async function unharmed(world: World, handle: Case, ignored: number) {
  const status = await world.until(handle, (each) => each.ignored.length === ignored);
  assert.is(status.state, 'detaching');
  assert.equal(
    status.record.map(({ step }) => step),
    ['decided', 'ordered'],
  );
  for (const { reason } of status.ignored) assert.ok(reason.length > 10, reason);
  await world.act(handle, 'detached', { by: '1003', assignments: ['a1'] });
  await world.act(handle, 'removed', { by: '1009' });
  assert.is((await world.ended(handle)).outcome, 'removed');
}

signals('that do not fit are ignored with a reason', async ({ world }) => {
  const handle = await detaching(world);
  const good = { id: 'x', by: '1003', assignments: ['a1'] };
  const bad: [string, unknown[]][] = [
    ['detachd', [good]],
    ['detached', []],
    ['detached', ['nonsense']],
    ['detached', [null]],
    ['detached', [[good]]],
    ['detached', [good, good]],
    ['detached', [{ ...good, assignments: 'a1' }]],
    ['detached', [{ ...good, assignments: [] }]],
    ['detached', [{ ...good, assignments: ['a1', 'a1'] }]],
    ['detached', [{ ...good, assignments: ['a 1'] }]],
    ['detached', [{ ...good, by: '10 03' }]],
    ['detached', [{ ...good, id: 'x'.repeat(65) }]],
    ['detached', [{ ...good, note: 'bell \u0007' }]],
    ['detached', [{ ...good, note: 'x'.repeat(2001) }]],
    ['detached', [{ ...good, facts: { roles: [] } }]],
    ['detached', [{ ...good, type: 'removed' }]],
    ['detached', [{ by: '1003', assignments: ['a1'] }]],
    ['decided', [{ id: 'y', by: '1000', decision: 'perhaps' }]],
  ];
  for (const [name, args] of bad) await handle.signal(name, ...args);
  await unharmed(world, handle, bad.length);
});

signals('at the wrong time, by the wrong person or for what is not theirs are ignored', async ({ world }) => {
  const handle = await detaching(world);
  await handle.signal('removed', { id: 'a', by: '1009' });
  await handle.signal('decided', { id: 'b', by: '1000', decision: 'remove' });
  await handle.signal('detached', { id: 'c', by: '1001', assignments: ['a1'] });
  await handle.signal('detached', { id: 'd', by: '1004', assignments: ['a1'] });
  await handle.signal('detached', { id: 'e', by: '1003', assignments: ['a2'] });
  await handle.signal('withdrawn', { id: 'f', by: '1001', reason: 'nej' });
  await unharmed(world, handle, 6);
});

signals('with forged or reserved names reach nothing', async ({ world }) => {
  const handle = await detaching(world);
  const names = ['xstate.done.actor.order', 'xstate.after.1.removal', '__temporal_x', '__stack_trace', 'constructor'];
  for (const name of names) await handle.signal(name, { id: name, output: {} });
  await unharmed(world, handle, names.length);
});

signals('whose payload cannot be read are ignored', async ({ world }) => {
  const handle = await detaching(world);
  const text = (value: string) => new TextEncoder().encode(value);
  const payloads = [
    { metadata: { encoding: text('json/plain') }, data: text('{"id":') },
    { metadata: { encoding: text('binary/unknown') }, data: text('??') },
    { data: text('no metadata') },
  ];
  for (const payload of payloads)
    await world.env.connection.workflowService.signalWorkflowExecution({
      namespace: 'default',
      workflowExecution: { workflowId: handle.workflowId },
      signalName: 'detached',
      input: { payloads: [payload] },
    });
  await unharmed(world, handle, payloads.length);
});

signals('of several hundred kilobytes are ignored', async ({ world }) => {
  const handle = await detaching(world);
  await handle.signal('detached', { id: 'big', by: '1003', assignments: ['a1'], note: 'x'.repeat(400_000) });
  await unharmed(world, handle, 1);
});

signals('that come twice take effect once', async ({ world }) => {
  const handle = await detaching(world);
  const detached = { id: 'once', by: '1003', assignments: ['a1'] };
  await Promise.all([handle.signal('detached', detached), handle.signal('detached', detached)]);
  await world.inState(handle, 'removing');
  await handle.signal('detached', detached);
  const status = await world.status(handle);
  assert.is(status.record.filter(({ step }) => step === 'detached').length, 1);
  assert.equal(status.ignored, []);
});

signals('that are shuffled lead to an end that the process allows', async ({ world }) => {
  const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
  console.log(`\nsignals: seed ${seed}`);
  let state = seed;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const handle = await world.remove('1002', '1000', { acknowledged: ['last-manager:i1'] });
  const all: [string, Record<string, unknown>][] = [
    ['removed', { id: 'r', by: '1009' }],
    ['detached', { id: 'd1', by: '1001', assignments: ['a3'] }],
    ['detached', { id: 'd2', by: '1003', assignments: ['a5'] }],
    ['withdrawn', { id: 'w', by: '1003', reason: 'not theirs' }],
  ];
  for (let round = 0; round < 6; round++) {
    const shuffled = all.map((each) => ({ each, at: random() })).sort((a, b) => a.at - b.at);
    for (const { each } of shuffled) await handle.signal(each[0], each[1]).catch(() => {});
    if ((await world.status(handle)).outcome) break;
  }
  const end = await world.ended(handle);
  assert.is(end.outcome, 'removed');
  const steps = end.record.map(({ step }) => step);
  assert.is(steps.filter((step) => step === 'detached').length, 2);
  assert.is(steps.filter((step) => step === 'removed').length, 1);
  assert.ok(steps.indexOf('removed') > steps.lastIndexOf('detached'));
});

signals('sent before the first task are taken in their order', async ({ world }) => {
  await world.stopWorker();
  const handle = await world.remove('1005', '1005');
  await handle.signal('decided', { id: 'one', by: '1000', decision: 'keep', note: 'first' });
  await handle.signal('decided', { id: 'two', by: '1000', decision: 'remove' });
  await world.restartWorker();
  const end = await world.ended(handle);
  assert.is(end.outcome, 'kept');
});

signals('after the end tell the sender that there is nobody', async ({ world }) => {
  const handle = await world.remove('902', '900');
  await world.ended(handle);
  await handle.signal('withdrawn', { id: 'late', by: '900', reason: 'late' }).then(
    () => assert.unreachable('it has ended'),
    (error: unknown) => assert.is(error instanceof Error && error.name, 'WorkflowNotFoundError'),
  );
});

signals('a request to cancel is noted, and the case goes on', async ({ world }) => {
  const handle = await detaching(world);
  await handle.cancel();
  await unharmed(world, handle, 1);
});

const updates = suite<{ world: World }>('Updates');
updates.before(async (context) => {
  // The test server keeps a task of what was rejected; the real one does not.
  context.world = await startWorld({ isDevelopmentServer: true });
});
updates.before.each(({ world }) => world.fresh());
updates.after(({ world }) => world.stop());

updates('that do not fit, or that the state does not know, are rejected and leave no history', async ({ world }) => {
  const handle = await detaching(world);
  const before = (await handle.fetchHistory()).events?.length;
  assert.is((await world.act(handle, 'detached', { by: '1003', assignments: 'a1' })).refused, 'InvalidInput');
  const early = await world.act(handle, 'removed', { by: '1009' });
  assert.is(early.refused, 'NotAccepted');
  assert.equal((await world.status(handle)).accepts, ['detached', 'withdrawn']);
  assert.match(JSON.stringify(early.details), 'detached');
  assert.is((await handle.fetchHistory()).events?.length, before);
});

updates('with an id seen before get the first answer, also after the end', async ({ world }) => {
  const handle = await detaching(world);
  const detached = { id: 'mine', by: '1003', assignments: ['a1'] };
  const first = await world.act(handle, 'detached', detached);
  assert.is(first.state, 'removing');
  assert.equal(await world.act(handle, 'detached', detached), first);
  await world.act(handle, 'removed', { id: 'gone', by: '1009' });
  await world.ended(handle);
  const { refused: _refused, ...answer } = first;
  assert.equal(await queryCase(handle, 'answer', 'mine'), answer);
  assert.is(await queryCase(handle, 'answer', 'never'), null);
});

signals.run();
updates.run();
