import type { EndedSessions } from './ports.ts';

/**
 * The activities by which portals share what has been logged out of: the portal itself keeps nothing but Temporal, and
 * there may be several of it.
 *
 * @returns the activities, to be registered with the worker beside the others.
 */
export const createSessionActivities = (ended: EndedSessions) => ({
  /** Ends a session for good. @param input `until`: when its cookie would end by itself, ISO 8601. Idempotent. */
  endSession: async ({ session, until }: { session: string; until: string }): Promise<null> => {
    await ended.end(session, until);
    return null;
  },
  isSessionEnded: ({ session }: { session: string }): Promise<boolean> => ended.isEnded(session),
});

export type SessionActivities = ReturnType<typeof createSessionActivities>;
