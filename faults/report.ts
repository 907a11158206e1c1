import type { Violation } from './checks.ts';
import type { Evidence } from './evidence.ts';

/** What is printed at the end of a run: what was done, which faults, what was found. */

export type Run = {
  seed: number;
  /** Of the load with its faults, and of what came after until all was at rest. */
  seconds: { load: number; runOut: number };
  faults: Map<string, number>;
  signals: { doubled: number; shuffled: number };
  /** Sent in the portal with a doubled click, both answered; and again later, some after the portal had been killed. */
  forms: { doubled: number; again: number; againAfterKill: number };
  hasDisk: boolean;
  /** The lines of the workers' logs about a case. */
  saidOf(workflowId: string): string[];
};

const table = (counts: Iterable<readonly [string, number]>): string[] =>
  [...counts].map(([name, count]) => `  ${String(count).padStart(5)}  ${name}`);

const counted = (names: Iterable<string>): [string, number][] =>
  [...Map.groupBy(names, (name) => name)].map(([name, { length }]): [string, number] => [name, length]).toSorted();

const inPortal = ({ throughPortal }: { throughPortal: boolean }) => (throughPortal ? ' (portal)' : '');

/** @returns the lines of the report. */
export function report(run: Run, evidence: Evidence, violations: readonly Violation[]): string[] {
  const { ledger, cases, orders, mails } = evidence;
  const { seed, seconds, faults, signals, forms, hasDisk } = run;
  const acts = ledger.requests.flatMap((request) => request.acts);
  const all = [
    ...faults,
    ['signals doubled', signals.doubled] as const,
    ['signals shuffled', signals.shuffled] as const,
  ];
  const distinct = new Set(mails.map(({ id, to }) => `${id} ${to}`)).size;
  return [
    '',
    `Seed ${seed}: ${seconds.load} s with faults, then ${seconds.runOut} s until all was at rest`,
    '',
    'Starts, as answered',
    ...table(counted(ledger.requests.map((made) => `${made.process} ${made.answer}${inPortal(made)}`))),
    'Acts, as answered',
    ...table(counted(acts.map((act) => `${act.name} ${act.answer}${inPortal(act)}`))),
    'Forms in the portal, beside those whose answer was lost',
    ...table([
      ['sent with a doubled click', forms.doubled],
      ['sent again after it had been answered and the portal killed', forms.againAfterKill],
      ['sent again after it had been answered', forms.again - forms.againAfterKill],
    ]),
    'Cases, as ended (and the version of the machine that ended them)',
    ...table(counted(cases.map(({ end, state }) => (end ? `${end.process} ${end.outcome} (${end.version})` : state)))),
    `Orders ${orders.length}, of them cancelled ${orders.filter(({ cancelled }) => cancelled).length}; mails ${distinct}, tried again ${mails.length - distinct} times after they had been taken`,
    '',
    `Faults: ${all.reduce((sum, [, count]) => sum + count, 0)}`,
    ...table(all),
    ...(hasDisk ? [] : ['         disk of the data folder full: only root can try that, not counted']),
    '',
    ...found(violations),
    ...details(run, evidence, violations),
  ];
}

/** So many of each kind are shown. */
const SHOWN = 10;

function found(violations: readonly Violation[]): string[] {
  if (violations.length === 0) return ['Found: nothing is lost, done twice, or called done when it is not'];
  const kinds = [...Map.groupBy(violations, ({ kind }) => kind)];
  return [
    `FOUND: ${violations.length} violations`,
    ...kinds.flatMap(([kind, of]) => [
      `  ${kind}: ${of.length}`,
      ...of.slice(0, SHOWN).map(({ text }) => `    ${text}`),
    ]),
  ];
}

/** The records, and the workers' words, of the first cases that something is wrong with. */
function details(run: Run, { cases }: Evidence, violations: readonly Violation[]): string[] {
  const isNamed = (id: string) => violations.some(({ text }) => new RegExp(`\\b${id}\\b`).test(text));
  const about = cases.filter(({ workflowId }) => isNamed(workflowId) || isNamed(workflowId.replace(/^.*-/, '')));
  return about.slice(0, SHOWN).flatMap(({ workflowId, runId, end }) => [
    '',
    `${workflowId} (${runId})`,
    ...(end?.record ?? []).map(
      ({ at, step, by, id, roles, assignments, order, to }) =>
        `  ${at} ${step} ${[by, id, order, ...roles, ...assignments, ...to].filter(Boolean).join(' ')}`,
    ),
    ...(end?.ignored ?? []).map(({ event, id }) => `  ignored ${event} ${id}`),
    ...run
      .saidOf(workflowId)
      .slice(-SHOWN)
      .map((line) => `  ${line}`),
  ]);
}
