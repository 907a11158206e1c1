import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { measureGrowth } from './bench/growth.ts';
import { measureKill } from './bench/kill.ts';
import { short, table } from './bench/numbers.ts';
import { measureOpen } from './bench/open.ts';
import { measurePortal } from './bench/portal.ts';
import { measurePowerCut } from './bench/powerCut.ts';
import { asTable, compareRemoval } from './bench/removal.ts';
import { measureStart } from './bench/start.ts';

/** The measurements: `npm run bench [-- SUITE] [--json] [--rounds N] [--sizes N,N] [--server NAME]` (README, "Measurements"). */

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    /** One JSON value on standard output instead of tables. */
    json: { type: 'boolean', default: false },
    /** For `growth`: the Temporal server, `embedded` or `postgresql`. */
    server: { type: 'string', default: 'embedded' },
    /** For `removal`, `growth`, `powerCut` and `start`; below five it is a try, no measurement. */
    rounds: { type: 'string' },
    /** For `open`: how many requests wait, e.g. `500,2000`. For `kill` and `portal`: how many are open. */
    sizes: { type: 'string' },
  },
});
const say = (text: string) => console.error(`bench: ${text}`);
const rounds = values.rounds ? count(values.rounds) : undefined;
const sizes = values.sizes?.split(',').map(count);

/** Each gives what it measured, as a value and as text. */
const suites: Record<string, () => Promise<{ json: object; text: string }>> = {
  async removal() {
    const json = await compareRemoval(say, rounds);
    return { json, text: asTable(json) };
  },
  async open() {
    const json = await measureOpen(say, sizes);
    return { json, text: rows(json) };
  },
  async start() {
    const json = await measureStart(say, rounds);
    return { json, text: list(json) };
  },
  async kill() {
    const json = await measureKill(say, sizes?.[0]);
    return { json, text: rows(json) };
  },
  async growth() {
    const json = await measureGrowth(say, serverOf(values.server), rounds);
    return { json, text: rows(json) };
  },
  async powerCut() {
    const json = await measurePowerCut(say, rounds);
    return { json, text: rows(json) };
  },
  async portal() {
    const json = await measurePortal(say, sizes?.[0]);
    return { json, text: list(json) };
  },
};

function serverOf(text: string): 'embedded' | 'postgresql' {
  return text === 'embedded' || text === 'postgresql' ? text : usage(`there is no server "${text}"`);
}

function count(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) usage(`"${text}" is not a whole number above 0`);
  return Number(text);
}

function usage(problem: string): never {
  const names = Object.keys(suites).join('|');
  say(
    `${problem}; expected: npm run bench [-- ${names}] [--json] [--rounds N] [--sizes N,N] [--server embedded|postgresql]`,
  );
  process.exit(2);
}

/** One measurement a line. */
const list = (measured: Record<string, number>): string =>
  table(
    ['', ''],
    Object.entries(measured).map(([name, value]) => [name, short(value)]),
  );

/** One measurement a column. */
function rows(measured: readonly Record<string, number | string>[]): string {
  const cell = (value: number | string = '') => (typeof value === 'number' ? short(value) : value);
  const [first = '', ...names] = Object.keys(measured[0] ?? {});
  return table(
    [first, ...measured.map((one) => cell(one[first]))],
    names.map((name) => [name, ...measured.map((one) => cell(one[name]))]),
  );
}

/** Not every machine lets a disk be mounted: that is measured where it is asked for. */
const all = Object.keys(suites).filter((name) => name !== 'powerCut');
const chosen = positionals.length > 0 ? positionals : all;
for (const name of chosen) if (!suites[name]) usage(`there is no measurement "${name}"`);
serverOf(values.server);

say(
  `${cpus().length} cores (${cpus()[0]?.model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.version}`,
);
const results: Record<string, object> = {};
for (const name of chosen) {
  const { json, text } = (await suites[name]?.()) ?? { json: {}, text: '' };
  results[name] = json;
  if (!values.json) console.log(`${name}\n\n${text}\n`);
}
const [only = ''] = chosen;
if (values.json) console.log(JSON.stringify(chosen.length === 1 ? results[only] : results));
process.exit(0);
