import { readFileSync, writeFileSync } from 'node:fs';
import { employeeLeavesMachine } from '../machines/employeeLeaves.ts';
import { removalMachine } from '../machines/removal.ts';
import { withPictures } from './pictures.ts';

/**
 * Draws the processes into the README, from the machines themselves, between `<!-- picture:NAME -->` and
 * `<!-- /picture -->`.
 *
 *     node scripts/picture.ts [FILE]            draws them
 *     node scripts/picture.ts --check [FILE]    fails where a picture is stale
 */

const check = process.argv.includes('--check');
const file =
  process.argv.slice(2).find((argument) => argument !== '--check') ?? new URL('../README.md', import.meta.url);
const text = readFileSync(file, 'utf8');
// That somebody may do what they do is checked at every command.
const drawn = withPictures(text, { removal: removalMachine, employeeLeaves: employeeLeavesMachine }, ['allowed']);
if (!check) writeFileSync(file, drawn);
else if (drawn !== text) {
  console.error(
    'A picture in the README is not what the machines say now: run `node scripts/picture.ts` and commit it.',
  );
  process.exitCode = 1;
}
