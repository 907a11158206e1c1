import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isMain } from '../setup/main.ts';
import { runProgram } from './runProgram.ts';

/** `npm run check`: all that can be said of the code without running it, and the replay of recorded histories. */

const root = join(import.meta.dirname, '..');
/** How long one check may take, in milliseconds. */
const LIMIT = 10 * 60_000;

type Check = { name: string; script: string; args: string[] };

const checks: Check[] = [
  { name: 'types', script: 'node_modules/typescript/bin/tsc', args: ['--noEmit'] },
  { name: 'types of the pages', script: 'scripts/pageTypes.ts', args: [] },
  { name: 'lint and format', script: 'node_modules/@biomejs/biome/bin/biome', args: ['check', '--error-on-warnings'] },
  {
    name: 'dependency directions',
    script: 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs',
    args: ['.', '--config', '.dependency-cruiser.mjs', '--output-type', 'err'],
  },
  { name: 'dead code', script: 'node_modules/knip/bin/knip.js', args: ['--no-progress', '--no-config-hints'] },
  { name: 'holidays', script: 'scripts/holidays.ts', args: ['--check'] },
  { name: 'pictures of the processes', script: 'scripts/picture.ts', args: ['--check'] },
  { name: 'replay of recorded histories', script: 'scripts/replay.ts', args: [] },
];

/**
 * Runs every check, also after one has failed, and prints a line for each with its time; what a failed one says, too.
 *
 * @returns how many failed.
 */
export async function runChecks(): Promise<number> {
  let failed = 0;
  for (const { name, script, args } of checks) {
    // Those of our own that have not been written yet; a missing package is a failure.
    if (!script.startsWith('node_modules') && !existsSync(join(root, script))) continue;
    const { status, output, seconds } = await runProgram([join(root, script), ...args], { cwd: root, limit: LIMIT });
    const isGood = status === 0;
    if (!isGood) failed++;
    console.log(`${isGood ? 'ok    ' : 'FAILED'}  ${name} (${seconds.toFixed(1)} s)`);
    if (!isGood) console.log(output.trimEnd().replace(/^/gm, '        '));
  }
  return failed;
}

if (isMain(import.meta.url)) {
  const failed = await runChecks();
  console.log(failed === 0 ? 'all checks passed' : `${failed} checks failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}
