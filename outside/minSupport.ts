import * as z from 'zod';
import { type MinSupport, OrderRefused } from '../activities/ports.ts';
import type { Database } from './database.ts';

/** Min Support, where orders on form 9460 go: over HTTP (contract, "Orders"), or into the embedded database. */

/** How long one call may take, in milliseconds, before it counts as no answer. */
const LONGEST_WAIT = 10_000;
/** Longest answer that is read, in bytes, and longest reason that is passed on, in characters. */
const LONGEST_ANSWER = 65_536;
const LONGEST_REASON = 300;

// It begins with a letter or digit, so that `..` never becomes part of an address.
const orderNumber = z.string().regex(/^[\p{L}\p{N}][\p{L}\p{N}\p{P}\p{S} ]{0,63}$/u);
const ordered = z.object({ orderNumber });
const reasons = z.object({
  message: z.string().optional(),
  detail: z.string().optional(),
  error: z.string().optional(),
  title: z.string().optional(),
});

async function textOf(response: Response): Promise<string> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > LONGEST_ANSWER) break;
  }
  return text;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What the server said was wrong, in one line and of bounded length. */
function reasonIn(text: string): string {
  const said = reasons.safeParse(jsonOf(text)).data;
  const reason = said?.message ?? said?.detail ?? said?.error ?? said?.title ?? text;
  const line = reason.replaceAll(/[\p{C}\p{Z}\s]+/gu, ' ').trim();
  return [...line].length > LONGEST_REASON ? `${[...line].slice(0, LONGEST_REASON).join('')}…` : line;
}

/** @param base MIN_SUPPORT_URL; a user and password in it become Basic authentication. */
export function httpMinSupport(base: string, longestWait = LONGEST_WAIT): MinSupport {
  const address = new URL(base);
  const login = `${decodeURIComponent(address.username)}:${decodeURIComponent(address.password)}`;
  const authorization =
    login === ':' ? {} : { Authorization: `Basic ${Buffer.from(login, 'utf8').toString('base64')}` };
  address.username = '';
  address.password = '';
  const root = address.href.replace(/\/+$/, '');

  const post = async (path: string, headers: Record<string, string>, body?: object) => {
    try {
      const response = await fetch(`${root}/${path}`, {
        method: 'POST',
        headers: { Accept: 'application/json', ...authorization, ...headers },
        body: body ? JSON.stringify(body) : null,
        // A redirected POST would arrive as something else: better an error that says so.
        redirect: 'manual',
        signal: AbortSignal.timeout(longestWait),
      });
      return { status: response.status, text: await textOf(response) };
    } catch (error) {
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
      throw new Error(`Min Support does not answer: ${cause instanceof Error ? cause.message : cause}`);
    }
  };

  return {
    async order(key, order) {
      const headers = { 'Content-Type': 'application/json', 'Idempotency-Key': key };
      const { status, text } = await post('orders', headers, order);
      if (status === 200 || status === 201 || status === 409) {
        const answer = ordered.safeParse(jsonOf(text));
        if (answer.success) return { orderNumber: answer.data.orderNumber };
        // A conflict that names no order is a refusal like other 4xx (contract, "Orders").
        if (status !== 409)
          throw new Error(`Min Support answered ${status} without an order number; expected { "orderNumber": "…" }`);
      }
      if (status >= 400 && status < 500 && status !== 429)
        throw new OrderRefused(`${reasonIn(text)} (${status})`.trim());
      throw new Error(`Min Support answered ${status}`);
    },
    async cancel(number) {
      const { status } = await post(`orders/${encodeURIComponent(number)}/cancel`, {});
      if (status !== 200 && status !== 404 && status !== 409)
        throw new Error(`Min Support answered ${status} when order ${number} was to be cancelled`);
    },
  };
}

const numberRow = z.object({ number: z.coerce.number() });

/** Orders land in the database, once per key, with the numbers `MS-1`, `MS-2`, … */
export function embeddedMinSupport({ query }: Database): MinSupport {
  return {
    async order(key, order) {
      // The first statement finds an order that is there without using up a number for nothing.
      const rows = [
        ...(await query('select number from aterkalla.orders where key = $1', [key])),
        ...(await query(
          `insert into aterkalla.orders (key, body)
           select $1, $2::text::jsonb where not exists (select from aterkalla.orders where key = $1)
           on conflict (key) do nothing returning number`,
          [key, JSON.stringify(order)],
        )),
      ];
      if (rows[0] === undefined) throw new Error(`order ${key} is being taken by somebody else; try again`);
      return { orderNumber: `MS-${numberRow.parse(rows[0]).number}` };
    },
    async cancel(number) {
      const id = /^MS-(\d{1,15})$/.exec(number)?.[1];
      if (id !== undefined)
        await query(`update aterkalla.orders set state = 'cancelled' where number = $1::text::bigint`, [id]);
    },
  };
}

const storedOrder = z.object({
  number: z.string(),
  key: z.string(),
  state: z.enum(['sent', 'cancelled']),
  body: z.object({
    form: z.literal('9460'),
    request: z.string(),
    employee: z.string(),
    system: z.string(),
    roles: z.array(z.string()),
    orderedBy: z.string(),
    decidedAt: z.string(),
  }),
});
export type StoredOrder = z.infer<typeof storedOrder>;

/** The orders that the embedded Min Support has taken, oldest first. */
export async function storedOrders({ query }: Database): Promise<StoredOrder[]> {
  const rows = await query(
    `select 'MS-' || number as number, key, state, body from aterkalla.orders o order by o.number`,
  );
  return rows.map((row) => storedOrder.parse(row));
}
