import type { Answer, CaseStatus, RecordEntry } from '../activities/caseStatus.ts';
import type { Preview } from '../activities/cases.ts';
import type { ListedCase } from '../activities/listCases.ts';
import type { Task } from '../activities/mayAct.ts';
import { fieldIn, stateIn, stepIn, taskIn, warningIn, words } from '../texts/client.ts';
import type { Language } from '../texts/problems.ts';
import type { Check } from './doctor.ts';
import { asText } from './errors.ts';

/** The answers as lines for people: ids of employees, never names; times as clocks in Sweden show them. */

const clock = new Intl.DateTimeFormat('sv-SE', {
  dateStyle: 'short',
  timeStyle: 'short',
  timeZone: 'Europe/Stockholm',
});

/** An instant as `2026-11-23 10:00`, Swedish time; what is no instant, as it is. */
export function time(at: string | null | undefined): string {
  if (!at) return '-';
  const ms = Date.parse(at);
  return Number.isNaN(ms) ? at : clock.format(ms);
}

const list = (values: readonly string[], none = '-') => values.join(', ') || none;

export function answerLines({ request, state, accepts, outcome }: Answer, language: Language): string[] {
  const lines = [`${words.request[language]} ${request}: ${stateIn(language, outcome ?? state)}`];
  if (outcome === null) lines.push(`${words.next[language]}: ${list(accepts, words.nothing[language])}`);
  return lines;
}

export function previewLines(preview: Preview, language: Language): string[] {
  const word = (name: keyof typeof words) => words[name][language];
  return [
    `${preview.employee}, ${preview.system}`,
    `${word('held')}: ${list(preview.held, word('nothing'))}`,
    `${word('goes')}: ${list(preview.roles, word('nothing'))}`,
    `${word('decidedBy')}: ${list(preview.decidedBy, word('nobody'))}`,
    ...preview.assignments.map(({ id, role, organisation, intervention, detachedBy }) => {
      const place = [organisation, intervention].filter(Boolean).join('/');
      return `${word('assignments')} ${id}: ${role}, ${place}; ${word('detachedBy')} ${list(detachedBy, word('nobody'))}`;
    }),
    `${word('removedBy')}: ${list(preview.removedBy, word('nobody'))}`,
    ...preview.warnings.map((id) => `${word('warnings')}: ${warningIn(language, id)}`),
  ];
}

export function statusLines(status: CaseStatus, language: Language): string[] {
  const word = (name: keyof typeof words) => words[name][language];
  const lines = [
    `${word('request')} ${status.request} (${word('employee')} ${status.employee}, ${status.system})`,
    `${word('state')}: ${stateIn(language, status.outcome ?? status.state)} (${status.state}), ${word('since')} ${time(status.since)}`,
    `${word('roles')}: ${list(status.roles)}`,
  ];
  if (status.lastWorkingDay) lines.push(`${word('lastWorkingDay')}: ${status.lastWorkingDay}`);
  for (const { task, assignments, mayAct, due } of status.waitingFor) {
    const what = [taskIn(language, task), list(assignments ?? [], '')].filter(Boolean).join(' ');
    lines.push(`${word('waitsFor')}: ${what}: ${list(mayAct, word('nobody'))}, ${word('until')} ${time(due)}`);
  }
  for (const { id, acknowledgedBy } of status.warnings) {
    const seen = acknowledgedBy ? `${word('acknowledgedBy')} ${acknowledgedBy}` : word('notAcknowledged');
    lines.push(`${word('warnings')}: ${warningIn(language, id)}: ${seen}`);
  }
  if (status.order) lines.push(`${word('order')}: ${status.order.number ?? '-'} (${status.order.state})`);
  if (status.outcome === null) lines.push(`${word('next')}: ${list(status.accepts, word('nothing'))}`);
  if (status.record.length > 0) lines.push(`${word('record')}:`, ...recordLines(status.record, language));
  for (const { event, by, at, reason, message } of status.ignored)
    lines.push(
      `${word('ignored')}: ${event} ${by ?? ''} ${time(`${at ?? ''}`)} ${asText(message ?? reason, '')[language]}`,
    );
  return lines;
}

/** What to do, in one language: Temporal UI shows the same text, so that it comes in both, with a slash between. */
function guidanceIn(guidance: unknown, language: Language): string {
  const text = shown(guidance, language);
  const [sv = '', en] = text.split(' / ');
  return language === 'sv' || en === undefined ? sv : en;
}

const shownApart = new Set(['at', 'step', 'by', 'for', 'id']);

/** One line for each entry: when, what, who, and what exactly. */
export function recordLines(record: readonly RecordEntry[], language: Language): string[] {
  return record.map((entry) => {
    const deputy = entry.for ? ` (${words.for[language]} ${entry.for})` : '';
    const who = entry.by ? ` ${entry.by}${deputy}` : '';
    const rest = Object.entries(entry)
      .filter(
        ([name, value]) => !shownApart.has(name) && value != null && !(Array.isArray(value) && value.length === 0),
      )
      .map(([name, value]) => `${fieldIn(language, name)}: ${shown(value, language)}`);
    return `  ${time(entry.at)} ${[`${stepIn(language, entry.step)}${who}`, ...rest].join('; ')}`;
  });
}

function shown(value: unknown, language: Language): string {
  if (Array.isArray(value)) return value.map((item) => shown(item, language)).join(', ');
  if (typeof value === 'object' && value !== null)
    return 'sv' in value && 'en' in value ? asText(value, '')[language] : JSON.stringify(value);
  return String(value);
}

export function taskLines(tasks: readonly Task[], language: Language): string[] {
  if (tasks.length === 0) return [words.noTasks[language]];
  return tasks.flatMap((task) => {
    const { request, employee, roles, due, places = [], assignments = [] } = task;
    const deputy = task.for ? ` (${words.for[language]} ${task.for})` : '';
    const gone = assignments.filter((id) => !places.some(({ assignment }) => assignment === id));
    return [
      `${request}: ${taskIn(language, task.task)}${deputy}, ${words.employee[language]} ${employee}, ${words.due[language]} ${time(due)}`,
      ...places.map(({ assignment, role, organisation, intervention }) => {
        return `  ${assignment}: ${role}, ${[organisation, intervention].filter(Boolean).join('/')}`;
      }),
      ...gone.map((id) => `  ${id}`),
      ...(task.task === 'detach' ? [] : [`  ${words.roles[language]}: ${list(roles)}`]),
      ...(task.guidance ? [`  ${guidanceIn(task.guidance, language)}`] : []),
    ];
  });
}

export function caseLines(cases: readonly ListedCase[], language: Language): string[] {
  if (cases.length === 0) return [words.noCases[language]];
  return cases.map(({ request, employee, manager, state, due, started, ended }) => {
    const until = due ? `, ${words.due[language]} ${time(due)}` : '';
    const people = `${words.employee[language]} ${employee}, ${words.manager[language]} ${manager ?? '-'}`;
    return `${request}: ${stateIn(language, state)}; ${people}; ${time(started)} – ${ended ? time(ended) : ''}${until}`;
  });
}

export const doctorLines = (checks: readonly Check[], language: Language): string[] => [
  ...checks.map(
    ({ name, ok, found, advice }) => `${ok ? '✓' : '✗'} ${name}: ${found}${advice ? ` – ${advice[language]}` : ''}`,
  ),
  ...(checks.every(({ ok }) => ok) ? [words.well[language]] : []),
];
