import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { dayOf, workingDaysBefore } from '../machines/calendar.ts';
import { startWorld, type World } from './support/world.ts';

/** Process 2010:01, an employee who leaves, as the process page tells it. */

const leaver = suite<{ world: World }>('A leaver');

leaver.before(async (context) => {
  context.world = await startWorld({ isDevelopmentServer: true });
});
leaver.before.each(({ world }) => world.fresh());
leaver.after(({ world }) => world.stop());

/** Where time is skipped each case has a world of its own: what earlier cases left would hold the clock. */
const waiting = suite<{ world: World }>('A leaver whose days come');

waiting.before.each(async (context) => {
  context.world = await startWorld();
});
waiting.after.each(({ world }) => world.stop());

const steps = ({ record }: { record: { step: string }[] }) => record.map(({ step }) => step);
const today = async (world: World) => dayOf((await world.now()).toISOString());
const inDays = async (world: World, days: number) =>
  dayOf(new Date((await world.now()).getTime() + days * 86_400_000).toISOString());

/** The next day from `days` on that is a Friday: a last working day with a plain week before it. */
async function friday(world: World, days: number): Promise<string> {
  for (let more = days; ; more++) {
    const day = await inDays(world, more);
    if (new Date(`${day}T12:00:00Z`).getUTCDay() === 5) return day;
  }
}

leaver('whose employment ends at once is worked on at once', async ({ world }) => {
  const handle = await world.leaves('1004', '1000', await today(world));
  const { waitingFor } = await world.until(handle, (status) => status.waitingFor.length > 0);
  assert.equal(
    waitingFor.map(({ assignments, mayAct }) => [assignments, mayAct]),
    [
      [['a6'], ['1002']],
      [['a7'], ['1003']],
    ],
  );
  assert.is((await world.act(handle, 'detached', { by: '1002', assignments: ['a6'] })).state, 'detaching');
  assert.is((await world.act(handle, 'detached', { by: '1003', assignments: ['a7'] })).state, 'removing');
  await world.act(handle, 'removed', { by: '1009' });
  const end = await world.ended(handle);
  assert.is(end.outcome, 'removed');
  assert.is(world.minSupport.orders.length, 0);
  assert.equal(
    end.record
      .filter(({ step }) => step === 'confirmed')
      .flatMap(({ to }) => to ?? [])
      .sort(),
    ['1000', '1004'],
  );
});

waiting('waits for its days: detaching five working days before, removing on the last one', async ({ world }) => {
  const lastWorkingDay = await friday(world, 40);
  const handle = await world.leaves('1004', '1000', lastWorkingDay);
  assert.is((await world.inState(handle, 'scheduled')).atWork, false);
  await world.skip(Date.parse(`${workingDaysBefore(lastWorkingDay, 5)}T06:00:00Z`) - (await world.now()).getTime());
  const detaching = await world.until(handle, (status) => status.waitingFor.length > 0);
  assert.is(detaching.atWork, true);
  assert.is(dayOf(detaching.since), workingDaysBefore(lastWorkingDay, 5));
  await world.act(handle, 'detached', { by: '1002', assignments: ['a6'] });
  assert.is((await world.act(handle, 'detached', { by: '1003', assignments: ['a7'] })).state, 'scheduled');
  await world.skip(Date.parse(`${lastWorkingDay}T06:00:00Z`) - (await world.now()).getTime());
  const removing = await world.inState(handle, 'removing');
  assert.is(dayOf(removing.since), lastWorkingDay);
  assert.is(removing.waitingFor[0]?.due.slice(0, 10), lastWorkingDay);
});

leaver('may move the date, earlier too, and later makes it scheduled again', async ({ world }) => {
  const handle = await world.leaves('1004', '1000', await friday(world, 60));
  await world.inState(handle, 'scheduled');
  assert.is(
    (await world.act(handle, 'dateChanged', { by: '1004', lastWorkingDay: await today(world) })).refused,
    'Refused',
  );
  assert.is(
    (await world.act(handle, 'dateChanged', { by: '901', lastWorkingDay: await today(world) })).state,
    'detaching',
  );
  await world.until(handle, (status) => status.waitingFor.length > 0);
  await world.act(handle, 'detached', { by: '1002', assignments: ['a6'] });
  const later = await world.act(handle, 'dateChanged', { by: '1002', lastWorkingDay: await friday(world, 60) });
  assert.is(later.state, 'scheduled');
  assert.is((await world.status(handle)).atWork, false);
});

