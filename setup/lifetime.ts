import { setTimeout as wait } from 'node:timers/promises';
import { watchParent } from './processes.ts';

/** How long a start that is told to end may take to get somewhere, and the end itself, in milliseconds. */
const START_PATIENCE = 15_000;
const END_PATIENCE = 40_000;

/** What has been started and has to be ended, the last first. */
export type Undo = {
  /** Adds how to end something that has just been started. */
  add(end: () => unknown): void;
  /** Ends all, once; what is added later is ended at once. Rejects with the first failure after all were tried. */
  run(): Promise<void>;
};

export function createUndo(): Undo {
  const ends: (() => unknown)[] = [];
  let running: Promise<void> | undefined;
  const runAll = async () => {
    const failures: unknown[] = [];
    for (let end = ends.pop(); end; end = ends.pop()) {
      try {
        await end();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  };
  return {
    add(end) {
      ends.push(end);
      if (running) running = running.then(runAll);
    },
    run() {
      running ??= runAll();
      return running;
    },
  };
}

/**
 * Starts something and keeps it running until SIGINT, SIGTERM, SIGHUP, the end of the parent process, or its own
 * failure; then ends all of it in order, and the process with it: status 0 when it was told to, else 1.
 *
 * @param start starts it, adding to `undo` how to end each part; answers a promise that rejects when it fails later.
 */
export async function runUntilTold(start: (undo: Undo) => Promise<{ failed: Promise<never> }>): Promise<void> {
  const undo = createUndo();
  const told = new Promise<string>((tell) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => tell(signal));
    watchParent(() => tell('the end of the parent process'));
  });
  // Who reads our output may be gone before us.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

  const starting = start(undo);
  const failed = starting.then(({ failed }) => failed);
  const outcome = await Promise.race([told, failed.catch((error: unknown) => new Failure(error))]);
  // A start that is half way would leave behind what it is just starting.
  await Promise.race([starting.catch(() => {}), wait(START_PATIENCE)]);
  if (outcome instanceof Failure) console.error(outcome.text());
  else console.log(`ending in order (${outcome}) …`);
  const ended = undo.run().then(
    () => !(outcome instanceof Failure),
    (error: unknown) => {
      console.error(`The end was not orderly: ${error instanceof Error ? error.message : error}`);
      return false;
    },
  );
  process.exit((await Promise.race([ended, wait(END_PATIENCE, false)])) ? 0 : 1);
}

class Failure {
  readonly error: unknown;
  constructor(error: unknown) {
    this.error = error;
  }
  text(): string {
    if (!(this.error instanceof Error)) return String(this.error);
    const { message, cause } = this.error;
    return cause instanceof Error ? `${message} (${cause.message})` : message;
  }
}
