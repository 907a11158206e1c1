import { assign, setup, spawnChild } from 'xstate';
import { dayOf, until } from './calendar.ts';
import {
  type Act,
  actOf,
  attachedIn,
  type CaseContext,
  type ConfirmationReader,
  mail,
  managersAct,
  mayDetach,
  newCase,
  persons,
  recorded,
  saidDetached,
  seen,
  times,
  type Wait,
} from './case.ts';
import { deadlines, leaverDeadline, leaverDetachingOpens, leaverRemovalOpens, nextLeaverNotice } from './deadlines.ts';
import type { EmployeeLeavesEvent, EmployeeLeavesStart, Handled } from './messages.ts';
import type { Facts } from './register.ts';
import { leaverDeciders, type Part, removers, warningsOf } from './rights.ts';
import type { Reader, TellInput } from './sources.ts';
import {
  asking,
  attachedAgain,
  type ConfirmationResult,
  confirmation,
  confirmationGivenUp,
  confirmationRefused,
  confirmed,
  detachingPart,
  detachVerified,
  type Look,
  looked,
  lookUpInput,
  noticeMail,
  partDone,
  refusedTooLong,
  saidRemoved,
  seeing,
  shown,
  sources,
  stillThere,
  type Told,
  timeOf,
  told,
} from './steps.ts';
import { unlessAmong, type WhyNot, whyNotDetached, whyNotRemover } from './whyNot.ts';

/**
 * An employee who leaves, process 2010:01: no form 9460 and no decision. Assignments are detached and the whole
 * authorisation is removed by the end of the last working day (process page, "An employee who leaves"). This file is
 * the whole text of that process.
 */

export type EmployeeLeavesInput = EmployeeLeavesStart & {
  request: string;
  /** When it was started, ISO 8601. */
  at: string;
};

export type EmployeeLeavesContext = CaseContext & {
  start: EmployeeLeavesInput;
  lastWorkingDay: string;
  /** True from when the leaver's own work begins: an open removal has given way, and new ones do. */
  begun: boolean;
  /** True while nobody has been told of the warnings yet: the case does not end before. */
  warning: boolean;
  /** All that was to be detached and removed, to say what had been done if the person stays. */
  all: { assignments: string[]; roles: string[] };
};

type Event = EmployeeLeavesEvent<Handled<Facts>>;
/** The mail with the warnings is out. */
type WarningsTold = { type: 'xstate.done.actor.warnings' };

/** The whole authorisation goes, with what has been added to it since. */
function whole(context: EmployeeLeavesContext, facts: Facts): EmployeeLeavesContext {
  const union = (some: string[], more: string[]) => [...new Set([...some, ...more])];
  return {
    ...context,
    roles: union(context.roles, facts.roles),
    all: {
      assignments: union(
        context.all.assignments,
        facts.assignments.map(({ id }) => id),
      ),
      roles: union(context.all.roles, facts.roles),
    },
  };
}

/** True once the register shows none of the authorisation, also nothing that was added meanwhile. */
const isWhollyGone = ({ roles }: Facts): boolean => roles.length === 0;

function seenWhole(context: EmployeeLeavesContext, facts: Facts, at: string) {
  const { roles, all } = whole(context, facts);
  return { ...seen({ ...context, roles }, facts, at), roles, all };
}

/** Where the employment ends at once, today or before, the work opens at once. */
const opensAtOnce = ({ lastWorkingDay, at }: EmployeeLeavesContext): boolean => lastWorkingDay <= dayOf(at);

const detachingIsOpen = (context: EmployeeLeavesContext): boolean =>
  opensAtOnce(context) || context.at >= leaverDetachingOpens(context.lastWorkingDay);

const removalIsOpen = (context: EmployeeLeavesContext): boolean =>
  opensAtOnce(context) || context.at >= leaverRemovalOpens(context.lastWorkingDay);

