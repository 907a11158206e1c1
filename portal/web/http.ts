import * as z from 'zod/mini';
import { type Problem, problem as problemSchema, type RouteName, routes } from '../api.ts';
import { t } from './language.ts';

/** Calls of the portal's API. What goes out and what comes back is checked by the schemas of `portal/api.ts`. */

type Answering = {
  [Name in RouteName]: (typeof routes)[Name] extends { answer: z.ZodMiniType } ? Name : never;
}[RouteName];
type AnswerOf<Name extends Answering> = z.output<(typeof routes)[Name]['answer']>;
type BodyOf<Name extends Answering> = (typeof routes)[Name] extends { body: infer Body extends z.ZodMiniType }
  ? z.input<Body>
  : undefined;

export type Given<Name extends Answering> = {
  params?: Record<string, string>;
  query?: Record<string, string | readonly string[] | undefined>;
  body?: BodyOf<Name>;
};

/** What the server refused, or that it cannot be reached: what was wrong and what to do, in the person's language. */
export class Refused extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.detail);
    this.problem = problem;
  }
}

const token = { csrf: '' };
let onLoggedOut = (): void => {};

/** The token that goes with whatever changes something; the session hands it over. */
export const useToken = (csrf: string): void => {
  token.csrf = csrf;
};
/** What happens when the server says that nobody is logged in any more. */
export const whenLoggedOut = (handler: () => void): void => {
  onLoggedOut = handler;
};

/** The address of a route. */
export function addressOf(
  name: RouteName,
  params: Record<string, string> = {},
  query: Record<string, string | readonly string[] | undefined> = {},
): string {
  const path = routes[name].path.replace(/:(\w+)/g, (_, key: string) => encodeURIComponent(params[key] ?? ''));
  const search = new URLSearchParams(
    Object.entries(query).flatMap(([key, value]) =>
      [value ?? []].flat().flatMap((one) => (one === '' ? [] : [[key, one]])),
    ),
  ).toString();
  return search ? `${path}?${search}` : path;
}

/**
 * Calls a route that answers JSON.
 *
 * @throws Refused with the problem that the server names; where it cannot be reached or answers nonsense, with one of ours.
 */
export async function call<Name extends Answering>(name: Name, given?: Given<Name>): Promise<AnswerOf<Name>>;
export async function call(name: Answering, { params, query, body }: Given<Answering> = {}): Promise<unknown> {
  const { method, answer } = routes[name];
  const response = await fetch(addressOf(name, params, query), {
    method,
    headers: {
      accept: 'application/json',
      ...(method === 'GET' ? {} : { 'content-type': 'application/json', 'x-csrf-token': token.csrf }),
    },
    ...(method === 'GET' ? {} : { body: JSON.stringify(body ?? {}) }),
  }).catch(() => undefined);
  const value: unknown = await response?.json().catch(() => undefined);
  if (!response || value === undefined) throw new Refused(ours('Unreachable', response?.status ?? 0));
  if (!response.ok) {
    const problem = problemSchema.safeParse(value);
    if (!problem.success) throw new Refused(ours('Unreachable', response.status));
    if (problem.data.code === 'NotLoggedIn') onLoggedOut();
    throw new Refused(problem.data);
  }
  const parsed = z.safeParse(answer, value);
  if (!parsed.success) throw new Refused(ours('OtherVersion', response.status));
  return parsed.data;
}

const ours = (code: 'Unreachable' | 'OtherVersion', status: number): Problem => ({
  type: 'about:blank',
  title: code,
  status,
  detail: t(code === 'Unreachable' ? 'problem.unreachable' : 'problem.otherVersion'),
  code,
});

/** The problem that something ended in; what is no refusal is thrown on. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Refused) return error.problem;
  throw error;
}

/** A command's own id, made once per form: sent twice it takes effect once. */
export const newId = (): string =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
