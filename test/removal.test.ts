import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { removalId, requestNumber } from '../machines/requestNumber.ts';
import { type Case, startWorld, type World } from './support/world.ts';

/** The removal as the process page tells it, and each way that people really take. */

const removal = suite<{ world: World }>('A removal');

removal.before(async (context) => {
  context.world = await startWorld({ isDevelopmentServer: true });
});
removal.before.each(({ world }) => world.fresh());
removal.after(({ world }) => world.stop());

/** Where time is skipped each case has a world of its own: what earlier cases left would hold the clock. */
const waiting = suite<{ world: World }>('A removal that waits');

waiting.before.each(async (context) => {
  context.world = await startWorld();
});
waiting.after.each(({ world }) => world.stop());

const steps = ({ record }: { record: { step: string }[] }) => record.map(({ step }) => step);
const occasions = ({ smtp }: World) => smtp.mails.map(({ headers, to }) => [headers['x-aterkalla-occasion'], to[0]]);

/** The orders of a case, in the order they came. */
const ordersOf = ({ minSupport }: World, { workflowId }: Case) =>
  minSupport.orders.filter(({ order }) => String(order.request).startsWith(`${workflowId}-`));

removal('goes from the decision to the confirmation', async ({ world }) => {
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
  assert.equal(steps(end), ['decided', 'ordered', 'detached', 'removed', 'gone', 'confirmed', 'confirmed']);
  assert.equal(
    occasions(world).map(([occasion]) => occasion),
    ['confirmation', 'confirmation'],
  );
  assert.is(ordersOf(world, handle).length, 1);
});

removal('can be undone for a short time after sending, with nothing ordered and no mail sent', async ({ world }) => {
  const handle = await world.remove('1001', '1000', { undoFor: 600 });
  const status = await world.inState(handle, 'undoable');
  assert.equal(status.accepts, ['undone', 'withdrawn']);
  assert.is(Date.parse(status.undoUntil ?? '') - Date.parse(status.since), 600_000);
  assert.is((await world.act(handle, 'undone', { by: '1003' })).refused, 'Refused');
  assert.is((await world.act(handle, 'undone', { by: '1000' })).refused, null);
  const end = await world.ended(handle);
  assert.is(end.outcome, 'withdrawn');
  assert.equal(steps(end), ['decided', 'undone']);
  assert.equal(
    end.way.map(({ state }) => state),
    ['starting', 'undoable', 'withdrawn'],
  );
  assert.equal([ordersOf(world, handle).length, world.smtp.mails.length], [0, 0]);
});

removal('is returned too late where the register already shows it gone: then it ends as removed', async ({ world }) => {
  const handle = await world.remove('1005', '1000');
  await world.inState(handle, 'removing');
  await world.outside.register.setRoles('1005', 'SUS', []);
  await world.act(handle, 'returned', { by: '1009', reason: 'fel roll' });
  const end = await world.ended(handle);
  assert.is(end.outcome, 'removed');
  assert.equal(steps(end), ['decided', 'ordered', 'returnedTooLate', 'gone', 'confirmed', 'confirmed']);
  assert.ok(ordersOf(world, handle).every(({ cancelled }) => !cancelled));
});

removal('that was returned and is kept at once has its order cancelled once', async ({ world }) => {
  const handle = await world.remove('1005', '1000');
  await world.inState(handle, 'removing');
  await handle.signal('returned', { id: 'back', by: '1009', reason: 'fel roll' });
  await handle.signal('decided', { id: 'keep', by: '1000', decision: 'keep' });
  const end = await world.ended(handle);
  assert.is(end.outcome, 'kept');
  assert.is(steps(end).filter((step) => step === 'orderCancelled').length, 1);
});

removal(
  'says what was detached without a word, also where it is taken back before anybody looked',
  async ({ world }) => {
    const handle = await world.remove('1002', '1000', { roles: ['participantManager'] });
    await world.inState(handle, 'detaching');
    await world.outside.register.detachAssignment('a5');
    await world.act(handle, 'withdrawn', { by: '1000', reason: 'Ångrat' });
    const end = await world.ended(handle);
    assert.equal(steps(end), ['decided', 'ordered', 'foundDetached', 'withdrawn', 'orderCancelled']);
    assert.equal(end.record[2]?.assignments, ['a5']);
  },
);

