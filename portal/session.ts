import { randomUUID } from 'node:crypto';
import { appendFile, readFile, rename, writeFile } from 'node:fs/promises';
import type {} from '@fastify/secure-session';
import type { FastifyRequest } from 'fastify';

/**
 * Who is logged in. The session is a cookie that only the portal can read, so that it outlives a restart of the portal;
 * what has been logged out of is remembered, so that a copy of the cookie is worth nothing afterwards.
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
  /** Who is logged in; null where nobody is, or the session is over. */
  whoIs(request: FastifyRequest): string | null;
  /** Begins a session of its own for this person: nothing of what was there before is kept. */
  begin(request: FastifyRequest, person: string): void;
  end(request: FastifyRequest): Promise<void>;
};

type Ended = { sid: string; at: number };

/** @param file where ended sessions are remembered for as long as their cookies would last. */
export async function openSessions(file: string): Promise<Sessions> {
  const lines = await readFile(file, 'utf8').catch(() => '');
  const remembered = lines.split('\n').flatMap((line): Ended[] => {
    const [sid = '', at = ''] = line.split(' ');
    return sid && Date.now() - Number(at) < LASTS ? [{ sid, at: Number(at) }] : [];
  });
  // In one step: a kill, or a full disk, must not make ended sessions good again.
  await writeFile(`${file}.new`, remembered.map(asLine).join(''), { mode: 0o600 });
  await rename(`${file}.new`, file);
  const ended = new Set(remembered.map(({ sid }) => sid));

  return {
    whoIs({ session }) {
      const [person, sid, since] = [session.get('person'), session.get('sid'), session.get('since')];
      if (!person || !sid || !since) return null;
      return ended.has(sid) || Date.now() - since > LASTS ? null : person;
    },
    begin({ session }, person) {
      session.regenerate();
      session.set('person', person);
      session.set('sid', randomUUID());
      session.set('since', Date.now());
    },
    async end({ session }) {
      const sid = session.get('sid');
      session.delete();
      if (!sid) return;
      ended.add(sid);
      await appendFile(file, asLine({ sid, at: Date.now() }));
    },
  };
}

const asLine = ({ sid, at }: Ended) => `${sid} ${at}\n`;
