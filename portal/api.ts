import * as z from 'zod/mini';
import {
  day,
  employeeLeavesEvents,
  employeeLeavesStart,
  personId,
  removalEvents,
  removalStart,
  requestNumber,
  roleName,
  text,
} from '../machines/messages.ts';

/**
 * The portal's HTTP API: every route with the schemas of what it takes and answers. The server validates by them, the
 * browser checks its forms and types its calls by them, and OpenAPI is made of them: there is no second list.
 *
 * Who acts is never in a request: it is who is logged in. Everything else is the contract's own schema.
 */

const ids = z.array(z.string());
/** ISO 8601 in UTC. */
const moment = z.string();
const language = z.enum(['sv', 'en'], { error: 'language must be sv or en' });
const process = z.enum(['removal', 'employeeLeaves'], { error: 'process must be removal or employeeLeaves' });
/** What people may be asked to do. */
const taskKind = z.enum(['decide', 'detach', 'remove'], { error: 'task must be decide, detach or remove' });

/** What ids that an answer mentions are called: a person who is no longer in the register has no name. */
export const names = z.object({
  people: z.record(z.string(), z.string()),
  organisations: z.record(z.string(), z.object({ name: z.string(), form: z.string() })),
  interventions: z.record(z.string(), z.object({ name: z.string(), organisation: z.string() })),
});

/** What starting and acting answer (contract, "Client"). */
export const answer = z.object({
  request: z.string(),
  state: z.string(),
  accepts: ids,
  outcome: z.nullable(z.string()),
});

/** Who is logged in, and what every page needs. `person` is null where nobody is. */
export const me = z.object({
  person: z.nullable(
    z.object({
      id: z.string(),
      name: z.string(),
      functions: ids,
      /** Has staff: their own, or as a deputy. */
      manages: z.boolean(),
      /** May be asked to detach: a collaboration administrator or an intervention manager. */
      detaches: z.boolean(),
      /** Has been asked for in the register: what they hold themselves. */
      roles: ids,
    }),
  ),
  /** What the person chose, else the register's, else Swedish. */
  language,
  /** Goes with every request but GET, as the header `x-csrf-token`. */
  csrf: z.string(),
  login: z.object({ kind: z.enum(['development', 'openid']), path: z.string() }),
  /** How long an order can be undone after sending, in seconds; 0 where it cannot. */
  undoFor: z.number(),
  version: z.string(),
});

/** One assignment, and where it is. */
export const assignment = z.object({
  id: z.string(),
  role: z.string(),
  organisation: z.string(),
  intervention: z.nullable(z.string()),
  form: z.string(),
});

/** A case as lists show it. */
export const listedCase = z.object({
  request: z.string(),
  process: z.string(),
  employee: z.string(),
  manager: z.nullable(z.string()),
  state: z.string(),
  open: z.boolean(),
  waitsFor: ids,
  due: z.nullable(moment),
  overdue: z.boolean(),
  started: moment,
  ended: z.nullable(moment),
  /** The case in Temporal UI; for auditors alone. */
  temporalUi: z.nullable(z.string()),
});

/** A member of staff, as their manager sees them. */
export const employee = z.object({
  id: z.string(),
  manager: z.nullable(z.string()),
  roles: ids,
  assignments: z.array(assignment),
  /** `combined-roles` where two are held that exclude each other. */
  flags: ids,
  /** Their open cases. */
  open: z.array(listedCase),
});

/** The staff of everybody for whom this person decides: their own first, then those of the managers they stand in for. */
export const staff = z.object({
  groups: z.array(
    z.object({
      /** Null: those without a manager, on whom human resources decide. */
      manager: z.nullable(z.string()),
      /** True where this person stands in as a deputy. */
      asDeputy: z.boolean(),
      employees: z.array(employee),
    }),
  ),
  names,
});

/** What a removal would do. */
export const preview = z.object({
  employee: z.string(),
  system: z.string(),
  held: ids,
  /** What would go. */
  roles: ids,
  /** What would stay. */
  keeps: ids,
  manager: z.nullable(z.string()),
  assignments: z.array(z.extend(assignment, { part: z.string(), detachedBy: ids })),
  /** Ids of warnings; each has to be acknowledged with the order. */
  warnings: ids,
  decidedBy: ids,
  removedBy: ids,
  /** True where an order by who asks is the decision; false: it is a proposal that waits for the manager. */
  isDecision: z.boolean(),
  /** True where who asks may order or propose at all. */
  mayOrder: z.boolean(),
  /** True where who asks may say that this person leaves. */
  maySayLeaves: z.boolean(),
  /** Open cases of this person, which stand in the way of another of their kind. */
  open: z.array(listedCase),
  asOf: moment,
  names,
});

