import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

/** A real PostgreSQL server (Debian's), on a free port and a data folder of its own. */
export type Postgres = {
  url: string;
  /** As when the machine dies. */
  kill(): Promise<void>;
  /** Starts again on the same port and folder. */
  start(): Promise<void>;
  /** Ends it and takes its folder away. */
  stop(): Promise<void>;
};

/**
 * A free port below those that the system gives to outgoing connections: one of these might take it while the server that
 * it is for is down.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 10_000 + Math.floor(Math.random() * 20_000);
    const server = createServer().listen(port, '127.0.0.1');
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    if (!isFree) continue;
    await new Promise((closed) => server.close(closed));
    return port;
  }
}

const DEBIAN = '/usr/lib/postgresql';

function binaries(): string {
  const versions = existsSync(DEBIAN)
    ? readdirSync(DEBIAN).filter((name) => existsSync(join(DEBIAN, name, 'bin/initdb')))
    : [];
  const newest = versions.toSorted((a, b) => Number(b) - Number(a))[0];
  if (newest === undefined) throw new Error('PostgreSQL is missing: apt-get install postgresql');
  return join(DEBIAN, newest, 'bin');
}

/** PostgreSQL refuses to run as root: then it runs as Debian's user `postgres`. */
function identity(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

function childrenOf(pid: number): number[] {
  const file = `/proc/${pid}/task/${pid}/children`;
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8').trim().split(' ').filter(Boolean).map(Number);
}

function endNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

/** @param options whether what it acknowledges is on the disk; nobody needs that of what is thrown away. */
export async function startPostgres(options = { fsync: false }): Promise<Postgres> {
  const bin = binaries();
  const who = identity();
  const folder = mkdtempSync(join(tmpdir(), 'aterkalla-postgres-'));
  if (who.uid !== undefined) execFileSync('chown', [`${who.uid}:${who.gid}`, folder]);
  chmodSync(folder, 0o700);
  const settings = { cwd: folder, stdio: 'ignore', ...who } as const;
  execFileSync(
    join(bin, 'initdb'),
    ['-D', folder, '-U', 'aterkalla', '-A', 'trust', '-E', 'UTF8', '--locale=C'],
    settings,
  );
  const port = await freePort();

  const run = async () => {
    const server = spawn(
      join(bin, 'postgres'),
      [
        '-D',
        folder,
        '-p',
        String(port),
        '-h',
        '127.0.0.1',
        '-k',
        folder,
        '-c',
        `fsync=${options.fsync ? 'on' : 'off'}`,
      ],
      { ...settings, stdio: ['ignore', 'ignore', 'pipe'] },
    );
    const ended = once(server, 'exit');
    let said = '';
    await new Promise<void>((ready, fail) => {
      server.stderr.setEncoding('utf8').on('data', (text: string) => {
        said += text;
        if (said.includes('ready to accept connections')) ready();
      });
      server.once('exit', () => fail(new Error(`PostgreSQL ended at once: ${said}`)));
    });
    return {
      end: async (signal: 'SIGINT' | 'SIGKILL') => {
        // Those who serve connections would answer for a moment longer, each in a process group of its own.
        const serving = signal === 'SIGKILL' ? childrenOf(server.pid ?? 0) : [];
        server.kill(signal);
        for (const pid of serving) endNow(pid);
        await ended;
      },
    };
  };
  let running = await run();
  return {
    url: `postgresql://aterkalla@127.0.0.1:${port}/postgres`,
    kill: () => running.end('SIGKILL'),
    start: async () => {
      // After a kill its own processes take a moment to notice; until then a new one refuses the folder.
      for (let tries = 0; ; tries++) {
        try {
          running = await run();
          return;
        } catch (error) {
          if (tries > 50) throw error;
          await setTimeout(100);
        }
      }
    },
    stop: async () => {
      await running.end('SIGINT');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
