import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { CaseStatus } from '../workflows/caseStatus.ts';
import type { MinSupportMood } from './support/minSupport.ts';
import type { SmtpMood } from './support/smtp.ts';
import { startWorld, type World } from './support/world.ts';

/** Min Support and the mail server are away, slow, or answer what they should not. */

type Context = { world: World };
/** Has a role without assignments; manager 1000, confirmations in English. */
const EMPLOYEE = '1005';
const MAIL = 'sian.hallback@example.org';
const MANAGERS_MAIL = 'birgitta.akerhielm@example.org';

const steps = (status: CaseStatus) => status.record.map(({ step }) => step);
const occasions = (world: World) => world.smtp.mails.map(({ headers }) => headers['x-aterkalla-occasion']).sort();
const ids = (world: World) => world.smtp.mails.map(({ headers }) => headers['message-id']);

/** Waits until something outside the case has happened, at most 30 s. */
async function until(world: World, isSo: () => boolean): Promise<void> {
  const limit = Date.now() + 30_000;
  while (!isSo()) {
    if (Date.now() > limit) throw new Error('waited 30 s in vain');
    await world.now();
  }
}

const withWorld = (name: string) => {
  const tests = suite<Context>(name);
  tests.before(async (context) => {
    context.world = await startWorld();
  });
  tests.before.each(({ world }) => world.fresh());
  tests.after(({ world }) => world.stop());
  return tests;
};

const minSupport = withWorld('Min Support');

const worthTryingAgain: Record<string, MinSupportMood> = {
  'answers 500': { kind: 'status', status: 500, body: 'no' },
  'answers 503 with a page': { kind: 'status', status: 503, body: '<html>maintenance</html>' },
  'answers 429': { kind: 'status', status: 429 },
  'answers 200 with garbage': { kind: 'status', status: 200, body: '\u0000{"orderNumber":' },
  'answers 201 without an order number': { kind: 'status', status: 201, body: '{"orderNumber":""}' },
};
for (const [what, mood] of Object.entries(worthTryingAgain))
  minSupport(`that ${what} is asked again until it takes the order, once`, async ({ world }) => {
    world.minSupport.behave(mood);
    const before = world.minSupport.calls.length;
    const handle = await world.remove(EMPLOYEE, '1000');
    await until(world, () => world.minSupport.calls.length >= before + 2);
    const waiting = await world.status(handle);
    assert.is(waiting.state, 'ordering');
    assert.equal(waiting.order, { number: null, state: 'sending' });
    world.minSupport.behave({ kind: 'ok' });
    const { order } = await world.inState(handle, 'removing');
    assert.equal(order, { number: 'T-1', state: 'sent' });
    assert.is(world.minSupport.orders.length, 1);
  });

minSupport('that is down gets the order when it is back', async ({ world }) => {
  await world.minSupport.down();
  const handle = await world.remove(EMPLOYEE, '1000');
  await world.inState(handle, 'ordering');
  await world.minSupport.up();
  await world.inState(handle, 'removing');
  assert.is(world.minSupport.orders.length, 1);
});

minSupport('that has the order already says its number', async ({ world }) => {
  world.minSupport.behave({ kind: 'had' });
  const { order } = await world.inState(await world.remove(EMPLOYEE, '1000'), 'removing');
  assert.equal(order, { number: 'T-1', state: 'sent' });
});

minSupport('that took the order and never said so is asked with the same key', async ({ world }) => {
  world.minSupport.behave({ kind: 'hang' });
  const before = world.minSupport.calls.length;
  const handle = await world.remove(EMPLOYEE, '1000');
  await until(world, () => world.minSupport.calls.length > before);
  world.minSupport.behave({ kind: 'slow', answersAfter: 500 });
  await world.inState(handle, 'removing');
  assert.is(world.minSupport.calls.length, before + 2);
  assert.is(world.minSupport.orders.length, 1);
});

