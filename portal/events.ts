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
  let isOver = false;
  let looks = 0;
  let current = Promise.resolve();

  const stream = new Readable({
    read() {},
    destroy(error, done) {
      clearInterval(beat);
      // Only once nothing of it is under way any more: the connection to Temporal may be closed next.
      void Promise.allSettled([unwatch(), current]).then(() => done(error));
    },
  });

  async function lookAndTell(): Promise<void> {
    if (stream.destroyed || isOver) return;
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
        clearInterval(beat);
        isOver = true;
      }
    } catch {
      // What is away comes back; the next look tells.
    }
  }

  /** One look at a time; whatever happens meanwhile leads to one more. */
  function changed(): void {
    if (looks > 1) return;
    looks++;
    current = current.then(lookAndTell).finally(() => {
      looks--;
    });
  }
  const unwatch = watch(request, changed);
  const beat = setInterval(() => {
    stream.push(': alive\n\n');
    changed();
  }, EVERY);
  stream.push(`retry: ${COME_BACK_AFTER}\n\n`);
  changed();
  return stream;
}
