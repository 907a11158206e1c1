import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { findCase } from '../activities/findCase.ts';

/**
 * Says when a case changes, without asking it again and again: Temporal answers a long poll for the next event of its
 * history. However many people look at a case, it is polled once.
 */

type Watched = { listeners: Set<() => void>; stop: AbortController; following: Promise<void> };

/** How long to wait before the next try where Temporal does not answer, in milliseconds. */
const TRY_AGAIN = 1000;

/** Calls `changed` whenever something happens in the case; @returns how to stop that, which resolves once it has. */
export type Watch = (request: string, changed: () => void) => () => Promise<void>;

export function createWatch(client: Client): Watch {
  const cases = new Map<string, Watched>();

  const nextEvents = (workflowId: string, runId: string, from: { nextPageToken?: Uint8Array }) =>
    client.workflowService.getWorkflowExecutionHistory({
      namespace: client.options.namespace,
      execution: { workflowId, runId },
      waitNewEvent: true,
      ...from,
    });

  async function follow(request: string, { listeners, stop }: Omit<Watched, 'following'>): Promise<void> {
    const tell = () => {
      for (const listener of listeners) listener();
    };
    let run: { workflowId: string; runId: string } | null = null;
    let token: Uint8Array | null = null;
    while (!stop.signal.aborted) {
      try {
        if (!run) {
          const found = await findCase(client, request);
          if (found?.open !== true) return tell();
          run = { workflowId: found.workflowId, runId: found.runId };
          token = null;
        }
        const { workflowId, runId } = run;
        const from: { nextPageToken?: Uint8Array } = token ? { nextPageToken: token } : {};
        const page = await client.withAbortSignal(stop.signal, () => nextEvents(workflowId, runId, from));
        token = page.nextPageToken?.length ? page.nextPageToken : null;
        if ((page.history?.events ?? []).length > 0) tell();
        // This run has ended: the case with it, or it goes on in another run.
        if (!token) run = null;
      } catch {
        if (stop.signal.aborted) return;
        run = null;
        await pause(TRY_AGAIN, undefined, { signal: stop.signal }).catch(() => {});
      }
    }
  }

  return (request, changed) => {
    let watched = cases.get(request);
    if (!watched) {
      const made = { listeners: new Set<() => void>(), stop: new AbortController() };
      watched = { ...made, following: follow(request, made) };
      cases.set(request, watched);
    }
    const { listeners, stop, following } = watched;
    listeners.add(changed);
    return async () => {
      listeners.delete(changed);
      if (listeners.size > 0) return;
      stop.abort();
      if (cases.get(request)?.stop === stop) cases.delete(request);
      await following;
    };
  };
}
