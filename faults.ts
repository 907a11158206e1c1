import { parseArgs } from 'node:util';
import { type Options, run } from './faults/run.ts';
import { createUndo } from './setup/lifetime.ts';
import { isMain } from './setup/main.ts';
import { watchParent } from './setup/processes.ts';

/**
 * `npm run faults [-- --seed N --requests N --minutes N]`: people at work on the whole system as separate processes while
 * a fault happens every second or so; then everything is let run out and held against what people were told. Ends with 0
 * only if nothing was lost, done twice, or called done when it was not.
 */

/** @throws Error that names the option, what was given and what is expected. */
function readOptions(args: string[]): Options {
  const { values } = parseArgs({
    args,
    options: { seed: { type: 'string' }, requests: { type: 'string' }, minutes: { type: 'string' } },
  });
  const number = (name: keyof typeof values, standard: number, fits: (value: number) => boolean, expected: string) => {
    const given = values[name];
    const value = given === undefined ? standard : Number(given);
    if (!fits(value)) throw new Error(`--${name} is ${given} but must be ${expected}`);
    return value;
  };
  const isCount = (value: number) => Number.isInteger(value) && value >= 1 && value <= 100_000;
  return {
    seed: number('seed', Math.floor(Math.random() * 1_000_000), Number.isInteger, 'a whole number'),
    requests: number('requests', 200, isCount, 'a whole number from 1 to 100000'),
    minutes: number('minutes', 2, (value) => value > 0 && value <= 600, 'more than 0 and at most 600'),
  };
}

async function main(): Promise<number> {
  let options: Options;
  try {
    options = readOptions(process.argv.slice(2));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return 2;
  }
  console.log(`seed ${options.seed} (npm run faults -- --seed ${options.seed} repeats people and faults)`);
  const undo = createUndo();
  const told = new AbortController();
  const end = (why: string) => {
    if (!told.signal.aborted) console.log(`ending (${why}) …`);
    told.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => end(signal));
  watchParent(() => end('the end of the parent process'));
  // What a connection throws after its end must not keep the rest from being ended.
  process.on('uncaughtException', (error) => {
    console.error(error);
    end('an error that nobody caught');
  });
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  try {
    const violations = await run(options, undo, told.signal, (line) => console.log(line));
    return violations.length === 0 && !told.signal.aborted ? 0 : 1;
  } catch (error) {
    console.error(error);
    return 1;
  } finally {
    await undo.run().catch((error: unknown) => console.error(`The end was not orderly: ${error}`));
  }
}

if (isMain(import.meta.url)) process.exit(await main());