leaver('may stay after all, and what was detached by then is said', async ({ world }) => {
  const handle = await world.leaves('1004', '901', await today(world));
  await world.until(handle, (status) => status.waitingFor.length > 0);
  await world.act(handle, 'detached', { by: '1002', assignments: ['a6'] });
  assert.is((await world.act(handle, 'stays', { by: '1004', reason: 'jag stannar' })).refused, 'Refused');
  await world.act(handle, 'stays', { by: '1000', reason: 'stannar' });
  const end = await world.ended(handle);
  assert.is(end.outcome, 'stayed');
  assert.equal(end.record.at(-1)?.assignments, ['a6']);
  assert.equal(end.record.at(-1)?.roles, []);
});

leaver('is not done while the register shows what was added meanwhile', async ({ world }) => {
  const handle = await world.leaves('1005', '1000', await today(world));
  await world.inState(handle, 'removing');
  const [held] = (await world.outside.register.facts('1005', 'SUS')).roles;
  await world.outside.register.setRoles('1005', 'SUS', [held ?? '', 'interventionManager']);
  await world.act(handle, 'removed', { by: '1009' });
  const end = await world.ended(handle);
  assert.equal((await world.outside.register.facts('1005', 'SUS')).roles, []);
  assert.ok(end.record.find(({ step }) => step === 'gone')?.roles?.includes('interventionManager'));
});

leaver('asks again for the removal of a role that was given while assignments were detached', async ({ world }) => {
  const handle = await world.leaves('1004', '1000', await today(world));
  const { waitingFor } = await world.until(handle, (status) => status.waitingFor.length > 0);
  const [first, last] = waitingFor.map(({ assignments, mayAct: [by = ''] }) => ({ by, assignments }));
  assert.ok(first && last, 'two kinds of work wait');
  await world.act(handle, 'detached', first);
  for (const id of last.assignments) await world.outside.register.detachAssignment(id);
  await world.outside.register.setRoles('1004', 'SUS', ['reader']);
  assert.is((await world.act(handle, 'detached', last)).state, 'removing');
  await world.act(handle, 'removed', { by: '1009' });
  assert.is((await world.ended(handle)).outcome, 'removed');
  assert.equal((await world.outside.register.facts('1004', 'SUS')).roles, []);
});

leaver('goes on where an open removal is already on its way to an end', async ({ world }) => {
  world.minSupport.behave({ kind: 'status', status: 503 });
  const removal = await world.remove('1004', '1000');
  await world.inState(removal, 'ordering');
  await world.act(removal, 'withdrawn', { by: '1000', reason: 'behövs' });
  const handle = await world.leaves('1004', '1000', await today(world));
  await world.until(handle, ({ value }) => JSON.stringify(value).includes('working'));
  assert.is((await world.act(handle, 'detached', { by: '1002', assignments: ['a6'] })).refused, null);
  world.minSupport.behave({ kind: 'ok' });
  assert.is((await world.ended(removal)).outcome, 'withdrawn');
});

leaver('takes over an open removal, whose order is cancelled and which says by what', async ({ world }) => {
  const removal = await world.remove('1004', '1000');
  await world.inState(removal, 'detaching');
  await world.act(removal, 'detached', { by: '1002', assignments: ['a6'] });
  const handle = await world.leaves('1004', '1000', await today(world));
  const ended = await removal.result();
  const { request, waitingFor } = await world.until(handle, (status) => status.waitingFor.length > 0);
  assert.is(ended.outcome, 'superseded');
  assert.is(ended.record.find(({ step }: { step: string }) => step === 'superseded')?.by, request);
  assert.ok(world.minSupport.orders.every(({ cancelled }) => cancelled));
  assert.equal(
    waitingFor.flatMap(({ assignments }) => assignments),
    ['a7'],
  );
  assert.ok(steps(await world.status(handle)).includes('tookOver'));
});

