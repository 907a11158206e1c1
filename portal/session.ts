import { randomUUID } from 'node:crypto';
import type {} from '@fastify/secure-session';
import type { FastifyRequest } from 'fastify';
import type { Ask } from '../client/ask.ts';

/**
 * Who is logged in. The session is a cookie that only the portal can read, so that it outlives a restart of the portal;
 * what has been logged out of is remembered beside the register, where every portal asks about it, so that a copy of the
 * cookie is worth nothing afterwards, at whichever portal.
 */

declare module '@fastify/secure-session' {
  interface SessionData {
    /** The id in the register. */
    person: string;
    /** This session's own id, and when it began (milliseconds since 1970). */
    sid: string;
    since: number;
    /** A login that has begun: what the provider has to answer to, and where to go then. */
    login: { state: string; nonce: string; verifier: string; to: string };
  }
}

/** How long a login lasts, in milliseconds: a working day. */
export const LASTS = 10 * 60 * 60_000;

export type Sessions = {
  /** Who is logged in; null where nobody is, or the session has lasted its time. */
  whoIs(request: FastifyRequest): string | null;
  /**
   * Logs out who comes with a session that was ended, at this portal or another.
   *
   * @throws ClientError where that cannot be known just now.
   */
  check(request: FastifyRequest): Promise<void>;
  /** Begins a session of its own for this person: nothing of what was there before is kept. */
  begin(request: FastifyRequest, person: string): void;
  /**
   * Ends it in this browser, and for copies of its cookie.
   *
   * @throws ClientError where it could be ended in this browser alone.
   */
  end(request: FastifyRequest): Promise<void>;
};

/** @param ask asks the worker, which has what portals share. */
export const createSessions = (ask: Ask): Sessions => ({
  whoIs({ session }) {
    const [person, sid, since] = [session.get('person'), session.get('sid'), session.get('since')];
    if (!person || !sid || !since) return null;
    return Date.now() - since > LASTS ? null : person;
  },
  async check({ session }) {
    const sid = session.get('sid');
    if (sid && (await ask('isSessionEnded', { session: sid }))) session.regenerate();
  },
  begin({ session }, person) {
    session.regenerate();
    session.set('person', person);
    session.set('sid', randomUUID());
    session.set('since', Date.now());
  },
  async end({ session }) {
    const [sid, since] = [session.get('sid'), session.get('since')];
    session.delete();
    if (sid && since) await ask('endSession', { session: sid, until: new Date(since + LASTS).toISOString() });
  },
});
