import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runProgram } from '../scripts/runProgram.ts';

/** A short run of `npm run faults`: it takes about four minutes. The long ones are in the README. */

const root = join(import.meta.dirname, '..');
/** In milliseconds: the run, and all that may take to come to rest. */
const LIMIT = 12 * 60_000;

test('people at work for two minutes while everything fails: nothing is lost, done twice, or called done when it is not', async () => {
  const { status, output } = await runProgram(['faults.ts', '--requests', '200', '--minutes', '2'], {
    cwd: root,
    limit: LIMIT,
  });
  console.log(output.slice(output.indexOf('seed'), output.indexOf('\n')), output.slice(output.lastIndexOf('\nSeed')));
  assert.is(status, 0, output.slice(-8000));
});

test('an option that cannot be is refused, saying what is expected', async () => {
  const { status, output } = await runProgram(['faults.ts', '--minutes', '0'], { cwd: root, limit: 60_000 });
  assert.is(status, 2);
  assert.match(output, '--minutes is 0 but must be more than 0 and at most 600');
});
test.run();
