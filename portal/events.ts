import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { Watch } from './watch.ts';

/** How often a stream shows that it is alive and looks again who may read, in milliseconds. */
const EVERY = 15_000;
/** How long a browser waits before it comes back after a lost connection, in milliseconds. */
const COME_BACK_AFTER = 1000;

export type Next = { event: 'case'; data: unknown } | { event: 'gone' | 'loggedOut' };

/**
 * A case as server-sent events: at once and whenever it changes.
 *
 * @param look what the person may see of it now; @param lastSeen the id of the last event that the browser had, if any.
 * @returns the body of the answer; destroying it stops all that is behind it.
 */
export function caseEvents(watch: Watch, request: string, look: () => Promise<Next>, lastSeen?: string): Readable {
  let sent = lastSeen;
  let looking = false;
  let again = false;

  const stream = new Readable({
    read() {},
    destroy(error, done) {
      unwatch();
      clearInterval(beat);
      done(error);
    },
  });

  /** One look at a time; what happens meanwhile leads to one more. */
  async function lookAndTell(): Promise<void> {
    again = looking;
    if (looking || stream.destroyed) return;
    looking = true;
    try {
      const next = await look();
      if (stream.destroyed) return;
      if (next.event === 'case') {
        const data = JSON.stringify(next.data);
        const id = createHash('sha256').update(data).digest('base64url').slice(0, 16);
        if (id !== sent) stream.push(`id: ${id}\nevent: case\ndata: ${data}\n\n`);
        sent = id;
      } else {
        stream.push(`event: ${next.event}\ndata: {}\n\n`);
        stream.push(null);
      }
    } catch {
      // What is away comes back; the next look tells.
    } finally {
      looking = false;
      if (again) void lookAndTell();
    }
  }

  const unwatch = watch(request, () => void lookAndTell());
  const beat = setInterval(() => {
    stream.push(': alive\n\n');
    void lookAndTell();
  }, EVERY);
  stream.push(`retry: ${COME_BACK_AFTER}\n\n`);
  void lookAndTell();
  return stream;
}
