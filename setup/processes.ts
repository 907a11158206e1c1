import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/**
 * Other processes of this machine, by id: what they are, whether they still live, and how to end them. Reads /proc where
 * there is one (Linux), asks `ps` elsewhere.
 */

export type ProcessInfo = {
  pid: number;
  parent: number;
  /** When it started, in whatever form the system gives; with the pid it tells a process from a later one. */
  started: string;
  command: string[];
};

/** What the system knows of a process; undefined where there is none (any more), a zombie included. */
export function processInfo(pid: number): ProcessInfo | undefined {
  return process.platform === 'linux' ? fromProc(pid) : fromPs(['-p', String(pid)])[0];
}

/** All processes of this machine that this user may see. */
export function allProcesses(): ProcessInfo[] {
  if (process.platform !== 'linux') return fromPs(['-A']);
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => fromProc(Number(name)) ?? []);
}

function fromProc(pid: number): ProcessInfo | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the name in brackets and may hold anything, brackets and spaces too.
    const [state, parent, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (state === 'Z') return undefined;
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').filter(Boolean);
    return { pid, parent: Number(parent), started: rest[17] ?? '', command };
  } catch {
    return undefined;
  }
}

function fromPs(which: string[]): ProcessInfo[] {
  try {
    const lines = execFileSync('ps', [...which, '-ww', '-o', 'pid=,ppid=,stat=,lstart=,command='], {
      encoding: 'utf8',
    });
    return lines.split('\n').flatMap((line) => {
      const found = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(\S+\s+\S+\s+\d+\s+\S+\s+\d+)\s+(.*)$/.exec(line);
      if (!found || found[3]?.startsWith('Z')) return [];
      return [
        {
          pid: Number(found[1]),
          parent: Number(found[2]),
          started: found[4] ?? '',
          command: (found[5] ?? '').split(' '),
        },
      ];
    });
  } catch {
    return [];
  }
}

/** Whether this very process still lives: the same pid, started at the same time. */
export const isSameProcess = ({ pid, started }: Pick<ProcessInfo, 'pid' | 'started'>): boolean =>
  processInfo(pid)?.started === started;

/**
 * Ends a process by its pid: SIGTERM, and SIGKILL where it has not ended after the patience.
 *
 * @param target the process, as {@link processInfo} gave it: a later process with the same pid is left alone.
 * @param patience milliseconds before SIGKILL.
 */
export async function endProcess(target: Pick<ProcessInfo, 'pid' | 'started'>, patience = 10_000): Promise<void> {
  const until = Date.now() + patience;
  if (isSameProcess(target)) kill(target.pid, 'SIGTERM');
  while (isSameProcess(target)) {
    if (Date.now() > until) kill(target.pid, 'SIGKILL');
    await wait(20);
  }
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended by itself in the meantime.
  }
}

/** Npm, the shells it runs scripts through, and our own launcher: they only pass on, so whoever started them counts too. */
function isRelay({ command }: ProcessInfo): boolean {
  const words = command.flatMap((word) => word.split(' '));
  const name = basename(words[0] ?? '');
  const isShell = ['sh', 'bash', 'dash', 'ash', 'zsh'].includes(name) && /^-\w*c$/.test(words[1] ?? '');
  const isNpm = name === 'npm' || (name === 'node' && /\bnpm(-cli\.js)?$/.test(words[1] ?? ''));
  return isShell || isNpm || words.some((word) => word.endsWith('prepare.mjs'));
}

/**
 * Calls back once when the parent of this process has ended: the process that started it, or, where that only passes on
 * (npm, `sh -c`, the launcher), any process up to and including the first one that does not.
 *
 * @returns stops watching.
 */
export function watchParent(ended: () => void): () => void {
  const chain: { pid: number; parent: number }[] = [];
  for (let pid = process.pid; ; ) {
    const parent = pid === process.pid ? process.ppid : processInfo(pid)?.parent;
    if (!parent || parent === 1) break;
    chain.push({ pid, parent });
    const info = processInfo(parent);
    if (!info || !isRelay(info)) break;
    pid = parent;
  }
  const isWhole = () =>
    chain.every(({ pid, parent }) => (pid === process.pid ? process.ppid : processInfo(pid)?.parent) === parent);
  const timer = setInterval(
    () => {
      if (isWhole()) return;
      clearInterval(timer);
      ended();
    },
    process.platform === 'linux' ? 250 : 2000,
  );
  timer.unref();
  return () => clearInterval(timer);
}
