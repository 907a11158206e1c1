import * as z from 'zod/mini';
import { ClientError } from '../client/errors.ts';
import { type Answer, answer, problem } from '../portal/api.ts';
import { loggedIn, type Visitor } from '../test/support/visitor.ts';
import { problems } from '../texts/problems.ts';
import type { Portal } from './portal.ts';

/** People at the portal: each logs in once, and sends forms. Their cookies must be good for as long as the run lasts. */

/** One form, with the id that it was given when it was opened. */
export type Form = { person: string; path: string; body: { id: string } & Record<string, unknown> };

export type PortalPeople = {
  /**
   * Sends a form.
   *
   * @param twice a doubled click: both are on their way at once.
   * @throws ClientError where it is refused, or may be tried again: no answer, or one that says so. Error where the portal
   *   answers what it must not.
   */
  send(form: Form, twice: boolean): Promise<Answer>;
  /** Sends again, with its id, what was accepted before. Throws as `send` does, and where the answer is another. */
  sendAgain(accepted: Accepted): Promise<void>;
  /** How often the portal has been killed until now. */
  readonly kills: number;
  readonly counts: { doubled: number; again: number; againAfterKill: number };
};

/** A form, what it was answered, and how often the portal had been killed by then. */
export type Accepted = { form: Form; answer: Answer; kills: number };

const REFUSALS = ['AlreadyOpen', 'NotAccepted', 'NotFound', 'Refused'];
const TRY_AGAIN = ['TryAgain', 'Unreachable'];

export function createPortalPeople(portal: Portal): PortalPeople {
  const visitors = new Map<string, Promise<Visitor>>();
  const counts = { doubled: 0, again: 0, againAfterKill: 0 };

  function at(person: string): Promise<Visitor> {
    const known = visitors.get(person);
    if (known) return known;
    const { kills } = portal;
    const arriving = loggedIn(portal.url, person).catch((error: unknown) => {
      visitors.delete(person);
      // Half a login is of no use to a portal that was started anew; but it must be answered.
      const isAnswered = !(error instanceof Error && error.name === 'TimeoutError');
      throw isAnswered && portal.kills > kills ? away(error) : awayOr(error);
    });
    visitors.set(person, arriving);
    return arriving;
  }

  async function once({ person, path, body }: Form): Promise<Answer> {
    const visitor = await at(person);
    const { status, json } = await visitor.post(path, body).catch((error: unknown) => {
      throw awayOr(error);
    });
    if (status === 200) return z.parse(answer, json);
    const { code, detail } = z.parse(problem, json);
    if (!REFUSALS.includes(code) && !TRY_AGAIN.includes(code)) throw new Error(`${status} ${code}: ${detail}`);
    throw new ClientError(code, { sv: detail, en: detail });
  }

  async function twice(form: Form): Promise<Answer> {
    const both = await Promise.allSettled([once(form), once(form)]);
    const said = both.map(saidIn).filter((each) => each !== null);
    if (said.length === 2) counts.doubled++;
    if (new Set(said).size > 1) throw new Error(`a doubled click was answered ${said.join(' and ')}`);
    const [one, other] = both;
    const answered = saidIn(one) === null ? other : one;
    if (answered.status === 'fulfilled') return answered.value;
    throw answered.reason;
  }

  return {
    get kills() {
      return portal.kills;
    },
    counts,
    send: (form, isTwice) => (isTwice ? twice(form) : once(form)),
    async sendAgain({ form, answer, kills }) {
      const now = await once(form);
      counts.again++;
      if (portal.kills > kills) counts.againAfterKill++;
      const [before, after] = [JSON.stringify(answer), JSON.stringify(now)];
      if (before !== after) throw new Error(`what was answered ${before} is now answered ${after}`);
    },
  };
}

const away = (error: unknown) => new ClientError('Unreachable', problems.unreachable('', String(error)), {}, error);

/** Nobody answers: the connection is refused, or breaks; or what a form takes, a login and a token, cannot be had. */
const awayOr = (error: unknown): unknown =>
  error instanceof Error &&
  /^(fetch failed|terminated|.*login=away|(the login stopped with|there is no token:) 503)/.test(error.message)
    ? away(error)
    : error;

/**
 * What was definitely answered, why not may differ; null where nothing was. That another case was open is true of one
 * moment: a start that comes a moment later may be accepted.
 */
function saidIn(result: PromiseSettledResult<Answer>): string | null {
  if (result.status === 'fulfilled') return JSON.stringify(result.value);
  const { reason } = result;
  if (!(reason instanceof ClientError)) return String(reason);
  return REFUSALS.includes(reason.code) && reason.code !== 'AlreadyOpen' ? 'no' : null;
}
