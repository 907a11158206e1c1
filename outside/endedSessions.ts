import type { EndedSessions } from '../activities/ports.ts';
import type { Database } from './database.ts';

/** Sessions of the portal that have been ended, in the database that all workers share. */
export const keepEndedSessions = (database: Database): EndedSessions => ({
  async end(session, until) {
    await database.query('delete from aterkalla.ended_sessions where until < now()');
    await database.query('insert into aterkalla.ended_sessions values ($1, $2) on conflict do nothing', [
      session,
      until,
    ]);
  },
  isEnded: async (session) =>
    (await database.query('select 1 from aterkalla.ended_sessions where session = $1', [session])).length > 0,
});
