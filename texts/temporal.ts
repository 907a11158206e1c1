import type { Entry } from '../machines/case.ts';
import type { Occasion, TaskName } from '../machines/sources.ts';
import type { CaseStatus } from '../workflows/caseStatus.ts';

/** What auditors and case handlers read in Temporal UI. Employee ids only: no names, no addresses. */

/** What each event is for: the description of its Signal and its Update. */
export const eventDescriptions: Readonly<Record<string, string>> = {
  decided: 'The manager decides: remove or keep, which roles, with which warnings acknowledged',
  detached: 'Assignments have been detached',
  removed: 'The authorisation administration has removed the authorisation',
  returned: 'The authorisation administration sends the order back to the manager',
  undone: 'The manager undoes the order, within the short time after sending',
  withdrawn: 'The manager takes the order back',
  superseded: "Sent by a leaver's process when it takes over",
  strandedAccepted: "Past the leaver's deadline: assignments are accepted as stranded, by name",
  dateChanged: 'The last working day moves',
  stays: 'The person stays after all',
};

const TASK_PEOPLE: Record<TaskName, string> = {
  decide: 'the manager',
  orderAgain: 'the manager',
  detach: 'those who detach',
  remove: 'the authorisation administration',
};

const ordinals = new Intl.PluralRules('en', { type: 'ordinal' });
const endings: Readonly<Record<string, string>> = { one: 'st', two: 'nd', few: 'rd' };
const ordinal = (n: number) => `${n}${endings[ordinals.select(n)] ?? 'th'}`;

const OCCASION: Record<Occasion, (people: string) => string> = {
  confirmation: () => 'Confirm that the authorisation is removed',
  reminder: (people) => `Remind ${people}`,
  escalation: (people) => `Escalate: ${people} did not act`,
  orderStopped: () => 'Tell manager and helpdesk that the order was refused',
  returned: () => 'Tell the manager that the order was returned',
  warnings: () => 'Warn the manager and the authorisation administration',
  mailRefused: () => 'Tell the helpdesk that a confirmation could not be delivered',
};

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
const isTask = (value: unknown): value is TaskName => typeof value === 'string' && value in TASK_PEOPLE;
const isOccasion = (value: unknown): value is Occasion => typeof value === 'string' && value in OCCASION;

/** The summary of an activity. @param input what the activity is called with. */
export function activitySummary(source: string, input: unknown): string {
  const given = isObject(input) ? input : {};
  switch (source) {
    case 'lookUp':
      return 'Look in the register';
    case 'order':
      return 'Order on form 9460';
    case 'cancelOrder':
      return `Cancel order ${given.orderNumber ?? ''} on form 9460`;
    case 'detach':
      return 'Detach in the register and look again';
    case 'remove':
      return 'Remove in the register and look again';
    case 'supersedeRemoval':
      return 'Take over an open removal';
    case 'tell': {
      const people = isTask(given.task) ? TASK_PEOPLE[given.task] : 'those who wait';
      const what = isOccasion(given.occasion) ? OCCASION[given.occasion](people) : 'Send a mail';
      const time = typeof given.time === 'number' && given.time > 1 ? `, ${ordinal(given.time)} time` : '';
      return `${what}${to(given.to, given.occasion)}${time}`;
    }
    default:
      return source;
  }
}

function to(readers: unknown, occasion: unknown): string {
  if (occasion !== 'confirmation' || !Array.isArray(readers)) return '';
  return `, to ${readers.map((reader) => (isObject(reader) && reader.person ? `employee ${reader.person}` : 'helpdesk')).join(', ')}`;
}

const TIMERS: readonly [RegExp, string][] = [
  [/after\.undo\./, 'Until then the order can be undone'],
  [/notice\.decide/, 'Next reminder to the manager'],
  [/notice\.orderAgain/, 'Next reminder to the manager: the order was refused'],
  [/notice\.collaborationAdministrators/, 'Next reminder to the collaboration administrators'],
  [/notice\.interventionManagers/, 'Next reminder to the intervention managers'],
  [/notice\.remove/, 'Next reminder to the authorisation administration'],
  [/retryMail/, 'Try a refused confirmation again'],
  [/opening/, "Until the leaver's next step opens"],
];

/** The summary of the timer. @param event XState's name of the delayed event. */
export const timerSummary = (event: string): string => TIMERS.find(([name]) => name.test(event))?.[1] ?? 'Wait';