removal('skips detaching where the person has no assignments', async ({ world }) => {
  const handle = await world.remove('1005', '1000');
  await world.inState(handle, 'removing');
  assert.is((await world.act(handle, 'removed', { by: '1010' })).refused, null);
  assert.is((await world.ended(handle)).outcome, 'removed');
});

removal('takes single roles and leaves the others', async ({ world }) => {
  const handle = await world.remove('1002', '1000', { roles: ['participantManager'] });
  const status = await world.inState(handle, 'detaching');
  assert.equal(
    status.waitingFor.flatMap(({ assignments }) => assignments),
    ['a5'],
  );
  await world.act(handle, 'detached', { by: '1003', assignments: ['a5'] });
  await world.act(handle, 'removed', { by: '1009' });
  assert.is((await world.ended(handle)).outcome, 'removed');
  const { roles } = await world.outside.register.facts('1002', 'SUS');
  assert.equal(roles, ['interventionManager']);
});

removal('lets both kinds of work go on side by side', async ({ world }) => {
  const handle = await world.remove('1002', '1000', { acknowledged: ['last-manager:i1'] });
  const status = await world.inState(handle, 'detaching');
  assert.equal(status.value, {
    detaching: { collaborationAdministrators: { asking: 'waiting' }, interventionManagers: { asking: 'waiting' } },
  });
  assert.is((await world.act(handle, 'detached', { by: '1003', assignments: ['a5'] })).state, 'detaching');
  assert.is((await world.act(handle, 'detached', { by: '1001', assignments: ['a3'] })).state, 'removing');
});

removal('takes one command that names both kinds of work as one act in the record', async ({ world }) => {
  const handle = await world.remove('1002', '1000', { acknowledged: ['last-manager:i1'] });
  await world.inState(handle, 'detaching');
  const answer = await world.act(handle, 'detached', { by: '1003', assignments: ['a3', 'a5'], note: 'klart' });
  assert.is(answer.state, 'removing');
  const { record } = await world.status(handle);
  assert.equal(
    record.filter(({ step }) => step === 'detached').map(({ assignments }) => assignments),
    [['a3', 'a5']],
  );
});

removal('refuses whole a list with an assignment that is not theirs', async ({ world }) => {
  const handle = await world.remove('1002', '1000', { acknowledged: ['last-manager:i1'] });
  await world.inState(handle, 'detaching');
  const answer = await world.act(handle, 'detached', { by: '1001', assignments: ['a3', 'a5'] });
  assert.is(answer.refused, 'Refused');
  assert.equal(
    (await world.status(handle)).waitingFor.flatMap(({ assignments }) => assignments),
    ['a3', 'a5'],
  );
});

removal('waits for the decision where warnings are not acknowledged, and asks for new ones too', async ({ world }) => {
  const handle = await world.remove('1002', '1000');
  const deciding = await world.inState(handle, 'deciding');
  assert.equal(deciding.warnings, [{ id: 'last-manager:i1' }]);
  assert.is((await world.act(handle, 'decided', { by: '1000', decision: 'remove' })).refused, 'Refused');
  const decided = { by: '1000', decision: 'remove', acknowledged: ['last-manager:i1'] };
  assert.is((await world.act(handle, 'decided', decided)).refused, null);
  const { warnings } = await world.inState(handle, 'detaching');
  assert.equal(warnings, [{ id: 'last-manager:i1', acknowledgedBy: '1000' }]);
});