/** One thing that waits for who asks. */
export const task = z.object({
  request: z.string(),
  process: z.string(),
  employee: z.string(),
  system: z.string(),
  roles: ids,
  state: z.string(),
  task: z.string(),
  /** Only those that this person may detach. */
  assignments: ids,
  /** Where they are; those that the register no longer shows are missing here. */
  places: z.array(assignment),
  mayAct: ids,
  /** What to do, by form of collaboration: the name of a text, e.g. `detach.finsam.participantManager`. */
  guidance: ids,
  since: z.nullable(moment),
  due: z.nullable(moment),
  overdue: z.boolean(),
  /** The manager in whose place this person would act. */
  for: z.nullable(z.string()),
  /** Past a leaver's deadline: the authorisation administration may accept these as stranded. */
  mayAcceptStranded: z.boolean(),
});

export const tasks = z.object({
  tasks: z.array(task),
  /** How many there are in all that fit the filters. */
  total: z.number(),
  /** For the next page; null on the last. */
  next: z.nullable(z.string()),
  names,
});

/** Who stands in for whom. The register says so; it is changed there. */
export const deputies = z.object({
  /** My deputies. */
  mine: ids,
  /** The managers that I stand in for. */
  iStandInFor: ids,
  names,
});

export const cases = z.object({ cases: z.array(listedCase), next: z.nullable(z.string()), names });

/** One line of the record. */
export const recordEntry = z.object({
  at: moment,
  step: z.string(),
  by: z.optional(z.nullable(z.string())),
  /** The manager in whose place it was done. */
  for: z.optional(z.nullable(z.string())),
  roles: z.optional(ids),
  assignments: z.optional(ids),
  order: z.optional(z.string()),
  warnings: z.optional(ids),
  lastWorkingDay: z.optional(z.string()),
  wait: z.optional(z.string()),
  to: z.optional(ids),
  note: z.optional(z.string()),
});

/** One case, as its page shows it. The same value comes through the event stream whenever it changes. */
export const caseView = z.object({
  request: z.string(),
  process,
  employee: z.string(),
  manager: z.nullable(z.string()),
  system: z.string(),
  roles: ids,
  state: z.string(),
  since: z.nullable(moment),
  outcome: z.nullable(z.string()),
  lastWorkingDay: z.nullable(z.string()),
  /** Until when the order can be undone; null where it cannot (any more). */
  undoUntil: z.nullable(moment),
  warnings: z.array(z.object({ id: z.string(), acknowledgedBy: z.nullable(z.string()) })),
  waitingFor: z.array(
    z.object({
      task: z.string(),
      assignments: ids,
      mayAct: ids,
      guidance: ids,
      since: z.nullable(moment),
      due: z.nullable(moment),
      overdue: z.boolean(),
    }),
  ),
  order: z.nullable(z.object({ number: z.nullable(z.string()), state: z.string() })),
  /** The assignments that the case names, as far as the register still shows them. */
  places: z.array(assignment),
  record: z.array(recordEntry),
  /** What was sent and did not count, with the reason in both languages. */
  ignored: z.array(z.object({ event: z.string(), by: z.nullable(z.string()), at: moment, reason: z.string() })),
  /** What waits for who asks. */
  tasks: z.array(task),
  /** What who asks may do now, by the name of its route: buttons to show. */
  may: z.array(
    z.enum([
      'undone',
      'withdrawn',
      'decided',
      'detached',
      'strandedAccepted',
      'removed',
      'returned',
      'dateChanged',
      'stays',
    ]),
  ),
  /** The states that the case has been in, in order; the last is the present one. */
  way: z.array(z.object({ state: z.string(), at: moment })),
  /** The case in Temporal UI; for auditors alone. */
  temporalUi: z.nullable(z.string()),
  names,
});

/**
 * A process as a picture: the top-level states of its statechart with their places, and what leads from one to another.
 * All measures are pixels.
 */
const point = z.object({ x: z.number(), y: z.number() });
export const chart = z.object({
  process,
  version: z.string(),
  width: z.number(),
  height: z.number(),
  states: z.array(
    z.object({
      id: z.string(),
      kind: z.enum(['start', 'state', 'end']),
      /** The regions of a state in which people do two kinds of work side by side. */
      regions: ids,
      /** The centre. */
      x: z.number(),
      y: z.number(),
      width: z.number(),
      height: z.number(),
    }),
  ),
  arrows: z.array(
    z.object({
      from: z.string(),
      to: z.string(),
      /** What people do that leads on. */
      events: ids,
      /** True where it goes on without anybody doing something. */
      byItself: z.boolean(),
      points: z.array(point),
    }),
  ),
});