const STATES: Readonly<Record<string, string>> = {
  starting: 'Looking in the register',
  deciding: 'Waiting for the manager to decide',
  undoable: 'Waiting a little: the manager can still undo the order',
  ordering: 'Ordering on form 9460',
  orderStopped: 'The order was refused: waiting for the manager',
  detaching: 'Waiting for assignments to be detached',
  removing: 'Waiting for the authorisation administration to remove the authorisation',
  verifying: 'Looking whether the register shows it gone',
  confirming: 'Confirming to manager and employee',
  cancelling: 'Cancelling the order',
  scheduled: 'Waiting for the day on which the next step opens',
  removed: 'Ended: the register shows the authorisation gone',
  kept: 'Ended: the manager decided to keep it',
  withdrawn: 'Ended: withdrawn. The authorisation stays',
  superseded: "Ended: a leaver's process took over",
  nothingToRemove: 'Ended: there was nothing to remove',
  refused: 'Ended: the start was not allowed',
  stayed: 'Ended: the person stays',
};

/** Steps of the record whose name alone says too little. */
const STEPS: Readonly<Record<string, string>> = {
  gone: 'the register shows it gone',
  stillThere: 'the register still shows it',
  begun: "the leaver's work began",
  tookOver: 'took over a removal',
};

// What somebody wrote must not become a table's cell border, a link or a heading.
const plain = (text: string) => text.replace(/[\\|<>[\]`*_#\n\r\t]/g, ' ').slice(0, 300);

const clock = new Intl.DateTimeFormat('en-GB', {
  dateStyle: 'medium',
  timeStyle: 'short',
  timeZone: 'Europe/Stockholm',
});
/** As the clock in Stockholm shows it, e.g. "23 Nov 2026, 10:00", never broken into two lines. */
const minute = (at: string) => clock.format(new Date(at)).replaceAll(' ', '\u00a0');

/** A name of the code as words: `interventionManager` is "intervention manager". */
const words = (name: string) => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
const list = (names: readonly string[], none = '–') => names.map(words).join(', ') || none;

// Temporal UI sets the cells of a table without any space between them.
const row = (...cells: string[]) => `|${cells.map((cell) => ` ${cell}\u00a0\u00a0 |`).join('')}`;

/** A table under its title; nothing where it has no rows. */
function table(title: string, heads: string[], rows: string[]): string[] {
  if (rows.length === 0) return [];
  return ['', `**${title}**`, '', row(...heads), `|${heads.map(() => ' :-- |').join('')}`, ...rows];
}

/** The current details of a case, as Markdown. */
export function caseDetails(status: CaseStatus): string {
  const { request, employee, system, roles, manager, order, lastWorkingDay } = status;
  const about = [
    ['Employee', employee],
    ['System', system],
    ['Roles that go', list(roles)],
    ['Manager', manager ?? '–'],
    ...(lastWorkingDay ? [['Last working day', lastWorkingDay]] : []),
    ...(order ? [['Order on form 9460', [order.number ?? '', words(order.state)].join(' ').trim()]] : []),
    ...status.warnings.map(({ id, acknowledgedBy }) => [
      'Warning',
      `${id}${acknowledgedBy ? `, seen by ${acknowledgedBy}` : ''}`,
    ]),
    ...(status.accepts.length > 0 ? [['Possible now', status.accepts.join(', ')]] : []),
  ].map((cells) => row(...cells));
  const waiting = status.waitingFor.map(({ task, assignments, mayAct, due }) =>
    row(`${task} ${assignments.join(', ')}`.trim(), list(mayAct, 'nobody'), minute(due)),
  );
  const ignored = status.ignored.map(({ at, event, by, reason }) =>
    row(minute(at), plain(event), plain(by ?? '–'), plain(reason)),
  );
  return [
    `**${STATES[status.state] ?? status.state}**`,
    '',
    row('Case', request),
    '| :-- | :-- |',
    ...about,
    ...table('Waits for', ['What', 'Who may do it', 'Due'], waiting),
    ...table('What has happened', ['When', 'What', 'Who', 'What exactly'], status.record.map(line)),
    ...table('Ignored: changed nothing', ['When', 'What', 'From', 'Why'], ignored),
    '',
    'Times are Swedish time; people are employee ids.',
  ].join('\n');
}

function line(entry: Entry): string {
  const { roles, assignments, order, warnings, lastWorkingDay, to: told, note } = entry;
  const details = [
    roles && list(roles),
    assignments?.join(', '),
    order && `order ${order}`,
    warnings && `warnings ${warnings.join(', ')}`,
    lastWorkingDay,
    told && `to ${told.join(', ')}`,
    note && plain(note),
  ];
  const who = entry.by ? `${entry.by}${entry.for ? ` for ${entry.for}` : ''}` : '–';
  return row(minute(entry.at), STEPS[entry.step] ?? words(entry.step), who, details.filter(Boolean).join('; ') || '–');
}
