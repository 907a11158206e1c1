import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createCaseSources, leaverOf } from '../activities/otherCases.ts';
import { startWorld, type World } from './support/world.ts';

/** What one case asks of another one of the same employee. */

const test = suite<{ world?: World }>('Cases of one employee');

test.before(async (context) => {
  context.world = await startWorld({ isDevelopmentServer: true });
});
test.after(async ({ world }) => world?.stop());

const ask = { employee: '1001', system: 'SUS', by: 'leaves-1001-abc123' };

test('where there is no other case, nobody is asked', async ({ world }) => {
  assert.ok(world);
  await world.fresh();
  assert.is(await leaverOf(world.env.client, '1001'), null);
  assert.equal(await createCaseSources(world.env.client).supersedeRemoval(ask), { superseded: null });
});

test('a leaver whose work has not begun is known, and does not take over', async ({ world }) => {
  assert.ok(world);
  await world.fresh();
  const leaver = await world.leaves('1001', '1000', '2090-03-15');
  const { request } = await world.inState(leaver, 'scheduled');
  assert.equal(await leaverOf(world.env.client, '1001'), { request, atWork: false });
  const removal = await world.remove('1001', '1000');
  await world.inState(removal, 'detaching');
  const failed = await createCaseSources(world.env.client)
    .supersedeRemoval({ ...ask, by: request })
    .then(
      () => null,
      (error: unknown) => error,
    );
  assert.ok(failed, 'refused for now: worth trying again, not the same as "there is none"');
  assert.is((await world.status(removal)).state, 'detaching');
  await world.act(leaver, 'stays', { by: '1000', reason: 'Stannar' });
  await world.act(removal, 'withdrawn', { by: '1000', reason: 'Ångrat' });
  await world.ended(removal);
  assert.is(await leaverOf(world.env.client, '1001'), null, 'ended');
  assert.equal(await createCaseSources(world.env.client).supersedeRemoval({ ...ask, by: request }), {
    superseded: null,
  });
});

test('a leaver at work takes over an open removal, and asking again gives the same answer', async ({ world }) => {
  assert.ok(world);
  await world.fresh();
  const removal = await world.remove('1001', '1000');
  const { request } = await world.inState(removal, 'detaching');
  const leaver = await world.leaves('1001', '1000', '2024-01-02');
  const { request: by } = await world.inState(leaver, 'detaching');
  assert.equal(await leaverOf(world.env.client, '1001'), { request: by, atWork: true });
  assert.is((await world.ended(removal)).outcome, 'superseded');
  const again = await createCaseSources(world.env.client).supersedeRemoval({ ...ask, by });
  assert.equal(again, { superseded: request }, 'a try after the removal has ended');
  assert.is(world.minSupport.orders.at(-1)?.cancelled, true);
});

test.run();