/** Something that was not as it should be: problem+json (RFC 9457). */
export const problem = z.object({
  /** `about:blank`, or `/problems/CODE`. */
  type: z.string(),
  title: z.string(),
  status: z.number(),
  /** What was wrong, what was expected, what to do next; in the person's language. */
  detail: z.string(),
  /** For programs, e.g. `NotAccepted`, `AlreadyOpen`, `NotLoggedIn`, `Csrf`, `InvalidInput`. */
  code: z.string(),
  /** Which fields do not fit, and what is expected there, in the person's language. */
  errors: z.optional(z.array(z.object({ field: z.string(), expected: z.string() }))),
  /** The case that is meant: for `AlreadyOpen` the one that is in the way. */
  request: z.optional(z.string()),
  state: z.optional(z.string()),
  accepts: z.optional(ids),
  /** Warnings that have to be acknowledged. */
  warnings: z.optional(ids),
});

const health = z.object({
  alive: z.boolean(),
  ready: z.boolean(),
  checks: z.array(z.object({ part: z.string(), ok: z.boolean() })),
});

const onRequest = z.strictObject({ request: requestNumber });
const onEmployee = z.strictObject({ employee: personId });

/** Pages: how many, and where the page before ended. */
const paging = {
  limit: z._default(z.coerce.number().check(z.int(), z.gte(1), z.lte(200)), 50),
  next: z.optional(z.string().check(z.maxLength(1000), z.regex(/^[A-Za-z0-9+/=_.-]*$/, 'next must be as answered'))),
};
/** A person's id or a part of their name, a request number, or a part of a place's name. */
const search = z.optional(
  z.string().check(
    z.maxLength(100, 'a search may have at most 100 characters'),
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    z.regex(/^[^\u0000-\u001f\u007f-\u009f]*$/, 'a text must have no control characters'),
  ),
);
const yes = z.optional(z.enum(['true', 'false'], { error: 'must be true or false' }));

/** What narrows the list of cases. */
export const caseFilters = z.strictObject({
  search,
  employee: z.optional(personId),
  manager: z.optional(personId),
  process: z.optional(process),
  state: z.optional(z.string().check(z.regex(/^[A-Za-z]{1,32}$/, 'a state must be a name such as detaching'))),
  is: z.optional(z.enum(['open', 'ended', 'overdue'], { error: 'is must be open, ended or overdue' })),
  ...paging,
});

/** What narrows the list of tasks. */
export const taskFilters = z.strictObject({
  search,
  task: z.optional(taskKind),
  overdue: yes,
  ...paging,
});

/** Form 9460: the order to remove a whole authorisation (no roles) or some of its roles. */
export const order = z.omit(removalStart, { by: true, system: true, undoFor: true });
/** That somebody leaves (process 2010:01). */
export const leaves = z.omit(employeeLeavesStart, { by: true });

const events = {
  undone: removalEvents.undone,
  withdrawn: removalEvents.withdrawn,
  decided: removalEvents.decided,
  removed: removalEvents.removed,
  returned: removalEvents.returned,
  detached: removalEvents.detached,
  strandedAccepted: employeeLeavesEvents.strandedAccepted,
  dateChanged: employeeLeavesEvents.dateChanged,
  stays: employeeLeavesEvents.stays,
};
/** What each act on a case takes: the contract's payload without who acts. */
export const acts = {
  undone: z.omit(events.undone, { by: true }),
  withdrawn: z.omit(events.withdrawn, { by: true }),
  decided: z.omit(events.decided, { by: true }),
  detached: z.omit(events.detached, { by: true }),
  strandedAccepted: z.omit(events.strandedAccepted, { by: true }),
  removed: z.omit(events.removed, { by: true }),
  returned: z.omit(events.returned, { by: true }),
  dateChanged: z.omit(events.dateChanged, { by: true }),
  stays: z.omit(events.stays, { by: true }),
} satisfies Record<keyof typeof events, z.ZodMiniType>;

/** The parts that forms check one by one. */
export { day, roleName, text };

export type Route = {
  method: 'GET' | 'PUT' | 'POST';
  path: string;
  summary: string;
  /** True where it takes no login. */
  open?: true;
  params?: z.ZodMiniType;
  query?: z.ZodMiniType;
  body?: z.ZodMiniType;
  /** Missing where the answer is no JSON. */
  answer?: z.ZodMiniType;
};