leaver('at work makes a removal that starts now end at once', async ({ world }) => {
  const handle = await world.leaves('1004', '1000', await today(world));
  await world.until(handle, (status) => status.waitingFor.length > 0);
  const removal = await world.remove('1004', '1000');
  const end = await world.ended(removal);
  assert.is(end.outcome, 'superseded');
  assert.equal(
    end.record.map(({ step, by }) => [step, by]),
    [
      ['proposed', '1000'],
      ['superseded', (await world.status(handle)).request],
    ],
  );
});

leaver('whose days have not come lets a removal go on', async ({ world }) => {
  const handle = await world.leaves('1005', '1000', await friday(world, 60));
  await world.inState(handle, 'scheduled');
  const removal = await world.remove('1005', '1000');
  await world.inState(removal, 'removing');
  await world.act(handle, 'stays', { by: '1000', reason: 'stannar' });
  assert.is((await world.act(removal, 'removed', { by: '1009' })).refused, null);
});

leaver('cannot be superseded by somebody who only says so', async ({ world }) => {
  const removal = await world.remove('1001', '1000');
  await world.inState(removal, 'detaching');
  await removal.signal('superseded', { id: 'forged', by: 'leaves-1001-abc123' });
  const { state, ignored } = await world.until(removal, (status) => status.ignored.length > 0);
  assert.is(state, 'detaching');
  assert.is(ignored[0]?.event, 'superseded');
});

waiting('past the deadline: the authorisation administration detaches, or accepts as stranded', async ({ world }) => {
  const handle = await world.leaves('1004', '1000', await today(world));
  await world.until(handle, (status) => status.waitingFor.length > 0);
  const stranded = { by: '1009', assignments: ['a7'], note: 'SUS svarar inte' };
  assert.is((await world.act(handle, 'strandedAccepted', stranded)).refused, 'Refused');
  assert.is((await world.act(handle, 'detached', { by: '1009', assignments: ['a6'] })).refused, 'Refused');
  await world.skip('30 hours');
  await world.until(handle, ({ record }) => record.some(({ step }) => step === 'escalated'));
  assert.is((await world.act(handle, 'strandedAccepted', { ...stranded, by: '1000' })).refused, 'Refused');
  assert.is((await world.act(handle, 'detached', { by: '1010', assignments: ['a6'] })).state, 'detaching');
  assert.is((await world.act(handle, 'strandedAccepted', stranded)).state, 'removing');
  await world.act(handle, 'removed', { by: '1009' });
  const end = await world.ended(handle);
  assert.is(end.outcome, 'removed');
  assert.equal(end.record.find(({ step }) => step === 'strandedAccepted')?.assignments, ['a7']);
});

leaver('with warnings has manager and authorisation administration told, and nothing held up', async ({ world }) => {
  const handle = await world.leaves('2001', '2000', await today(world));
  await world.until(handle, (status) => status.waitingFor.length > 0);
  await world.until(handle, () => world.smtp.mails.length === 3);
  assert.equal(new Set(world.smtp.mails.map(({ headers }) => headers['x-aterkalla-occasion'])), new Set(['warnings']));
});

leaver('does not end before its warnings have been told', async ({ world }) => {
  world.smtp.behave({ kind: 'refuse', code: 451 });
  const handle = await world.leaves('2001', '2000', await today(world));
  const { waitingFor } = await world.until(handle, (status) => status.waitingFor.length > 0);
  for (const { mayAct, assignments } of waitingFor)
    await world.act(handle, 'detached', { by: mayAct[0] ?? '', assignments });
  await world.act(handle, 'removed', { by: '1009' });
  await world.inState(handle, 'confirming');
  world.smtp.behave({ kind: 'ok' });
  assert.is((await world.ended(handle)).outcome, 'removed');
  const occasions = world.smtp.mails.map(({ headers }) => headers['x-aterkalla-occasion']);
  assert.is(occasions.filter((occasion) => occasion === 'warnings').length, 3);
});

leaver('is refused to the employee and to strangers', async ({ world }) => {
  assert.is((await world.ended(await world.leaves('1004', '1004', await today(world)))).outcome, 'refused');
  assert.is((await world.ended(await world.leaves('1001', '2003', await today(world)))).outcome, 'refused');
});

leaver('without any authorisation has nothing to remove', async ({ world }) => {
  assert.is((await world.ended(await world.leaves('902', '900', await today(world)))).outcome, 'nothingToRemove');
});

leaver.run();
waiting.run();
