import { spawn } from 'node:child_process';
import { watchParent } from '../setup/processes.ts';

export type ProgramResult = {
  /** The exit status; null where a signal ended it. */
  status: number | null;
  /** What it wrote on standard output and standard error. */
  output: string;
  seconds: number;
  isOverLimit: boolean;
};

const running = new Set<number>();
let isWatching = false;

/**
 * Runs Node with these arguments to the end, in a process group of its own, which is killed whole when the time is over
 * and when this process is told to end.
 *
 * @param args script and arguments.
 * @param options working folder, further environment, and the limit in milliseconds.
 */
export function runProgram(
  args: string[],
  { cwd, env = {}, limit }: { cwd: string; env?: NodeJS.ProcessEnv; limit: number },
): Promise<ProgramResult> {
  endGroupsWithUs();
  const begun = performance.now();
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, args, {
      cwd,
      env: { ...process.env, ...env },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const { pid } = child;
    if (pid) running.add(pid);
    let output = '';
    let isOverLimit = false;
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    const timer = setTimeout(() => {
      isOverLimit = true;
      if (pid) killGroup(pid);
    }, limit);
    child.on('error', fail);
    child.on('exit', () => {
      // What the program left behind in its group must not hold the streams open, and with them us, for ever.
      if (pid) killGroup(pid);
      setTimeout(() => [child.stdout, child.stderr].forEach((stream) => void stream.destroy()), 2000).unref();
    });
    child.on('close', (status) => {
      clearTimeout(timer);
      if (pid) running.delete(pid);
      done({ status, output, seconds: (performance.now() - begun) / 1000, isOverLimit });
    });
  });
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It ended by itself in the meantime.
  }
}

function endGroupsWithUs(): void {
  if (isWatching) return;
  isWatching = true;
  const end = () => {
    for (const pid of running) killGroup(pid);
    process.exit(1);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);
  watchParent(end);
}