minSupport(
  'that refuses stops the order: manager and helpdesk are told, the manager orders again',
  async ({ world }) => {
    world.minSupport.behave({ kind: 'status', status: 422, body: '{"message":"fältet roles saknas"}' });
    const handle = await world.remove(EMPLOYEE, '1000');
    const stopped = await world.inState(handle, 'orderStopped');
    assert.equal(stopped.accepts, ['decided', 'withdrawn']);
    assert.equal(stopped.order, { number: null, state: 'stopped' });
    assert.equal(
      stopped.waitingFor.map(({ task, mayAct }) => ({ task, mayAct })),
      [{ task: 'decide', mayAct: ['1000', '1002'] }],
    );
    // The test server, unlike a real one, loses an Update that comes while an activity reports.
    await world.until(handle, ({ value }) => JSON.stringify(value).includes('asking'));
    assert.equal(world.smtp.mails.flatMap(({ to }) => to).sort(), [MANAGERS_MAIL, 'helpdesk@localhost']);
    for (const { headers, text } of world.smtp.mails) {
      assert.is(headers['x-aterkalla-occasion'], 'orderStopped');
      assert.match(text, 'fältet roles saknas');
    }
    const calls = world.minSupport.calls.length;
    const stillRefused = await world.act(handle, 'decided', { by: '1000', decision: 'remove' });
    assert.is(stillRefused.refused, null);
    await world.until(handle, (status) => steps(status).filter((step) => step === 'orderStopped').length === 2);
    assert.is(world.minSupport.calls.length, calls + 1);

    world.minSupport.behave({ kind: 'ok' });
    await world.act(handle, 'decided', { by: '1002', decision: 'remove' });
    await world.inState(handle, 'removing');
    assert.equal(
      world.minSupport.orders.map(({ key, order }) => [key, order.orderedBy]),
      [[`${stopped.request}/3`, '1002']],
    );
    await world.act(handle, 'removed', { by: '1009' });
    const end = await world.ended(handle);
    assert.is(end.outcome, 'removed');
    assert.equal(
      end.record
        .filter(({ step }) => step === 'confirmed')
        .map(({ to }) => to?.[0])
        .sort(),
      ['1002', EMPLOYEE],
    );
    assert.is(new Set(ids(world)).size, ids(world).length);
  },
);

minSupport(
  'that answers 409 without an order number refuses, and a manager who then withdraws: no order is left',
  async ({ world }) => {
    world.minSupport.behave({ kind: 'status', status: 409, body: '{}' });
    const handle = await world.remove(EMPLOYEE, '1000');
    await world.inState(handle, 'orderStopped');
    await world.act(handle, 'withdrawn', { by: '1000', reason: 'behövs ändå' });
    assert.is((await world.ended(handle)).outcome, 'withdrawn');
    assert.equal(world.minSupport.orders, []);
  },
);

minSupport('away while the manager withdraws: the order that got through is cancelled first', async ({ world }) => {
  world.minSupport.behave({ kind: 'status', status: 500 });
  const handle = await world.remove(EMPLOYEE, '1000');
  await world.inState(handle, 'ordering');
  const answer = await world.act(handle, 'withdrawn', { by: '1000', reason: 'behövs ändå' });
  assert.is(answer.refused, null);
  assert.is((await world.act(handle, 'withdrawn', { by: '1000', reason: 'igen' })).refused, 'NotAccepted');
  world.minSupport.behave({ kind: 'ok' });
  const end = await world.ended(handle);
  assert.equal(steps(end), ['decided', 'withdrawn', 'ordered', 'orderCancelled']);
  assert.equal(
    world.minSupport.orders.map(({ cancelled }) => cancelled),
    [true],
  );
});

minSupport('away at a withdrawal is asked to cancel until it does', async ({ world }) => {
  const handle = await world.remove(EMPLOYEE, '1000');
  await world.inState(handle, 'removing');
  world.minSupport.behave({ kind: 'status', status: 502 });
  await world.act(handle, 'withdrawn', { by: '1000', reason: 'behövs ändå' });
  const calls = world.minSupport.calls.length;
  await until(world, () => world.minSupport.calls.length > calls);
  assert.is((await world.status(handle)).outcome, null);
  world.minSupport.behave({ kind: 'ok' });
  assert.is((await world.ended(handle)).outcome, 'withdrawn');
  assert.is(world.minSupport.orders[0]?.cancelled, true);
});

minSupport.run();

const mail = withWorld('the mail server');

