import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runChecks } from './check.ts';
import { type ProgramResult, runProgram } from './runProgram.ts';

/**
 * `npm test [-- PATTERN…]`: the checks, then every file of tests in a process of its own, two at once, so that one that
 * hangs or crashes is reported by name and costs no other. A pattern (a regular expression) narrows to files whose name
 * fits one, and leaves out checks and coverage. The last line is `N passed, N failed`.
 */

const root = join(import.meta.dirname, '..');
const coverage = join(root, '.cache', 'coverage');
/** How long one file of tests may take, in milliseconds. */
const LIMIT = 12 * 60_000;
const AT_ONCE = 2;
/** How much of what a failed file wrote is said again at the end, in characters. */
const REPEATED = 4000;
/** Run when all others are done: it takes both cores, and what skips time beside it would come out of step. */
const ALONE = 'faultRun.test.ts';
/** Nothing that tests of their own: servers and helpers that tests share lie under test/support. */
const isTest = (name: string) => name.endsWith('.test.ts');

type Counts = { passed: number; failed: number; problem?: string };
type Outcome = Counts & { output: string };

const patterns = process.argv.slice(2).map((text) => new RegExp(text));
const files = readdirSync(join(root, 'test'))
  .filter((name) => isTest(name) && (patterns.length === 0 || patterns.some((pattern) => pattern.test(name))))
  .toSorted();

let passed = 0;
let failed = 0;
const problems: string[] = [];
/** What the files that failed wrote: said again at the end, since a log that is kept may be cut in its middle. */
const outputs: string[] = [];
/** Files that failed: each is run once more when all others are done, since they share two cores with real servers. */
const again: string[] = [];

if (patterns.length === 0) {
  const failedChecks = await runChecks();
  failed += failedChecks;
  if (failedChecks > 0) problems.push(`${failedChecks} checks failed`);
}
if (files.length === 0) {
  failed++;
  problems.push('no file of tests fits');
}

rmSync(coverage, { recursive: true, force: true });
const waiting = files.filter((file) => file !== ALONE);
await Promise.all(Array.from({ length: AT_ONCE }, runWaiting));
waiting.push(...files.filter((file) => file === ALONE));
await runWaiting();
for (const file of again) {
  console.log(`\n=== once more, alone: ${file}`);
  count(file, await runFile(file));
}
if (patterns.length === 0) await printCoverage();

for (const output of outputs) console.log(output);
if (again.length > 0) console.log(`At the second try alone: ${again.join(', ')}`);
for (const problem of problems) console.log(`FAILED  ${problem}`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

async function runWaiting(): Promise<void> {
  for (let file = waiting.shift(); file; file = waiting.shift()) {
    const outcome = await runFile(file);
    if (outcome.failed > 0) again.push(file);
    else count(file, outcome);
  }
}

async function runFile(file: string): Promise<Outcome> {
  const exactly = `^${file.replaceAll('.', '\\.')}$`;
  const result = await runProgram(['node_modules/uvu/bin.js', '--no-color', 'test', exactly], {
    cwd: root,
    env: { NODE_V8_COVERAGE: coverage, FORCE_COLOR: '0' },
    limit: LIMIT,
  });
  const outcome = { ...countsOf(result), output: result.output };
  const counts = `${outcome.passed} passed, ${outcome.failed} failed`;
  console.log(`\n=== ${file}: ${counts} (${result.seconds.toFixed(1)} s)\n${result.output.trimEnd()}`);
  return outcome;
}

function count(file: string, outcome: Outcome): void {
  passed += outcome.passed;
  failed += outcome.failed;
  if (outcome.failed === 0) return;
  problems.push(`${file}: ${outcome.problem ?? `${outcome.failed} failed`}`);
  outputs.push(`\n=== failed: ${file}\n${outcome.output.trimEnd().slice(-REPEATED)}`);
}

/** What uvu counted; a file that counted nothing, or ended otherwise than its count says, has failed too. */
function countsOf({ status, output, isOverLimit }: ProgramResult): Counts {
  const count = (name: string) => {
    const found = output.match(new RegExp(`^  ${name}: +(\\d+)$`, 'm'));
    return found ? Number(found[1]) : undefined;
  };
  const total = count('Total') ?? 0;
  const passed = count('Passed') ?? 0;
  const failed = total - passed;
  if (isOverLimit) return { passed, failed: failed + 1, problem: `not done after ${LIMIT / 60_000} minutes` };
  if (total === 0) return { passed, failed: 1, problem: `no tests ran (does it end with .run()?), status ${status}` };
  if (failed === 0 && status !== 0) return { passed, failed: 1, problem: `all passed, but it ended with ${status}` };
  return { passed, failed };
}

async function printCoverage(): Promise<void> {
  const folders = ['machines', 'workflows', 'activities'].flatMap((folder) => ['--include', `${folder}/**/*.ts`]);
  const args = ['report', '--temp-directory', coverage, '--reporter', 'text', '--all', ...folders];
  const { output } = await runProgram(['node_modules/c8/bin/c8.js', ...args], { cwd: root, limit: LIMIT });
  console.log(`\n=== coverage\n${output.trimEnd()}\n`);
}