/** Past the deadline it wins: the authorisation administration may detach, or accept what is stranded. */
export const isPastDeadline = (context: EmployeeLeavesContext, at = context.at): boolean =>
  at >= leaverDeadline(context.lastWorkingDay);

/** Why a person's command does not count now, by the rules of the process page; undefined where it does. */
export function whyNotEmployeeLeaves(context: EmployeeLeavesContext, event: Event): WhyNot | undefined {
  const { facts, at } = event;
  switch (event.type) {
    case 'detached':
      return whyNotDetached(context, event, isPastDeadline(context, at));
    case 'removed':
      return whyNotRemover(context, event);
    case 'dateChanged':
    case 'stays':
      return unlessAmong(leaverDeciders(facts), event.by, context.employee);
    case 'strandedAccepted': {
      const notRemover = whyNotRemover(context, event);
      if (notRemover) return notRemover;
      if (!isPastDeadline(context, at))
        return { why: 'beforeDeadline', deadline: leaverDeadline(context.lastWorkingDay) };
      const attached = seen(context, facts, at).attached.map(({ id }) => id);
      const unknown = event.assignments.filter((id) => !attached.includes(id));
      return unknown.length > 0 ? { why: 'notAttached', assignments: unknown, attached } : undefined;
    }
  }
}

/** Reminders go to who may act now; when the deadline passes, to the helpdesk and the authorisation administration. */
function noticeReaders(context: EmployeeLeavesContext, wait: Wait): Record<'reminder' | 'escalation', Reader[]> {
  const administration = persons(removers(context.facts));
  const escalation: Reader[] = [{ helpdesk: true }, ...administration];
  if (wait === 'collaborationAdministrators' || wait === 'interventionManagers') {
    const may = attachedIn(context, wait).flatMap((each) => mayDetach(context.facts, each, isPastDeadline(context)));
    return { reminder: persons(may), escalation };
  }
  return { reminder: administration, escalation };
}

function notice(context: EmployeeLeavesContext, wait: Wait): TellInput {
  const { since, notices, lastWorkingDay } = context;
  const { kind } = nextLeaverNotice(since, notices[wait] ?? 0, lastWorkingDay);
  return noticeMail(context, wait, kind, noticeReaders(context, wait)[kind], leaverDeadline(lastWorkingDay));
}

const nextIn =
  (wait: Wait) =>
  ({ context }: { context: EmployeeLeavesContext }) =>
    until(context.at, nextLeaverNotice(context.since, context.notices[wait] ?? 0, context.lastWorkingDay).at);

/** The confirmation goes to the manager, and to the employee while reachable. */
const confirmationReader = (context: EmployeeLeavesContext, reader: ConfirmationReader): string =>
  reader === 'employee' ? context.employee : (context.facts.manager?.id ?? context.start.by);

const confirmationMail = (context: EmployeeLeavesContext, reader: ConfirmationReader): TellInput => ({
  ...mail(context, 'confirmation', 1, persons([confirmationReader(context, reader)])),
  ...(context.stranded.length > 0 ? { assignments: context.stranded } : {}),
});

const mailRefused = (context: EmployeeLeavesContext, reader: ConfirmationReader): TellInput => ({
  ...mail(context, 'mailRefused', reader === 'manager' ? 1 : 2, [{ helpdesk: true }]),
  reason: confirmationReader(context, reader),
});

/** A leaver's warnings go to the manager and the authorisation administration and hold nothing up. */
const warningsMail = (context: EmployeeLeavesContext): TellInput => ({
  ...mail(context, 'warnings', 1, [
    ...persons(context.facts.manager ? [context.facts.manager.id] : []),
    ...persons(removers(context.facts)),
  ]),
  warnings: warningsOf(context.facts, context.roles),
});

const started = (context: EmployeeLeavesContext, { facts, at }: Look): Act => ({
  by: context.start.by,
  id: context.start.id,
  at,
  facts,
});