/** A removal whose confirmations are under way. */
async function confirming(world: World) {
  const handle = await world.remove(EMPLOYEE, '1000');
  await world.inState(handle, 'removing');
  await world.act(handle, 'removed', { by: '1009' });
  return handle;
}

const awayForNow: Record<string, SmtpMood> = {
  'says 451': { kind: 'refuse', code: 451 },
  'is slow': { kind: 'slow', answersAfter: 1500 },
};
for (const [what, mood] of Object.entries(awayForNow))
  mail(`that ${what} is tried until it takes each confirmation, once`, async ({ world }) => {
    world.smtp.behave(mood);
    const tries = world.smtp.tries;
    const handle = await confirming(world);
    await until(world, () => world.smtp.tries >= tries + 2);
    assert.is((await world.status(handle)).state, 'confirming');
    world.smtp.behave({ kind: 'ok' });
    assert.is((await world.ended(handle)).outcome, 'removed');
    assert.equal(occasions(world), ['confirmation', 'confirmation']);
  });

mail('that is down gets the confirmations when it is back', async ({ world }) => {
  await world.smtp.down();
  const handle = await confirming(world);
  const waiting = await world.inState(handle, 'confirming');
  assert.is(steps(waiting).at(-1), 'gone');
  await world.smtp.up();
  assert.is((await world.ended(handle)).outcome, 'removed');
  assert.equal(occasions(world), ['confirmation', 'confirmation']);
});

mail('that refuses one reader for good is tried for a working day, then the helpdesk is told', async ({ world }) => {
  world.smtp.behave({ kind: 'refuse', code: 550, only: MAIL });
  const tries = world.smtp.tries;
  const from = await world.now();
  const handle = await confirming(world);
  const end = await world.ended(handle);
  const hours = (Date.parse(end.record.at(-1)?.at ?? '') - from.getTime()) / 3_600_000;
  assert.ok(hours >= 23 && hours <= 5 * 24, `it was tried for ${hours} h`);
  assert.ok(world.smtp.tries - tries >= 24, 'about every hour');
  assert.equal(steps(end).slice(-3), ['gone', 'confirmed', 'notConfirmed']);
  assert.equal(end.record.at(-1)?.to, [EMPLOYEE]);
  assert.not.match(JSON.stringify(end), '@example.org');
  assert.is(end.outcome, 'removed');
  assert.equal(
    world.smtp.mails.map(({ to, headers }) => [headers['x-aterkalla-occasion'], ...to]),
    [
      ['confirmation', MANAGERS_MAIL],
      ['mailRefused', 'helpdesk@localhost'],
    ],
  );
});

mail('that refuses everybody for good, the helpdesk too: the case ends all the same', async ({ world }) => {
  world.smtp.behave({ kind: 'refuse', code: 554 });
  const end = await world.ended(await confirming(world));
  assert.is(end.outcome, 'removed');
  assert.equal(steps(end).slice(-3), ['gone', 'notConfirmed', 'notConfirmed']);
  assert.equal(world.smtp.mails, []);
});

mail('that refused for an hour and then takes it: confirmed, and nobody else is told', async ({ world }) => {
  world.smtp.behave({ kind: 'refuse', code: 550 });
  const tries = world.smtp.tries;
  const handle = await confirming(world);
  await until(world, () => world.smtp.tries >= tries + 2);
  world.smtp.behave({ kind: 'ok' });
  const end = await world.ended(handle);
  assert.equal(steps(end).slice(-3), ['gone', 'confirmed', 'confirmed']);
  assert.equal(occasions(world), ['confirmation', 'confirmation']);
});

mail('that refuses a reminder for good: the record says so, and the next one comes', async ({ world }) => {
  world.smtp.behave({ kind: 'refuse', code: 550 });
  const handle = await world.remove(EMPLOYEE, '1000');
  await world.inState(handle, 'removing');
  await world.skip('8 days');
  const status = await world.until(handle, (now) => steps(now).includes('escalated'));
  assert.equal(
    status.record.slice(2).map(({ step, to, note }) => [step, to, typeof note]),
    [
      ['reminded', ['1009', '1010'], 'string'],
      ['escalated', ['helpdesk'], 'string'],
    ],
  );
  assert.is(status.state, 'removing');
});

mail.run();