removal('is proposed by the employee and decided by a deputy, whose manager the record names', async ({ world }) => {
  const handle = await world.remove('1001', '1001');
  await world.inState(handle, 'deciding');
  assert.is((await world.act(handle, 'decided', { by: '1001', decision: 'remove' })).refused, 'Refused');
  assert.is((await world.act(handle, 'decided', { by: '2000', decision: 'remove' })).refused, 'Refused');
  assert.is((await world.act(handle, 'decided', { by: '1002', decision: 'remove' })).refused, null);
  const { record } = await world.inState(handle, 'detaching');
  assert.equal(
    record.map(({ step, by, for: manager }) => [step, by, manager]),
    [
      ['proposed', '1001', undefined],
      ['decided', '1002', '1000'],
      ['ordered', undefined, undefined],
    ],
  );
});

removal('keeps what the manager decides to keep', async ({ world }) => {
  const handle = await world.remove('1001', '1009');
  await world.inState(handle, 'deciding');
  const answer = await world.act(handle, 'decided', { by: '1000', decision: 'keep', note: 'behövs' });
  assert.is(answer.outcome, 'kept');
  assert.is(ordersOf(world, handle).length, 0);
});

removal('never lets a manager who is a deputy decide on their own authorisation', async ({ world }) => {
  // 1002 is deputy of 1000, and 1000 is the manager of 1002.
  const handle = await world.remove('1002', '1002', { acknowledged: ['last-manager:i1'] });
  const { waitingFor } = await world.inState(handle, 'deciding');
  assert.equal(waitingFor[0]?.mayAct, ['1000']);
  const decided = { by: '1002', decision: 'remove', acknowledged: ['last-manager:i1'] };
  assert.is((await world.act(handle, 'decided', decided)).refused, 'Refused');
});

removal('is decided by human resources for the head, who has no manager', async ({ world }) => {
  await world.fresh((file) =>
    file.authorisations.push({ person: '900', system: 'SUS', roles: ['readOnlyStatistics'] }),
  );
  const handle = await world.remove('900', '901');
  await world.inState(handle, 'removing');
  assert.is((await world.act(handle, 'removed', { by: '1009' })).refused, null);
});

removal('is refused to whoever may not even propose it', async ({ world }) => {
  const handle = await world.remove('1001', '2003');
  assert.is((await world.ended(handle)).outcome, 'refused');
});

removal('has nothing to remove where the register shows nothing', async ({ world }) => {
  const handle = await world.remove('902', '900');
  assert.is((await world.ended(handle)).outcome, 'nothingToRemove');
});

removal('can be withdrawn until it is removed; its order is then cancelled', async ({ world }) => {
  const handle = await world.remove('1001', '1000');
  await world.inState(handle, 'detaching');
  assert.is((await world.act(handle, 'withdrawn', { by: '1003', reason: 'nej' })).refused, 'Refused');
  await world.act(handle, 'withdrawn', { by: '1000', reason: 'behövs ändå' });
  const end = await world.ended(handle);
  assert.is(end.outcome, 'withdrawn');
  assert.is(end.order?.state, 'cancelled');
  assert.ok(ordersOf(world, handle)[0]?.cancelled);
  assert.equal((await world.outside.register.facts('1001', 'SUS')).roles, ['collaborationAdministrator']);
});

removal('cancels the order that was on its way when it was withdrawn', async ({ world }) => {
  world.minSupport.behave({ kind: 'status', status: 503 });
  const handle = await world.remove('1001', '1000');
  await world.inState(handle, 'ordering');
  assert.is((await world.act(handle, 'withdrawn', { by: '1000', reason: 'ångrar' })).refused, null);
  assert.is((await world.act(handle, 'withdrawn', { by: '1000', reason: 'ångrar' })).refused, 'NotAccepted');
  world.minSupport.behave({ kind: 'ok' });
  const end = await world.ended(handle);
  assert.is(end.outcome, 'withdrawn');
  assert.equal(steps(end), ['decided', 'withdrawn', 'ordered', 'orderCancelled']);
  assert.ok(ordersOf(world, handle).every(({ cancelled }) => cancelled));
});