const act = <Body extends z.ZodMiniType>(path: string, summary: string, body: Body) =>
  ({ method: 'POST', path: `/api/cases/:request/${path}`, summary, params: onRequest, body, answer }) as const;

/** Every route of the API. */
export const routes = {
  me: { method: 'GET', path: '/api/me', summary: 'Who is logged in; null where nobody is', open: true, answer: me },
  language: {
    method: 'PUT',
    path: '/api/language',
    summary: 'Chooses the language, kept in this browser',
    open: true,
    body: z.strictObject({ language }),
    answer: z.object({ language }),
  },
  logout: {
    method: 'POST',
    path: '/api/logout',
    summary: 'Ends the session; answers where to go next',
    answer: z.object({ to: z.string() }),
  },
  staff: { method: 'GET', path: '/api/staff', summary: 'The staff of a manager or deputy', answer: staff },
  deputies: { method: 'GET', path: '/api/deputies', summary: 'Who stands in for whom', answer: deputies },
  preview: {
    method: 'GET',
    path: '/api/employees/:employee/preview',
    summary: 'What a removal would do; starts nothing',
    params: onEmployee,
    query: z.strictObject({ role: z.optional(z.union([roleName, z.array(roleName).check(z.maxLength(32))])) }),
    answer: preview,
  },
  order: { method: 'POST', path: '/api/removals', summary: 'Orders or proposes a removal', body: order, answer },
  leaves: { method: 'POST', path: '/api/leavers', summary: 'Says that an employee leaves', body: leaves, answer },
  tasks: {
    method: 'GET',
    path: '/api/tasks',
    summary: 'What waits for me, oldest due first',
    query: taskFilters,
    answer: tasks,
  },
  cases: { method: 'GET', path: '/api/cases', summary: 'The cases that I may read', query: caseFilters, answer: cases },
  casesCsv: {
    method: 'GET',
    path: '/api/cases.csv',
    summary: 'The same list as CSV',
    query: z.omit(caseFilters, { limit: true, next: true }),
  },
  case: { method: 'GET', path: '/api/cases/:request', summary: 'One case', params: onRequest, answer: caseView },
  events: {
    method: 'GET',
    path: '/api/cases/:request/events',
    summary: 'Server-sent events: the case, whenever it changes',
    params: onRequest,
  },
  chart: {
    method: 'GET',
    path: '/api/charts/:process',
    summary: 'The statechart of a process as a picture',
    params: z.strictObject({ process }),
    answer: chart,
  },
  undone: act('undone', 'Undoes the order within the short time after sending', acts.undone),
  withdrawn: act('withdrawn', 'The manager takes the order back', acts.withdrawn),
  decided: act('decided', 'The manager decides', acts.decided),
  detached: act('detached', 'Assignments are detached', acts.detached),
  strandedAccepted: act(
    'strandedAccepted',
    'Accepts assignments as stranded, past a leaver’s deadline',
    acts.strandedAccepted,
  ),
  removed: act('removed', 'The authorisation is removed', acts.removed),
  returned: act('returned', 'Sends the order back to the manager', acts.returned),
  dateChanged: act('dateChanged', 'The leaver’s date moves', acts.dateChanged),
  stays: act('stays', 'The person stays after all', acts.stays),
  alive: {
    method: 'GET',
    path: '/health/alive',
    summary: 'The process answers',
    open: true,
    answer: z.object({ alive: z.boolean() }),
  },
  health: { method: 'GET', path: '/health', summary: 'Alive, and ready to work', open: true, answer: health },
  metrics: { method: 'GET', path: '/metrics', summary: 'For Prometheus', open: true },
  openapi: { method: 'GET', path: '/api/openapi.json', summary: 'This list as OpenAPI 3.1', open: true },
} as const satisfies Record<string, Route>;

export type RouteName = keyof typeof routes;

export type Language = z.infer<typeof language>;
export type Names = z.infer<typeof names>;
export type Answer = z.infer<typeof answer>;
export type Me = z.infer<typeof me>;
export type Assignment = z.infer<typeof assignment>;
export type ListedCase = z.infer<typeof listedCase>;
export type Employee = z.infer<typeof employee>;
export type Preview = z.infer<typeof preview>;
export type Task = z.infer<typeof task>;
export type Tasks = z.infer<typeof tasks>;
export type Cases = z.infer<typeof cases>;
export type RecordEntry = z.infer<typeof recordEntry>;
export type CaseView = z.infer<typeof caseView>;
export type Chart = z.infer<typeof chart>;
export type Problem = z.infer<typeof problem>;
