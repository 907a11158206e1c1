import { readFileSync, writeFileSync } from 'node:fs';
import Holidays from 'date-holidays';

/**
 * Writes `machines/holidays.ts`: the Swedish days off that working days are counted around. Made from `date-holidays`,
 * which itself would add 1.5 MB to the workflow bundle.
 *
 *     node scripts/holidays.ts            writes the table
 *     node scripts/holidays.ts --check    fails where the table is stale, or ends within five years
 */

/** A year more on either side than `machines/messages.ts` accepts as a date, and the years that a deadline may reach. */
const FIRST_YEAR = 2000;
const LAST_YEAR = 2105;
const YEARS_AHEAD = 5;

const target = new URL('../machines/holidays.ts', import.meta.url);
const run = 'run `node scripts/holidays.ts` and commit machines/holidays.ts';

/**
 * The days off of one year that are not a Saturday or Sunday, each as `MM-DD`, in order.
 *
 * `public` are the public holidays (lagen 1989:253 om allmänna helgdagar). `bank` are midsummer eve, Christmas Eve and
 * New Year's Eve, which the law on annual leave treats as Sundays (semesterlagen 3 a §); authorities are closed.
 * `optional` and `observance` (half days, flag days) are working days.
 */
function daysOff(library: Holidays, year: number): string[] {
  const days = library
    .getHolidays(year)
    .filter(({ type }) => type === 'public' || type === 'bank')
    .map(({ date }) => date.slice(0, 'YYYY-MM-DD'.length))
    .filter((day) => ![0, 6].includes(new Date(`${day}T00:00:00Z`).getUTCDay()));
  return [...new Set(days)].sort().map((day) => day.slice('YYYY-'.length));
}

/** A day as a letter for the month and two digits: `a06` is 6 January. */
const short = (day: string): string => String.fromCharCode(96 + Number(day.slice(0, 2))) + day.slice(3);

/** The text of `machines/holidays.ts`. */
function table(): string {
  const library = new Holidays('SE');
  const years = Array.from({ length: LAST_YEAR - FIRST_YEAR + 1 }, (_, i) => FIRST_YEAR + i);
  const lines = years.map((year) => `${year} ${daysOff(library, year).map(short).join('')}`);
  return `/**
 * Made by \`scripts/holidays.ts\` from the library \`date-holidays\`: do not edit, run the script.
 *
 * The Swedish days off from Monday to Friday, a line a year, each as a letter for the month and two digits for the day
 * (\`a06\` is 6 January), because the table is part of every worker's bundle. Public holidays, and midsummer eve,
 * Christmas Eve and New Year's Eve, which count as Sundays (semesterlagen 3 a §). The library does not know that Whit Monday was one
 * until 2004; no case counts days that far back.
 */
export const holidays = \`
${lines.join('\n')}
\`;
`;
}

/** What is wrong with the table as it is committed, in words; undefined where it is right. */
function staleness(now: Date): string | undefined {
  let committed = '';
  try {
    committed = readFileSync(target, 'utf8');
  } catch {
    return `machines/holidays.ts is missing: ${run}`;
  }
  if (committed !== table()) return `machines/holidays.ts is not what date-holidays gives now: ${run}`;
  if (LAST_YEAR < now.getUTCFullYear() + YEARS_AHEAD)
    return `machines/holidays.ts ends with ${LAST_YEAR}, within ${YEARS_AHEAD} years: raise LAST_YEAR in scripts/holidays.ts, then ${run}`;
  return undefined;
}

if (process.argv.includes('--check')) {
  const problem = staleness(new Date());
  if (problem) {
    console.error(problem);
    process.exitCode = 1;
  }
} else {
  writeFileSync(target, table());
}