removal('ends as removed where it is withdrawn after the register shows it gone', async ({ world }) => {
  const handle = await world.remove('1001', '1000');
  await world.inState(handle, 'detaching');
  await world.outside.register.setRoles('1001', 'SUS', []);
  await world.act(handle, 'withdrawn', { by: '1000', reason: 'för sent' });
  const end = await world.ended(handle);
  assert.is(end.outcome, 'removed');
  assert.ok(steps(end).includes('withdrawnTooLate'));
});

removal('is returned with a reason, decided anew and ordered anew', async ({ world }) => {
  const handle = await world.remove('1005', '1000');
  await world.inState(handle, 'removing');
  assert.is((await world.act(handle, 'returned', { by: '1000', reason: 'oklart' })).refused, 'Refused');
  assert.is((await world.act(handle, 'returned', { by: '1009', reason: 'oklart' })).state, 'deciding');
  await world.until(handle, ({ order }) => order?.state === 'cancelled');
  await world.until(handle, () => world.smtp.mails.length === 1);
  assert.is((await world.act(handle, 'decided', { by: '1000', decision: 'remove' })).refused, null);
  await world.inState(handle, 'removing');
  await world.act(handle, 'removed', { by: '1009' });
  assert.is((await world.ended(handle)).outcome, 'removed');
  assert.equal(
    ordersOf(world, handle).map(({ key, cancelled }) => [key.split('/')[1], cancelled]),
    [
      ['1', true],
      ['2', false],
    ],
  );
  assert.ok(occasions(world).some(([occasion]) => occasion === 'returned'));
});

waiting('is ordered once the time to undo it is over; a proposal waits for the decision as ever', async ({ world }) => {
  const handle = await world.remove('1005', '1000', { undoFor: 30 });
  await world.inState(handle, 'undoable');
  await world.skip('31 seconds');
  await world.inState(handle, 'removing');
  assert.is((await world.act(handle, 'undone', { by: '1000' })).refused, 'NotAccepted');
  const proposal = await world.remove('1001', '1001', { undoFor: 30 });
  await world.inState(proposal, 'deciding');
});

waiting('goes on where somebody was faster and the register no longer shows it', async ({ world }) => {
  const handle = await world.remove('1005', '1000');
  await world.inState(handle, 'removing');
  await world.outside.register.setRoles('1005', 'SUS', []);
  await world.skip('4 days');
  await world.skip('4 days');
  const end = await world.ended(handle);
  assert.is(end.outcome, 'removed');
  assert.equal(
    steps(end).filter((step) => step === 'removed'),
    [],
  );
});

removal('has nothing to decide where the authorisation went meanwhile', async ({ world }) => {
  const handle = await world.remove('1005', '1005');
  await world.inState(handle, 'deciding');
  await world.outside.register.setRoles('1005', 'SUS', []);
  const answer = await world.act(handle, 'decided', { by: '1000', decision: 'remove' });
  assert.is(answer.outcome, 'nothingToRemove');
  assert.is(ordersOf(world, handle).length, 0);
});

removal('falls to human resources where the manager disappears from the register', async ({ world }) => {
  const handle = await world.remove('1001', '1001');
  await world.inState(handle, 'deciding');
  await world.change((file) => {
    file.people = file.people.filter(({ id }) => id !== '1000');
    for (const person of file.people) {
      if (person.manager === '1000') person.manager = '900';
      person.deputies = person.deputies.filter((id) => id !== '1000');
    }
  });
  assert.is((await world.act(handle, 'decided', { by: '1000', decision: 'remove' })).refused, 'Refused');
  assert.is((await world.act(handle, 'decided', { by: '900', decision: 'remove' })).refused, null);
});

waiting('ends as the register shows where the employee disappears from it', async ({ world }) => {
  const handle = await world.remove('1005', '1000');
  await world.inState(handle, 'removing');
  await world.change((file) => {
    file.people = file.people.filter(({ id }) => id !== '1005');
    file.authorisations = file.authorisations.filter(({ person }) => person !== '1005');
  });
  await world.skip('8 days');
  const end = await world.ended(handle);
  assert.is(end.outcome, 'removed');
  assert.equal(
    end.record.filter(({ step }) => step === 'confirmed').map(({ to }) => to),
    [['1000']],
  );
});

