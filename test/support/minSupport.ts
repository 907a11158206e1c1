import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';

/** A Min Support on a free port that keeps what it is sent, once per key, and can be told to misbehave. */
export type TakenOrder = {
  at: number;
  number: string;
  key: string;
  order: Record<string, unknown>;
  cancelled: boolean;
};
/**
 * `ok`; `status`: that status and body, nothing taken; `had`: takes it and answers 409 with the number; `hang`: takes it
 * and never answers; `deaf`: takes nothing and never answers; `garbage`: takes it and answers what nobody understands;
 * `slow`: takes it and answers after so many milliseconds.
 */
export type MinSupportMood =
  | { kind: 'ok' | 'had' | 'hang' | 'deaf' | 'garbage' }
  | { kind: 'slow'; answersAfter: number }
  | { kind: 'status'; status: number; body?: string };
export type FakeMinSupport = {
  url: string;
  /** In the order that they came. */
  orders: TakenOrder[];
  /** Each call, e.g. `POST /orders`. */
  calls: string[];
  behave(mood: MinSupportMood): void;
  /** What it answers about one employee, whatever its mood; resolves once it was asked. */
  behaveTo(employee: string, mood: MinSupportMood): Promise<void>;
  /** Nobody listens on its port any more; and again. */
  down(): Promise<void>;
  up(): Promise<void>;
  stop(): Promise<void>;
};

const GARBAGE = '<html>{"orderNumber":';

/** @param port a port to take again after a stop; 0 takes a free one. */
export async function startMinSupport(port = 0): Promise<FakeMinSupport> {
  let mood: MinSupportMood = { kind: 'ok' };
  const orders: TakenOrder[] = [];
  const calls: string[] = [];
  const moods = new Map<string, { mood: MinSupportMood; asked: () => void }>();

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const answer = (status: number, body: string) =>
      response.writeHead(status, { 'Content-Type': 'application/json' }).end(body);
    const body = await text(request);
    calls.push(`${request.method} ${request.url}`);
    const cancelled = /^\/orders\/([^/]+)\/cancel$/.exec(request.url ?? '')?.[1];
    const toCancel = orders.find(({ number }) => number === decodeURIComponent(cancelled ?? ''));
    const about = toCancel?.order ?? JSON.parse(body || '{}');
    const special = moods.get(String(about.employee));
    const now = special?.mood ?? mood;
    special?.asked();
    const { kind } = now;
    if (kind === 'deaf') return;
    if (kind === 'status') {
      answer(now.status, now.body ?? '');
      return;
    }
    if (kind === 'slow') await setTimeout(now.answersAfter);
    if (cancelled !== undefined) {
      const order = toCancel;
      if (order) order.cancelled = true;
      if (kind === 'hang') return;
      answer(order ? 200 : 404, '{}');
      return;
    }
    const key = String(request.headers['idempotency-key']);
    let order = orders.find((taken) => taken.key === key);
    if (order === undefined) {
      order = { at: Date.now(), number: `T-${orders.length + 1}`, key, order: JSON.parse(body), cancelled: false };
      orders.push(order);
    }
    if (kind === 'hang') return;
    if (kind === 'garbage') {
      answer(201, GARBAGE);
      return;
    }
    answer(kind === 'had' ? 409 : 201, JSON.stringify({ orderNumber: order.number }));
  }

  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  const url = `http://127.0.0.1:${address.port}`;
  const down = async () => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };
  return {
    url,
    orders,
    calls,
    behave: (next) => {
      mood = next;
    },
    behaveTo: (employee, next) => new Promise((asked) => moods.set(employee, { mood: next, asked })),
    down,
    up: async () => {
      server.listen(address.port, '127.0.0.1');
      await once(server, 'listening');
    },
    stop: down,
  };
}
