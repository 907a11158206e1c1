import { setTimeout as pause } from 'node:timers/promises';
import type { Deployment, Program } from '../test/support/deployment.ts';
import { deserter, startAgainAndAgain } from './workers.ts';

/** The portal of a run, as a process of its own. */

export type Portal = {
  url: string;
  /** How often it was killed. */
  readonly kills: number;
  /** Resolves once it says that it is alive. */
  start(): Promise<void>;
  /** Resolves once it says that all it needs is there: to be asked while nothing fails. */
  ready(): Promise<void>;
  kill(): Promise<void>;
  /** Said where it ended although nobody ended it. */
  readonly deserters: string[];
};

/** How long an order from the portal can be undone here, in seconds: nobody waits for a minute. */
export const UNDO_SECONDS = 3;
/** Within this it must be alive whatever else fails meanwhile, and ready once nothing does, in milliseconds. */
const WITHIN = 120_000;
const ANSWERS_WITHIN = 60_000;

export function createPortal(deployment: Deployment): Portal {
  const url = deployment.portalUrl;
  const deserters: string[] = [];
  let running: Program | null = null;
  let kills = 0;
  return {
    url,
    get kills() {
      return kills;
    },
    deserters,
    async start() {
      const portal = await startAgainAndAgain(() => deployment.startPortal({ UNDO_SECONDS: String(UNDO_SECONDS) }));
      running = portal;
      void portal.ended.then((status) => {
        if (running === portal) deserters.push(deserter('the portal', status, portal));
      });
      await untilFine(`${url}/health/alive`);
    },
    ready: () => untilFine(`${url}/health`),
    async kill() {
      kills++;
      const portal = running;
      running = null;
      await portal?.kill();
    },
  };
}

async function untilFine(url: string): Promise<void> {
  for (const limit = performance.now() + WITHIN; ; await pause(500)) {
    const { ok, said } = await ask(url);
    if (ok) return;
    if (performance.now() > limit) throw new Error(`The portal runs, but after ${WITHIN} ms ${url} says ${said}`);
  }
}

async function ask(url: string): Promise<{ ok: boolean; said: string }> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(ANSWERS_WITHIN) });
    return { ok: answer.ok, said: await answer.text() };
  } catch (error) {
    return { ok: false, said: String(error) };
  }
}