removal('asks the authorisation administration where nobody is left who may detach', async ({ world }) => {
  const handle = await world.remove('2001', '2000', { acknowledged: ['last-administrator:finsam-sodra'] });
  const { waitingFor } = await world.inState(handle, 'detaching');
  assert.equal(waitingFor[0]?.mayAct, ['1009', '1010']);
  assert.is((await world.act(handle, 'detached', { by: '1010', assignments: ['a8'] })).state, 'removing');
});

removal('no longer accepts who lost the right, and accepts who gained it', async ({ world }) => {
  const handle = await world.remove('1001', '1000');
  await world.inState(handle, 'detaching');
  await world.change((file) => {
    file.assignments = file.assignments.filter(({ id }) => id !== 'a2');
    file.authorisations.push({ person: '1004', system: 'SUS', roles: ['collaborationAdministrator'] });
    file.authorisations = file.authorisations.filter(
      ({ person, roles }) => person !== '1004' || roles.includes('collaborationAdministrator'),
    );
    file.assignments = file.assignments.filter(({ person }) => person !== '1004');
    file.assignments.push({
      id: 'a99',
      person: '1004',
      role: 'collaborationAdministrator',
      organisation: 'finsam-ovre',
      intervention: null,
      stranded: false,
    });
  });
  assert.is((await world.act(handle, 'detached', { by: '1003', assignments: ['a1'] })).refused, 'Refused');
  assert.is((await world.act(handle, 'detached', { by: '1004', assignments: ['a1'] })).state, 'removing');
});

removal('goes back to detaching where something is attached again just before removing', async ({ world }) => {
  const handle = await world.remove('1001', '1000');
  await world.inState(handle, 'detaching');
  await world.act(handle, 'detached', { by: '1003', assignments: ['a1'] });
  await world.change();
  assert.is((await world.act(handle, 'removed', { by: '1009' })).state, 'detaching');
  assert.equal((await world.outside.register.facts('1001', 'SUS')).roles, ['collaborationAdministrator']);
  assert.equal(world.smtp.mails.length, 0);
});

waiting('reminds after three Swedish working days, escalates after five, and goes on reminding', async ({ world }) => {
  const handle = await world.remove('1001', '1001');
  await world.inState(handle, 'deciding');
  await world.skip('30 days');
  const { record } = await world.until(handle, (status) => status.record.length >= 4);
  assert.equal(
    record.slice(1, 4).map(({ step, to }) => [step, to]),
    [
      ['reminded', ['1000']],
      ['escalated', ['900']],
      ['reminded', ['1000']],
    ],
  );
});

removal('orders again after Min Support refused, once the manager says so', async ({ world }) => {
  world.minSupport.behave({ kind: 'status', status: 422, body: 'unknown role' });
  const handle = await world.remove('1005', '1000');
  const stopped = await world.inState(handle, 'orderStopped');
  assert.equal(stopped.waitingFor[0]?.mayAct, ['1000', '1002']);
  await world.until(handle, ({ value }) => JSON.stringify(value) === '{"orderStopped":{"asking":"waiting"}}');
  assert.equal(
    occasions(world).map(([occasion]) => occasion),
    ['orderStopped', 'orderStopped'],
  );
  world.minSupport.behave({ kind: 'ok' });
  await world.act(handle, 'decided', { by: '1000', decision: 'remove' });
  await world.inState(handle, 'removing');
  assert.equal(
    ordersOf(world, handle).map(({ key }) => key.split('/')[1]),
    ['2'],
  );
});

removal('has a request number made from its start command', async ({ world }) => {
  const handle = await world.remove('1005', '1000', { id: 'my-start' });
  const { request } = await world.status(handle);
  assert.is(request, requestNumber(removalId('1005'), 'my-start'));
  assert.match(request, /^removal-SUS-1005-[0-9a-z]{6}$/);
  await world.act(handle, 'withdrawn', { by: '1000', reason: 'slut' });
});

removal.run();
waiting.run();
