import { setTimeout as pause } from 'node:timers/promises';
import type { Deployment } from '../test/support/deployment.ts';
import type { MinSupportMood } from '../test/support/minSupport.ts';
import type { SmtpMood } from '../test/support/smtp.ts';
import type { Disk } from './disk.ts';
import type { Portal } from './portal.ts';
import type { Random } from './random.ts';
import type { Workers } from './workers.ts';

/** All that goes wrong in a run, one fault every second or so. */

export type World = {
  deployment: Deployment;
  workers: Workers;
  portal: Portal;
  /** The sources that the present workers run, and those of the next release. */
  sources: { present: string; newer: string };
  /** Null where there may be none. */
  disk: Disk | null;
};

type Target = 'workers' | 'portal' | 'temporal' | 'register' | 'mail' | 'minSupport';

type Fault = {
  name: string;
  /** What it is about: one fault at a time. */
  target: Target;
  /** Does it, and leaves the target well again. */
  happen(world: World, random: Random): Promise<void>;
};

/** How long a target is left alone after a fault, from and to, in milliseconds: else nothing would ever get done. */
const REST: Record<Target, readonly [number, number]> = {
  workers: [500, 2000],
  portal: [2000, 6000],
  temporal: [5000, 10_000],
  register: [5000, 12_000],
  mail: [1000, 4000],
  minSupport: [1000, 4000],
};
const MOST_WORKERS = 3;
/** Min Support is waited for 10 s (outside/minSupport.ts). */
const LONGER_THAN_ITS_CLIENT_WAITS = 11_000;

const mailIs = (name: string, mood: SmtpMood): Fault => ({
  name: `mail server ${name}`,
  target: 'mail',
  async happen({ deployment: { smtp } }, random) {
    smtp.behave(mood);
    await pause(random.between(1000, 5000));
    smtp.behave({ kind: 'ok' });
  },
});

const minSupportIs = (name: string, mood: MinSupportMood): Fault => ({
  name: `Min Support ${name}`,
  target: 'minSupport',
  async happen({ deployment: { minSupport } }, random) {
    minSupport.behave(mood);
    await pause(random.between(1000, 5000));
    minSupport.behave({ kind: 'ok' });
  },
});

const faults: readonly Fault[] = [
  {
    name: 'worker killed',
    target: 'workers',
    async happen({ workers, sources }, random) {
      await workers.take('kill');
      await pause(random.between(0, 2000));
      await workers.start(sources.present);
    },
  },
  {
    name: 'all workers killed',
    target: 'workers',
    async happen({ workers, sources }) {
      while (workers.count > 0) await workers.take('kill');
      await workers.start(sources.present);
    },
  },
  {
    name: 'worker with the version raised beside the present one',
    target: 'workers',
    async happen({ workers, sources }) {
      if (workers.count === MOST_WORKERS) await workers.take('end');
      await workers.start(sources.newer);
      if (workers.count === 1) await workers.start(sources.present);
    },
  },
  {
    name: 'three workers at once',
    target: 'workers',
    async happen({ workers, sources }) {
      while (workers.count < MOST_WORKERS) await workers.start(sources.present);
    },
  },
  {
    name: 'portal killed',
    target: 'portal',
    async happen({ portal }, random) {
      await portal.kill();
      await pause(random.between(0, 2000));
      await portal.start();
    },
  },
  { name: 'Temporal server killed', target: 'temporal', happen: ({ deployment }) => killTemporal(deployment) },
  {
    name: 'disk of the data folder full',
    target: 'temporal',
    async happen({ disk }, random) {
      disk?.fill();
      await pause(random.between(500, 3000));
      disk?.free();
    },
  },
  {
    name: 'PostgreSQL killed',
    target: 'register',
    async happen({ deployment: { postgres } }, random) {
      await postgres.kill();
      await pause(random.between(0, 3000));
      await postgres.start();
    },
  },
  {
    name: 'mail server down',
    target: 'mail',
    async happen({ deployment: { smtp } }, random) {
      await smtp.down();
      await pause(random.between(500, 4000));
      await smtp.up();
    },
  },
  mailIs('slow', { kind: 'slow', answersAfter: 3000 }),
  mailIs('refusing connections', { kind: 'turnsAway' }),
  mailIs('answering 4xx', { kind: 'refuse', code: 451 }),
  mailIs('answering 5xx', { kind: 'refuse', code: 550 }),
  mailIs('taking mails without saying so', { kind: 'hang' }),
  mailIs('saying nothing', { kind: 'deaf' }),
  {
    name: 'Min Support down',
    target: 'minSupport',
    async happen({ deployment: { minSupport } }, random) {
      await minSupport.down();
      await pause(random.between(500, 4000));
      await minSupport.up();
    },
  },
  minSupportIs('slow', { kind: 'slow', answersAfter: 3000 }),
  minSupportIs('answering after the client gave up', { kind: 'slow', answersAfter: LONGER_THAN_ITS_CLIENT_WAITS }),
  minSupportIs('answering 429', { kind: 'status', status: 429 }),
  minSupportIs('answering 503', { kind: 'status', status: 503 }),
  minSupportIs('answering 409 with the number', { kind: 'had' }),
  minSupportIs('answering garbage', { kind: 'garbage' }),
  minSupportIs('taking orders without answering', { kind: 'hang' }),
];

async function killTemporal({ server }: Deployment): Promise<void> {
  const killed = server.pid;
  process.kill(killed, 'SIGKILL');
  // It starts again by itself, as with `npm start`.
  for (const limit = Date.now() + 60_000; server.pid === killed; await pause(50))
    if (Date.now() > limit) throw new Error('The Temporal server was killed and did not come back within 60 s');
}

/**
 * Has one fault happen after the other until told to stop; what is under way then comes to its end.
 *
 * @param tell is told each fault when it begins.
 * @returns how often each happened, those that never did among them.
 */
export async function causeFaults(
  world: World,
  random: Random,
  until: AbortSignal,
  tell: (fault: string) => void,
): Promise<Map<string, number>> {
  const possible = faults.filter(({ name }) => world.disk !== null || !name.startsWith('disk'));
  const happened = new Map(possible.map(({ name }) => [name, 0]));
  const busy = new Set<Target>();
  const underWay = new Set<Promise<void>>();
  const failures: unknown[] = [];
  while (!until.aborted && failures.length === 0) {
    await pause(random.between(500, 1500));
    const free = possible.filter(({ target }) => !busy.has(target));
    if (free.length === 0 || until.aborted) continue;
    const { name, target, happen } = leastOften(free, happened, random);
    busy.add(target);
    happened.set(name, (happened.get(name) ?? 0) + 1);
    tell(name);
    const over = happen(world, random)
      .catch((error: unknown) => void failures.push(new Error(`${name}: ${error}`, { cause: error })))
      .then(() => pause(random.between(...REST[target]), undefined, { signal: until }).catch(() => {}))
      .then(() => {
        busy.delete(target);
        underWay.delete(over);
      });
    underWay.add(over);
  }
  await Promise.all(underWay);
  if (failures.length > 0) throw failures[0];
  return happened;
}

/** Any of them, but those that have not been yet before the others: a short run, too, has had them all. */
function leastOften(free: readonly Fault[], happened: Map<string, number>, random: Random): Fault {
  const first = free.filter(({ name }) => happened.get(name) === 0);
  return random.oneOf(first.length > 0 && random.chance(0.7) ? first : free);
}
