import { randomUUID } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { at } from './support/commandLine.ts';
import { type PortalSystem, startPortalSystem } from './support/portalSystem.ts';
import { loggedIn, type Visitor } from './support/visitor.ts';

/** A case's page that changes by itself: the stream of events behind it. */

const test = suite("the portal's event streams");
let portal: PortalSystem;
test.before(async () => {
  portal = await startPortalSystem({ UNDO_SECONDS: '0' });
});
test.after(() => portal?.stop());

type Sent = { id: string; event: string; data: unknown };

/** The stream as a browser reads it. */
async function streamOf(who: Visitor, request: string, lastSeen?: string) {
  const abort = new AbortController();
  const answer = await who.fetch(`/api/cases/${request}/events`, {
    signal: abort.signal,
    headers: { accept: 'text/event-stream', ...(lastSeen && { 'last-event-id': lastSeen }) },
  });
  assert.is(answer.status, 200);
  assert.match(answer.headers.get('content-type') ?? '', 'text/event-stream');
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  let isOver = false;

  return {
    close: () => abort.abort(),
    /** The next event; null where the stream has ended, or broke. */
    async next(within = 30_000): Promise<Sent | null> {
      const late = setTimeout(() => abort.abort(), within);
      try {
        for (;;) {
          const end = text.indexOf('\n\n');
          if (end >= 0) {
            const block = text.slice(0, end);
            text = text.slice(end + 2);
            const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1] ?? '';
            if (field('event')) return { id: field('id'), event: field('event'), data: JSON.parse(field('data')) };
            continue;
          }
          if (isOver) return null;
          const { done, value } = (await reader?.read()) ?? { done: true, value: '' };
          text += value ?? '';
          isOver = done;
        }
      } catch {
        return null;
      } finally {
        clearTimeout(late);
      }
    },
    async until(state: string): Promise<Sent> {
      for (;;) {
        const sent = await this.next();
        if (!sent) throw new Error(`the stream ended before ${state}`);
        if (at(sent.data, 'state') === state) return sent;
      }
    },
  };
}

const id = () => randomUUID();
const order = async (by: Visitor, employee: string) =>
  String(at((await by.post('/api/removals', { id: id(), employee })).json, 'request'));

test('everybody who looks at a case sees it change, without asking', async () => {
  const [manager, administration] = [await portal.as('1000'), await portal.as('1009')];
  const request = await order(manager, '1001');
  const streams = [await streamOf(manager, request), await streamOf(administration, request)];
  for (const stream of streams) await stream.until('detaching');
  await (await portal.as('1003')).post(`/api/cases/${request}/detached`, { id: id(), assignments: ['a1'] });
  for (const stream of streams) await stream.until('removing');
  await administration.post(`/api/cases/${request}/removed`, { id: id() });
  for (const stream of streams) {
    const { data } = await stream.until('removed');
    assert.is(at(data, 'outcome'), 'removed');
    stream.close();
  }
});

test('who comes back after a lost connection is told only what is new', async () => {
  const manager = await portal.as('1000');
  const request = await order(manager, '1005');
  const first = await streamOf(manager, request);
  const { id: seen } = await first.until('removing');
  first.close();
  const unchanged = await streamOf(manager, request, seen);
  await manager.post(`/api/cases/${request}/withdrawn`, { id: id(), reason: 'r' });
  const next = await unchanged.next();
  assert.is.not(at(next?.data, 'state'), 'removing');
  unchanged.close();
  const later = await streamOf(manager, request, seen);
  assert.is(at((await later.next())?.data, 'outcome'), 'withdrawn');
  later.close();
});

test('a stream goes on after the whole system was started again', async () => {
  const manager = await portal.as('1000');
  const request = await order(manager, '1004');
  const first = await streamOf(manager, request);
  const { id: seen } = await first.until('detaching');
  await portal.restart();
  assert.is(await first.next(), null, 'the connection was lost');
  const again = await streamOf(manager, request, seen);
  await manager.post(`/api/cases/${request}/withdrawn`, { id: id(), reason: 'r' });
  await again.until('withdrawn');
  again.close();
});

test('a stream ends with the right to read, and with the login', async () => {
  const manager = await portal.as('1000');
  const request = await order(manager, '1004');
  await portal.reaches(request, 'detaching');
  const detacher = await loggedIn(portal.url, '1003');
  const [one, other] = [await streamOf(detacher, request), await streamOf(manager, request)];
  await Promise.all([one.until('detaching'), other.until('detaching')]);
  await portal.library.register.set('1003', []);
  assert.is((await one.next())?.event, 'gone');
  assert.is(await one.next(), null);
  other.close();
  const leaving = await loggedIn(portal.url, '1000');
  const last = await streamOf(leaving, request);
  await last.until('detaching');
  await leaving.post('/api/logout');
  for (let sent = await last.next(); ; sent = await last.next())
    if (sent?.event !== 'case') {
      assert.is(sent?.event, 'loggedOut');
      break;
    }
});

test('nobody holds the portal up with streams without end', async () => {
  const administration = await portal.as('1010');
  const request = await order(await portal.as('1000'), '1002');
  const streams = await Promise.all(Array.from({ length: 50 }, () => streamOf(administration, request)));
  assert.is((await administration.fetch(`/api/cases/${request}/events`)).status, 429);
  for (const stream of streams) stream.close();
  // They are free again once the portal has seen that nobody reads them.
  for (const limit = Date.now() + 20_000; ; ) {
    const abort = new AbortController();
    const { status } = await administration.fetch(`/api/cases/${request}/events`, { signal: abort.signal });
    abort.abort();
    if (status === 200) break;
    if (Date.now() > limit) assert.unreachable('the streams are not given back');
  }
});

test.run();
