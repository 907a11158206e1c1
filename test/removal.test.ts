import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { startWorld, type World } from './support/world.ts';

/** The removal as the process page tells it, and each way that people really take. */

const removal = suite<{ world?: World }>('A removal');

removal.before(async (context) => {
  context.world = await startWorld();
});
removal.after(async ({ world }) => world?.stop());

removal('goes from the decision to the confirmation', async ({ world }) => {
  assert.ok(world);
  await world.fresh();
  const handle = await world.remove('1001', '1000', { reason: 'Behövs inte' });
  const detaching = await world.inState(handle, 'detaching');
  assert.equal(detaching.accepts, ['detached', 'withdrawn']);
  assert.equal(
    detaching.waitingFor.map(({ task, assignments, mayAct }) => ({ task, assignments, mayAct })),
    [{ task: 'detach', assignments: ['a1'], mayAct: ['1003'] }],
  );
  const detached = await world.act(handle, 'detached', { by: '1003', assignments: ['a1'] });
  assert.is(detached.state, 'removing');
  await world.act(handle, 'removed', { by: '1009' });
  const end = await world.ended(handle);
  assert.is(end.outcome, 'removed');
  assert.equal(
    end.record.map(({ step, by }) => [step, by]),
    [
      ['decided', '1000'],
      ['ordered', undefined],
      ['detached', '1003'],
      ['removed', '1009'],
      ['gone', undefined],
      ['confirmed', undefined],
      ['confirmed', undefined],
    ],
  );
  assert.equal(
    world.smtp.mails.map(({ headers }) => headers['x-aterkalla-occasion']),
    ['confirmation', 'confirmation'],
  );
  assert.is(world.minSupport.orders.length, 1);
});

removal.run();