/** XState makes the context anew, without input, on each transition, and throws it away. */
const NOTHING: EmployeeLeavesInput = {
  id: '',
  by: '',
  employee: '',
  lastWorkingDay: '2001-01-01',
  request: '',
  at: new Date(0).toISOString(),
};

const build = setup({
  types: {} as {
    context: EmployeeLeavesContext;
    events: Event | WarningsTold;
    input: EmployeeLeavesInput;
    output: { outcome: string };
  },
  actors: sources,
  delays: {
    opening: ({ context: { at, begun, lastWorkingDay } }) =>
      until(at, begun ? leaverRemovalOpens(lastWorkingDay) : leaverDetachingOpens(lastWorkingDay)),
    'notice.collaborationAdministrators': nextIn('collaborationAdministrators'),
    'notice.interventionManagers': nextIn('interventionManagers'),
    'notice.remove': nextIn('remove'),
    retryMail: deadlines.refusedMail.retryEveryHours * 3_600_000,
  },
  guards: {
    allowed: ({ context, event }) => 'facts' in event && whyNotEmployeeLeaves(context, event) === undefined,
    gone: ({ context }) => isWhollyGone(context.facts),
    showsGone: (_, { facts }: Look) => isWhollyGone(facts),
    attached: ({ context }) => context.attached.length > 0,
    detachingOpens: ({ context }) => detachingIsOpen(context) && (!context.begun || context.attached.length > 0),
    removalOpens: ({ context }) => context.begun && removalIsOpen(context),
    partDone: ({ context }, { part }: { part: Part }) => partDone(context, part),
    detachesHere: ({ context, event }, { part }: { part: Part }) =>
      event.type === 'detached' &&
      whyNotEmployeeLeaves(context, event) === undefined &&
      saidDetached(context, event, part).claimed[part].length > 0,
    employeeCannotBeReached: ({ context }) => !context.facts.known,
    taken: (_, { answer }: ConfirmationResult) => answer.refused.length === 0,
    refusedTooLong: ({ context }, params: ConfirmationResult) => refusedTooLong(context, params),
    nothingHeld: (_, { facts }: Look) => facts.roles.length === 0,
    warningsAreOut: ({ context }) => !context.warning,
    startRefused: ({ context }, { facts }: Look) =>
      facts.roles.length > 0 && !leaverDeciders(facts).includes(context.start.by),
    warnsFirst: ({ context }, { facts }: Look) =>
      times(context, 'warned') === 0 && warningsOf(facts, whole(context, facts).roles).length > 0,
  },
  actions: {
    looked: assign(({ context }, params: Look) => {
      const { roles, all } = whole(context, params.facts);
      return { roles, all, ...looked({ ...context, roles }, params) };
    }),
    told: assign(({ context }, params: Told) => told(context, params)),
    waitBegins: assign(({ context }) => ({ since: context.at, notices: {} })),
    woken: assign((_, { at }: { at: string }) => ({ at })),

    startRefused: assign(({ context }, now: Look) => ({
      ...seen(context, now.facts, now.at),
      ...recorded(context, { ...actOf(started(context, now), 'refused'), note: 'notAllowed' }),
    })),
    started: assign(({ context }, now: Look) => ({
      ...seenWhole(context, now.facts, now.at),
      ...recorded(context, managersAct(started(context, now), 'leaves', { lastWorkingDay: context.lastWorkingDay })),
    })),
    begun: assign(({ context }) => ({ begun: true, ...recorded(context, { at: context.at, step: 'begun' }) })),
    tookOver: assign(({ context }, { superseded, at }: { superseded: string | null; at: string }) => ({
      at,
      ...(superseded ? recorded(context, { at, step: 'tookOver', note: superseded }) : {}),
    })),
    warned: assign(({ context }) => ({
      warning: true,
      ...recorded(context, { at: context.at, step: 'warned', warnings: warningsOf(context.facts, context.roles) }),
    })),
    warningsTold: assign({ warning: false }),
    tellWarnings: spawnChild('tell', { id: 'warnings', input: ({ context }) => warningsMail(context) }),

    dateChanged: assign(({ context, event }) => {
      if (event.type !== 'dateChanged') return {};
      const { roles, all } = whole(context, event.facts);
      const changed = {
        ...context,
        all,
        ...looked({ ...context, roles }, event),
        roles,
        lastWorkingDay: event.lastWorkingDay,
      };
      return {
        ...changed,
        begun: context.begun && detachingIsOpen(changed),
        ...recorded(changed, managersAct(event, 'dateChanged', { lastWorkingDay: event.lastWorkingDay })),
      };
    }),
    stayed: assign(({ context, event }) => {
      if (event.type !== 'stays') return {};
      const now = { ...context, ...seenWhole(context, event.facts, event.at) };
      const attached = event.facts.assignments.map(({ id }) => id);
      return {
        ...now,
        ...recorded(
          context,
          managersAct(event, 'stayed', {
            roles: now.all.roles.filter((role) => !event.facts.roles.includes(role)),
            assignments: now.all.assignments.filter((id) => !attached.includes(id)),
            note: event.reason,
          }),
        ),
      };
    }),
    strandedAccepted: assign(({ context, event }) => {
      if (event.type !== 'strandedAccepted') return {};
      const stranded = [...context.stranded, ...event.assignments];
      const { assignments, note } = event;
      return {
        ...seenWhole({ ...context, stranded }, event.facts, event.at),
        stranded,
        ...recorded(context, actOf(event, 'strandedAccepted', { assignments, note })),
      };
    }),
    detached: assign(({ context, event }, { part }: { part: Part }) =>
      event.type === 'detached' ? saidDetached(context, event, part) : {},
    ),
    detachVerified: assign(({ context }, params: Look & { part: Part }) => {
      const { roles, all } = whole(context, params.facts);
      return { roles, all, ...detachVerified({ ...context, roles }, params) };
    }),
    attachedAgain: assign(({ context }) => attachedAgain(context)),
    saidRemoved: assign(({ context, event }) => {
      if (event.type !== 'removed') return {};
      const { roles, all } = whole(context, event.facts);
      return { roles, all, ...saidRemoved({ ...context, roles }, event) };
    }),
    stillThere: assign(({ context }) => stillThere(context)),
    verifiedGone: assign(({ context }) => shown(context, 'gone', { roles: context.roles })),

    confirmed: assign(({ context }, params: ConfirmationResult) =>
      confirmed(context, params, confirmationReader(context, params.reader)),
    ),
    confirmationRefused: assign(({ context }, params: ConfirmationResult) => confirmationRefused(context, params)),
    confirmationGivenUp: assign(({ context }, params: ConfirmationResult) =>
      confirmationGivenUp(context, params, confirmationReader(context, params.reader)),
    ),
  },
});

