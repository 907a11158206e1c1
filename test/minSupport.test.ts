import { ApplicationFailure } from '@temporalio/common';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createMinSupportSources } from '../activities/minSupport.ts';
import type { Order } from '../activities/ports.ts';
import { embeddedMinSupport, httpMinSupport, storedOrders } from '../outside/minSupport.ts';
import { type FakeMinSupport, startMinSupport } from './support/minSupport.ts';
import { databases } from './support/registers.ts';

const order: Order = {
  form: '9460',
  request: 'removal-SUS-1001-7f3k9q',
  employee: '1001',
  system: 'SUS',
  roles: ['collaborationAdministrator'],
  orderedBy: '1000',
  decidedAt: '2026-11-24T09:00:00.000Z',
};
const KEY = 'removal-SUS-1001-7f3k9q/1';

async function failureOf(promise: Promise<unknown>): Promise<Error> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.instance(error, Error);
  return error instanceof Error ? error : new Error('nothing failed');
}

const http = suite('Min Support over HTTP');
let server: FakeMinSupport;

http.before.each(async () => {
  server = await startMinSupport();
});
http.after.each(() => server.stop());

http('an order is sent with its key and answered with its number', async () => {
  assert.equal(await httpMinSupport(server.url).order(KEY, order), { orderNumber: 'T-1' });
  assert.is(server.orders.length, 1);
  const [taken] = server.orders;
  assert.equal({ ...taken, at: 0 }, { at: 0, number: 'T-1', key: KEY, order, cancelled: false });
});

http('the same order again is the same order, also where it answers 409', async () => {
  const client = httpMinSupport(`${server.url}/`);
  await client.order(KEY, order);
  server.behave({ kind: 'had' });
  assert.equal(await client.order(KEY, order), { orderNumber: 'T-1' });
  assert.is(server.orders.length, 1);
});

for (const status of [500, 503, 429, 302])
  http(`${status} is worth trying again`, async () => {
    server.behave({ kind: 'status', status });
    const error = await failureOf(httpMinSupport(server.url).order(KEY, order));
    assert.is(error.name, 'Error');
    assert.match(error.message, String(status));
  });

for (const [what, status, body] of [
  ['no JSON', 200, '<html>'],
  ['nothing', 201, ''],
  ['no order number', 200, '{}'],
  ['an order number of a wrong type', 201, '{"orderNumber":17}'],
  ['an order number that leads elsewhere', 201, '{"orderNumber":"../x"}'],
  ['an order number with control characters', 201, '{"orderNumber":"T\\u00001"}'],
] as const)
  http(`an answer with ${what} is worth trying again`, async () => {
    server.behave({ kind: 'status', status, body });
    assert.is((await failureOf(httpMinSupport(server.url).order(KEY, order))).name, 'Error');
  });

http('a conflict that names no order refuses for good', async () => {
  server.behave({ kind: 'status', status: 409, body: '{"error":"conflict"}' });
  const error = await failureOf(httpMinSupport(server.url).order(KEY, order));
  assert.is(error.name, 'OrderRefused');
});

http('other 4xx refuse for good, with what the server said in one bounded line', async () => {
  server.behave({
    kind: 'status',
    status: 422,
    body: JSON.stringify({ message: `Unknown\n\u0007 role ${'x'.repeat(900)}` }),
  });
  const error = await failureOf(httpMinSupport(server.url).order(KEY, order));
  assert.is(error.name, 'OrderRefused');
  assert.match(error.message, 'Unknown role xxx');
  assert.ok(error.message.length < 400);
});

http('a refusal stops the activity for good, another error does not', async () => {
  const sources = createMinSupportSources(httpMinSupport(server.url));
  const { form: _, ...input } = order;
  server.behave({ kind: 'status', status: 400, body: 'no such employee' });
  const refused = await failureOf(sources.order({ ...input, running: 1 }));
  assert.instance(refused, ApplicationFailure);
  assert.ok(refused instanceof ApplicationFailure && refused.nonRetryable && refused.type === 'OrderRefused');
  server.behave({ kind: 'status', status: 500 });
  assert.not.instance(await failureOf(sources.order({ ...input, running: 1 })), ApplicationFailure);
  server.behave({ kind: 'ok' });
  await sources.order({ ...input, running: 2 });
  assert.is(server.orders[0]?.key, 'removal-SUS-1001-7f3k9q/2');
});

http('no answer is worth trying again, and the next try finds the order already there', async () => {
  server.behave({ kind: 'hang' });
  const error = await failureOf(httpMinSupport(server.url, 200).order(KEY, order));
  assert.is(error.name, 'Error');
  assert.match(error.message, 'does not answer');
  server.behave({ kind: 'ok' });
  assert.equal(await httpMinSupport(server.url).order(KEY, order), { orderNumber: 'T-1' });
  assert.is(server.orders.length, 1);
});

http('nobody there is worth trying again, and the error does not tell the password', async () => {
  const gone = await startMinSupport();
  await gone.stop();
  const url = gone.url.replace('//', '//user:secret@');
  const error = await failureOf(httpMinSupport(url).order(KEY, order));
  assert.match(error.message, 'does not answer');
  assert.not.match(error.message, 'secret');
});

http('cancelling ends with 200, 404 and 409, and with nothing else', async () => {
  const client = httpMinSupport(server.url);
  await client.order(KEY, order);
  await client.cancel('T-1');
  await client.cancel('T-99');
  assert.is(server.orders[0]?.cancelled, true);
  server.behave({ kind: 'status', status: 409 });
  await client.cancel('T-1');
  for (const status of [500, 429, 400]) {
    server.behave({ kind: 'status', status });
    assert.match((await failureOf(client.cancel('T/1'))).message, String(status));
  }
  assert.is(server.calls.at(-1), 'POST /orders/T%2F1/cancel');
});

http.run();

for (const [kind, open] of Object.entries(databases)) {
  const embedded = suite(`embedded Min Support, ${kind}`);

  embedded('orders get numbers in turn, once per key, and can be cancelled', async () => {
    const { database, stop } = await open();
    const client = embeddedMinSupport(database);
    assert.equal(await client.order(KEY, order), { orderNumber: 'MS-1' });
    assert.equal(await client.order(KEY, order), { orderNumber: 'MS-1' });
    assert.equal(await client.order(`${KEY}0`, order), { orderNumber: 'MS-2' });
    const many = await Promise.allSettled([1, 2, 3].map(() => client.order('together', order)));
    const numbers = many.flatMap((one) => (one.status === 'fulfilled' ? [one.value.orderNumber] : []));
    assert.equal([...new Set(numbers)].length, 1);
    for (const number of ['MS-2', 'MS-2', 'MS-99', 'else']) await client.cancel(number);
    const stored = await storedOrders(database);
    assert.equal(
      stored.map(({ key, state }) => ({ key, state })),
      [
        { key: KEY, state: 'sent' },
        { key: `${KEY}0`, state: 'cancelled' },
        { key: 'together', state: 'sent' },
      ],
    );
    assert.equal(stored[0]?.body, order);
    await stop();
  });

  embedded.run();
}