/** Until it is done the date may move, and the person may stay after all. */
const plansChange = {
  dateChanged: { guard: 'allowed', target: '#employeeLeaves.scheduled', actions: 'dateChanged', reenter: true },
  stays: { guard: 'allowed', target: '#employeeLeaves.stayed', actions: 'stayed' },
} as const;

export const employeeLeavesMachine = build.createMachine({
  id: 'employeeLeaves',
  version: '1',
  context: ({ input }) => ({
    ...newCase({ ...(input ?? NOTHING), system: 'SUS' }),
    start: input ?? NOTHING,
    lastWorkingDay: (input ?? NOTHING).lastWorkingDay,
    begun: false,
    warning: false,
    all: { assignments: [], roles: [] },
  }),
  initial: 'starting',
  output: ({ context }) => ({ outcome: context.record.at(-1)?.step ?? '' }),
  // They hold nothing up but the end: told or not, the work goes on.
  on: { 'xstate.done.actor.warnings': { actions: 'warningsTold' } },
  states: {
    /** A first look at the register: who asks, and what there is. */
    starting: {
      invoke: {
        id: 'start',
        src: 'lookUp',
        input: lookUpInput,
        onDone: [
          {
            guard: seeing('startRefused'),
            target: 'refused',
            actions: seeing('startRefused'),
          },
          {
            guard: seeing('nothingHeld'),
            target: 'nothingToRemove',
            actions: seeing('started'),
          },
          { target: 'scheduled', actions: seeing('started') },
        ],
      },
    },

    /** It waits for its days: detaching opens some working days before the last one, removing on that day. */
    scheduled: {
      entry: 'waitBegins',
      always: [
        { guard: 'gone', target: 'confirming', actions: 'verifiedGone' },
        { guard: 'detachingOpens', target: 'detaching' },
        { guard: 'removalOpens', target: 'removing' },
      ],
      on: plansChange,
      after: { opening: { actions: { type: 'woken', params: ({ event }) => ({ at: timeOf(event) }) } } },
    },

    /** The leaver's own work begins: an open removal gives way, then the assignments are detached. */
    detaching: {
      entry: ['waitBegins', 'begun'],
      always: { guard: 'gone', target: 'confirming', actions: 'verifiedGone' },
      on: plansChange,
      initial: 'takingOver',
      states: {
        takingOver: {
          invoke: {
            id: 'takeOver',
            src: 'supersedeRemoval',
            input: ({ context: { employee, system, request } }) => ({ employee, system, by: request }),
            onDone: {
              target: 'looking',
              actions: { type: 'tookOver', params: ({ event }) => ({ ...event.output, at: timeOf(event) }) },
            },
          },
        },
        looking: {
          invoke: {
            id: 'lookAgain',
            src: 'lookUp',
            input: lookUpInput,
            onDone: [
              {
                guard: seeing('warnsFirst'),
                target: 'working',
                actions: [seeing('looked'), 'warned', 'tellWarnings'],
              },
              { target: 'working', actions: seeing('looked') },
            ],
          },
        },
        working: {
          on: { strandedAccepted: { guard: 'allowed', actions: 'strandedAccepted' } },
          type: 'parallel',
          states: {
            collaborationAdministrators: detachingPart('collaborationAdministrators', notice),
            interventionManagers: detachingPart('interventionManagers', notice),
          },
          onDone: '#employeeLeaves.scheduled',
        },
      },
    },

    /** The authorisation administration removes the whole authorisation on the last working day. */
    removing: {
      entry: 'waitBegins',
      always: [
        { guard: 'gone', target: 'confirming', actions: 'verifiedGone' },
        { guard: 'attached', target: 'detaching', actions: 'attachedAgain' },
      ],
      on: { removed: { guard: 'allowed', target: 'verifying', actions: 'saidRemoved' }, ...plansChange },
      ...asking('remove', notice),
    },

    /** The register is looked at at once: only what it shows counts as removed. */
    verifying: {
      invoke: {
        id: 'verify',
        src: 'remove',
        input: ({ context }) => ({ ...lookUpInput({ context }), roles: context.roles, stranded: context.stranded }),
        onDone: [
          {
            guard: seeing('showsGone'),
            target: 'confirming',
            actions: [seeing('looked'), 'verifiedGone'],
          },
          { target: 'removing', actions: [seeing('looked'), 'stillThere'] },
        ],
      },
    },

    /** The confirmation goes to the manager, and to the employee while reachable. */
    confirming: {
      entry: 'waitBegins',
      type: 'parallel',
      states: {
        manager: confirmation('manager', confirmationMail, mailRefused),
        employee: confirmation('employee', confirmationMail, mailRefused),
        warnings: {
          initial: 'waiting',
          states: { waiting: { always: { guard: 'warningsAreOut', target: 'ended' } }, ended: { type: 'final' } },
        },
      },
      onDone: 'removed',
    },

    removed: { type: 'final' },
    stayed: { type: 'final' },
    nothingToRemove: { type: 'final' },
    refused: { type: 'final' },
  },
});
