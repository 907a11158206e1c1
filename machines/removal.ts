import { and, assign, type DoneActorEvent, type ErrorActorEvent, not, setup, spawnChild } from 'xstate';
import { until } from './calendar.ts';
import {
  type Act,
  actOf,
  attachedIn,
  type CaseContext,
  type ConfirmationReader,
  given,
  isGone,
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
import { deadlines, dueAfter, nextNotice } from './deadlines.ts';
import type { Handled, RemovalEvent, RemovalStart } from './messages.ts';
import type { Facts } from './register.ts';
import { deciders, notAcknowledged, type Part, proposers, removers, warningsOf } from './rights.ts';
import type { OrderInput, Reader, TellInput } from './sources.ts';
import {
  asking,
  attachedAgain,
  type ConfirmationResult,
  cancellingOrders,
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
 * An employee who stays: the removal of an authorisation, or of some of its roles, from the manager's decision to the
 * confirmation (process page, "An employee who stays"). This file is the whole text of that process.
 */

export type RemovalInput = RemovalStart & {
  request: string;
  /** When it was started, ISO 8601. */
  at: string;
};

type Ending = 'withdrawn' | 'superseded' | 'kept' | 'nothingToRemove';

export type RemovalContext = CaseContext & {
  start: RemovalInput;
  decision: { by: string; at: string } | null;
  acknowledged: { id: string; by: string }[];
  /** The latest order, and its running number within the case. */
  order: { running: number; number: string | null; state: 'sending' | 'sent' | 'stopped' | 'cancelled' } | null;
  /** Numbers of orders that must be cancelled before this case ends or orders anew. */
  toCancel: string[];
  /** How the case ends once its order is taken back. */
  ending: Ending | null;
};

type Event = RemovalEvent<Handled<Facts>>;

/** The roles that a decision takes away: those it names, or those proposed, as far as they are held. */
const rolesOf = (roles: string[] | undefined, facts: Facts): string[] =>
  roles ? roles.filter((role) => facts.roles.includes(role)) : facts.roles;

/** The roles that a decision is about which names none: those proposed, or those decided before. */
const onTheTable = (context: RemovalContext): string[] | undefined =>
  context.order ? context.roles : context.start.roles;

const acknowledgedIds = (context: RemovalContext): string[] => context.acknowledged.map(({ id }) => id);

/** Warnings are looked up again at the decision, and new ones need acknowledging too (contract, "Temporal"). */
const unseenWarnings = (
  context: RemovalContext,
  facts: Facts,
  roles: string[],
  acknowledged: string[] = [],
): string[] => notAcknowledged(warningsOf(facts, roles), [...acknowledgedIds(context), ...acknowledged]);

/** Why a start is not allowed (contract: "refused"). */
function whyNotStarted({ start }: RemovalContext, facts: Facts): WhyNot | undefined {
  if (!facts.known) return { why: 'unknownPerson', person: start.employee };
  const notHeld = (start.roles ?? []).filter((role) => !facts.roles.includes(role));
  if (!proposers(facts).includes(start.by)) return { why: 'notAllowed', may: proposers(facts) };
  return notHeld.length > 0 ? { why: 'rolesNotHeld', roles: notHeld, held: facts.roles } : undefined;
}

/** A start by who decides is the decision, once every warning is acknowledged (contract, "Client", `remove`). */
const isDecision = (context: RemovalContext, facts: Facts): boolean =>
  deciders(facts).includes(context.start.by) &&
  unseenWarnings(context, facts, rolesOf(context.start.roles, facts), context.start.acknowledged).length === 0;

/** Why a person's command does not count now, by the rules of the process page; undefined where it does. */
export function whyNotRemoval(context: RemovalContext, event: Event): WhyNot | undefined {
  const { facts } = event;
  if (context.ending) return { why: 'ending', as: context.ending };
  switch (event.type) {
    case 'decided': {
      const notDecider = unlessAmong(deciders(facts), event.by, context.employee);
      if (notDecider || event.decision === 'keep') return notDecider;
      const notHeld = (event.roles ?? []).filter((role) => !facts.roles.includes(role));
      if (notHeld.length > 0) return { why: 'rolesNotHeld', roles: notHeld, held: facts.roles };
      const roles = rolesOf(event.roles ?? onTheTable(context), facts);
      const warnings = unseenWarnings(context, facts, roles, event.acknowledged);
      return warnings.length > 0 ? { why: 'notAcknowledged', warnings } : undefined;
    }
    case 'withdrawn':
    case 'undone':
      return unlessAmong(deciders(facts), event.by, context.employee);
    case 'detached':
      return whyNotDetached(context, event);
    case 'removed':
    case 'returned':
      return whyNotRemover(context, event);
    case 'superseded':
      return facts.leaver?.atWork && facts.leaver.request === event.by ? undefined : { why: 'leaverNotAtWork' };
  }
}

/** The manager's own steps escalate to the manager's manager, the administrators' to the helpdesk. */
function noticeReaders(context: RemovalContext, wait: Wait): Record<'reminder' | 'escalation', Reader[]> {
  const { facts } = context;
  const helpdesk: Reader[] = [{ helpdesk: true }];
  if (wait === 'remove') return { reminder: persons(removers(facts)), escalation: helpdesk };
  if (wait === 'decide' || wait === 'orderAgain') {
    const above = facts.manager?.manager;
    return {
      reminder: persons(
        facts.manager && deciders(facts).includes(facts.manager.id) ? [facts.manager.id] : deciders(facts),
      ),
      escalation: persons(above && above !== context.employee ? [above] : facts.humanResources),
    };
  }
  const may = attachedIn(context, wait).flatMap((assignment) => mayDetach(facts, assignment));
  return { reminder: persons(may), escalation: helpdesk };
}

function notice(context: RemovalContext, wait: Wait): TellInput {
  const { kind } = nextNotice(context.since, context.notices[wait] ?? 0);
  return noticeMail(context, wait, kind, noticeReaders(context, wait)[kind], dueAfter(context.since));
}

const nextIn =
  (wait: Wait) =>
  ({ context }: { context: RemovalContext }) =>
    until(context.at, nextNotice(context.since, context.notices[wait] ?? 0).at);

/** The confirmation goes to the ordering manager and to the employee (process page, "Remove and confirm"). */
const confirmationReader = (context: RemovalContext, reader: ConfirmationReader): string =>
  reader === 'employee' ? context.employee : (context.decision?.by ?? context.start.by);

const confirmationMail = (context: RemovalContext, reader: ConfirmationReader): TellInput =>
  mail(context, 'confirmation', 1, persons([confirmationReader(context, reader)]));

const mailRefused = (context: RemovalContext, reader: ConfirmationReader): TellInput => ({
  ...mail(context, 'mailRefused', reader === 'manager' ? 1 : 2, [{ helpdesk: true }]),
  reason: confirmationReader(context, reader),
});

const orderInput = ({ context }: { context: RemovalContext }): OrderInput => ({
  request: context.request,
  running: context.order?.running ?? 1,
  employee: context.employee,
  system: context.system,
  roles: context.roles,
  orderedBy: context.decision?.by ?? context.start.by,
  decidedAt: context.decision?.at ?? context.at,
});

/** A decision to remove: what goes, on whose word, with which warnings seen; and a new order. */
function decide(context: RemovalContext, act: Act, roles: string[], acknowledged: string[], note: string | undefined) {
  const warnings = warningsOf(act.facts, roles);
  const news = warnings.filter((id) => acknowledged.includes(id) && !acknowledgedIds(context).includes(id));
  const decided = { ...context, roles };
  return {
    ...seen(decided, act.facts, act.at),
    roles,
    decision: { by: act.by, at: act.at },
    acknowledged: [...context.acknowledged, ...news.map((id) => ({ id, by: act.by }))],
    order: { running: (context.order?.running ?? 0) + 1, number: null, state: 'sending' as const },
    ...recorded(
      context,
      managersAct(act, 'decided', { roles, ...(warnings.length > 0 ? { warnings } : {}), ...given('note', note) }),
    ),
  };
}

/** The line for a start that is no decision: of a manager who has not seen every warning, or of somebody else. */
function proposal(context: RemovalContext, now: Look, roles: string[]) {
  const act = started(context, now);
  const what = { roles, ...given('note', context.start.reason) };
  return deciders(now.facts).includes(act.by) ? managersAct(act, 'proposed', what) : actOf(act, 'proposed', what);
}

const started = (context: RemovalContext, { facts, at }: Look): Act => ({
  by: context.start.by,
  id: context.start.id,
  at,
  facts,
});

/** An order that was sent and not cancelled must be, when the case takes it back. */
const takenBack = ({ order, toCancel }: RemovalContext): Pick<RemovalContext, 'toCancel'> => ({
  toCancel:
    order?.state === 'sent' && order.number && !toCancel.includes(order.number)
      ? [...toCancel, order.number]
      : toCancel,
});

const returnedMail = (context: RemovalContext): TellInput => ({
  ...mail(context, 'returned', times(context, 'returned'), noticeReaders(context, 'decide').reminder),
  ...given('reason', context.record.findLast(({ step }) => step === 'returned')?.note),
});

const orderStoppedMail = (context: RemovalContext): TellInput => ({
  ...mail(context, 'orderStopped', context.order?.running ?? 1, [
    ...persons([context.decision?.by ?? context.start.by]),
    { helpdesk: true },
  ]),
  ...given('reason', context.record.findLast(({ step }) => step === 'orderStopped')?.note),
});

/** XState makes the context anew, without input, on each transition, and throws it away. */
const NOTHING: RemovalInput = {
  id: '',
  by: '',
  employee: '',
  system: 'SUS',
  request: '',
  at: new Date(0).toISOString(),
};

const build = setup({
  types: {} as { context: RemovalContext; events: Event; input: RemovalInput; output: { outcome: string } },
  actors: sources,
  delays: {
    'notice.decide': nextIn('decide'),
    'notice.orderAgain': nextIn('orderAgain'),
    'notice.collaborationAdministrators': nextIn('collaborationAdministrators'),
    'notice.interventionManagers': nextIn('interventionManagers'),
    'notice.remove': nextIn('remove'),
    undo: ({ context }) => (context.start.undoFor ?? 0) * 1000,
    retryMail: deadlines.refusedMail.retryEveryHours * 3_600_000,
  },
  guards: {
    allowed: ({ context, event }) => whyNotRemoval(context, event) === undefined,
    keeps: ({ event }) => event.type === 'decided' && event.decision === 'keep',
    nothingToDecide: ({ context, event }) =>
      event.type === 'decided' && rolesOf(event.roles ?? onTheTable(context), event.facts).length === 0,
    shownGone: ({ context, event }) => isGone(context, event.facts),
    gone: ({ context }) => isGone(context),
    showsGone: ({ context }, { facts }: Look) => isGone(context, facts),
    attached: ({ context }) => context.attached.length > 0,
    partDone: ({ context }, { part }: { part: Part }) => partDone(context, part),
    detachesHere: ({ context, event }, { part }: { part: Part }) =>
      event.type === 'detached' &&
      whyNotRemoval(context, event) === undefined &&
      saidDetached(context, event, part).claimed[part].length > 0,
    orderToCancel: ({ context }) => context.toCancel.length > 0,
    ending: ({ context }) => context.ending !== null,
    endsAs: ({ context }, { ending }: { ending: Ending }) => context.ending === ending,
    employeeCannotBeReached: ({ context }) => !context.facts.known,
    taken: (_, { answer }: ConfirmationResult) => answer.refused.length === 0,
    refusedTooLong: ({ context }, params: ConfirmationResult) => refusedTooLong(context, params),
    startRefused: ({ context }, { facts }: Look) =>
      facts.roles.length > 0 && whyNotStarted(context, facts) !== undefined,
    leaverAtWork: (_, { facts }: Look) => facts.leaver?.atWork === true,
    nothingHeld: (_, { facts }: Look) => facts.roles.length === 0,
    isDecision: ({ context }, { facts }: Look) => isDecision(context, facts),
    isDecisionToUndo: ({ context }, { facts }: Look) => isDecision(context, facts) && (context.start.undoFor ?? 0) > 0,
  },
  actions: {
    looked: assign(({ context }, params: Look) => looked(context, params)),
    told: assign(({ context }, params: Told) => told(context, params)),
    waitBegins: assign(({ context }) => ({ since: context.at, notices: {} })),

    startRefused: assign(({ context }, { facts, at }: Look) => {
      const why = whyNotStarted(context, facts);
      return {
        ...seen(context, facts, at),
        ...recorded(context, { ...actOf(started(context, { facts, at }), 'refused'), ...given('note', why?.why) }),
      };
    }),
    proposed: assign(({ context }, now: Look) => {
      const roles = rolesOf(context.start.roles, now.facts);
      return {
        ...seen({ ...context, roles }, now.facts, now.at),
        roles,
        ...recorded(context, proposal(context, now, roles)),
      };
    }),
    decidedAtStart: assign(({ context }, now: Look) => {
      const { start } = context;
      return decide(
        context,
        started(context, now),
        rolesOf(start.roles, now.facts),
        start.acknowledged ?? [],
        start.reason,
      );
    }),
    supersededAtStart: assign(({ context }, { facts, at }: Look) =>
      recorded(context, { at, step: 'superseded', ...given('by', facts.leaver?.request) }),
    ),

    decided: assign(({ context, event }) => {
      if (event.type !== 'decided') return {};
      const roles = rolesOf(event.roles ?? onTheTable(context), event.facts);
      return decide(context, event, roles, event.acknowledged ?? [], event.note);
    }),
    kept: assign(({ context, event }) =>
      event.type === 'decided'
        ? {
            ...seen(context, event.facts, event.at),
            ...takenBack(context),
            ending: 'kept' as const,
            ...recorded(context, managersAct(event, 'kept', given('note', event.note))),
          }
        : {},
    ),
    lookedByAct: assign(({ context, event }) => ('facts' in event ? seen(context, event.facts, event.at) : {})),
    nothingLeft: assign(({ context }) => ({
      ending: 'nothingToRemove' as const,
      ...recorded(context, { at: context.at, step: 'nothingToRemove', roles: context.roles }),
    })),
    undone: assign(({ context, event }) =>
      event.type === 'undone'
        ? {
            ...seen(context, event.facts, event.at),
            ending: 'withdrawn' as const,
            ...recorded(context, actOf(event, 'undone')),
          }
        : {},
    ),
    withdrawn: assign(({ context, event }) => endedBy(context, event)),
    withdrawnTooLate: assign(({ context, event }) =>
      event.type === 'withdrawn'
        ? {
            ...seen(context, event.facts, event.at),
            ...recorded(context, managersAct(event, 'withdrawnTooLate', { note: event.reason })),
          }
        : {},
    ),
    returnedTooLate: assign(({ context, event }) =>
      event.type === 'returned'
        ? {
            ...seen(context, event.facts, event.at),
            ...recorded(context, actOf(event, 'returnedTooLate', { note: event.reason })),
          }
        : {},
    ),
    returned: assign(({ context, event }) =>
      event.type === 'returned'
        ? {
            ...seen(context, event.facts, event.at),
            ...takenBack(context),
            decision: null,
            ...recorded(
              context,
              actOf(event, 'returned', { note: event.reason, ...given('order', context.order?.number ?? undefined) }),
            ),
          }
        : {},
    ),

    tellReturned: spawnChild('tell', { id: 'returned', input: ({ context }) => returnedMail(context) }),

    ordered: assign(({ context }, { number, at }: { number: string; at: string }) => ({
      at,
      order: { running: context.order?.running ?? 1, number, state: 'sent' as const },
      ...recorded(context, { at, step: 'ordered', roles: context.roles, order: number }),
    })),
    orderToBeCancelled: assign(({ context }) => takenBack(context)),
    orderStopped: assign(({ context }, { error, at }: { error: unknown; at: string }) => ({
      at,
      order: { running: context.order?.running ?? 1, number: null, state: 'stopped' as const },
      ...recorded(context, { at, step: 'orderStopped', note: error instanceof Error ? error.message : String(error) }),
    })),
    orderCancelled: assign(({ context }, { at }: { at: string }) => {
      const [number, ...toCancel] = context.toCancel;
      return {
        at,
        toCancel,
        order:
          context.order && context.order.number === number
            ? { ...context.order, state: 'cancelled' as const }
            : context.order,
        ...recorded(context, { at, step: 'orderCancelled', ...given('order', number) }),
      };
    }),

    detached: assign(({ context, event }, { part }: { part: Part }) =>
      event.type === 'detached' ? saidDetached(context, event, part) : {},
    ),
    detachVerified: assign(({ context }, params: Look & { part: Part }) => detachVerified(context, params)),
    attachedAgain: assign(({ context }) => attachedAgain(context)),
    saidRemoved: assign(({ context, event }) => (event.type === 'removed' ? saidRemoved(context, event) : {})),
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

/** The manager takes the order back, or a leaver's process takes the case over. */
function endedBy(context: RemovalContext, event: Event) {
  if (event.type !== 'withdrawn' && event.type !== 'superseded') return {};
  const shown = looked(context, event);
  const said =
    event.type === 'withdrawn'
      ? managersAct(event, 'withdrawn', { note: event.reason })
      : { at: event.at, step: 'superseded', by: event.by, id: event.id };
  return { ...shown, ...takenBack(context), ending: event.type, ...recorded({ ...context, ...shown }, said) };
}

/** What became of the order, with what Min Support said. */
const ordered = {
  type: 'ordered',
  params: ({ event }: { event: DoneActorEvent<{ orderNumber: string }> }) => ({
    number: event.output.orderNumber,
    at: timeOf(event),
  }),
} as const;
const orderStopped = {
  type: 'orderStopped',
  params: ({ event }: { event: ErrorActorEvent }) => ({ error: event.error, at: timeOf(event) }),
} as const;

/** The manager's word: keep it, or remove it and order that. */
const decided = [
  { guard: and(['allowed', 'keeps']), target: '#removal.cancelling', actions: 'kept' },
  {
    guard: and(['allowed', 'nothingToDecide']),
    target: '#removal.cancelling',
    actions: ['lookedByAct', 'nothingLeft'],
  },
  { guard: 'allowed', target: '#removal.ordering', actions: 'decided' },
] as const;

/** The ways out that are open once it is decided, until the register shows the authorisation gone. */
const waysOut = {
  withdrawn: [
    {
      guard: and(['allowed', 'shownGone']),
      target: '#removal.confirming',
      actions: ['withdrawnTooLate', 'verifiedGone'],
    },
    { guard: 'allowed', target: '#removal.cancelling', actions: 'withdrawn' },
  ],
  superseded: { guard: 'allowed', target: '#removal.cancelling', actions: 'withdrawn' },
} as const;

export const removalMachine = build.createMachine({
  id: 'removal',
  version: '1',
  context: ({ input }) => ({
    ...newCase(input ?? NOTHING),
    start: input ?? NOTHING,
    decision: null,
    acknowledged: [],
    order: null,
    toCancel: [],
    ending: null,
  }),
  initial: 'starting',
  output: ({ context }) => ({ outcome: context.ending ?? 'removed' }),
  states: {
    /** A first look at the register: what there is to remove, and who asks for it. */
    starting: {
      invoke: {
        id: 'start',
        src: 'lookUp',
        input: ({ context }) => ({ ...lookUpInput({ context }), leaver: true }),
        onDone: [
          {
            guard: seeing('startRefused'),
            target: 'refused',
            actions: seeing('startRefused'),
          },
          {
            guard: seeing('nothingHeld'),
            target: 'nothingToRemove',
            actions: seeing('proposed'),
          },
          {
            guard: seeing('leaverAtWork'),
            target: 'superseded',
            actions: [seeing('proposed'), seeing('supersededAtStart')],
          },
          {
            guard: seeing('isDecisionToUndo'),
            target: 'undoable',
            actions: seeing('decidedAtStart'),
          },
          {
            guard: seeing('isDecision'),
            target: 'ordering',
            actions: seeing('decidedAtStart'),
          },
          { target: 'deciding', actions: seeing('proposed') },
        ],
      },
    },

    /** An order that was sent with time to undo it waits that long before anything leaves the house. */
    undoable: {
      entry: 'waitBegins',
      after: { undo: 'ordering' },
      on: {
        undone: { guard: 'allowed', target: 'cancelling', actions: 'undone' },
        withdrawn: { guard: 'allowed', target: 'cancelling', actions: 'withdrawn' },
        superseded: waysOut.superseded,
      },
    },

    /** 1. The manager decides. An order that was returned is cancelled meanwhile. */
    deciding: {
      entry: 'waitBegins',
      always: { guard: 'gone', target: 'cancelling', actions: 'nothingLeft' },
      on: {
        decided,
        withdrawn: { guard: 'allowed', target: 'cancelling', actions: 'withdrawn' },
        superseded: waysOut.superseded,
      },
      type: 'parallel',
      states: {
        manager: asking('decide', notice),
        returnedOrder: cancellingOrders('cancelReturned', { always: { guard: 'orderToCancel', target: 'cancelling' } }),
      },
    },

    /** 2. The decision becomes an order on form 9460. Withdrawn meanwhile, the order is first learnt, then cancelled. */
    ordering: {
      entry: 'waitBegins',
      on: {
        withdrawn: [
          { guard: and(['allowed', 'shownGone']), actions: 'withdrawnTooLate' },
          { guard: 'allowed', actions: 'withdrawn' },
        ],
        superseded: { guard: 'allowed', actions: 'withdrawn' },
      },
      initial: 'returnedOrder',
      states: {
        returnedOrder: {
          always: { guard: not('orderToCancel'), target: 'sending' },
          ...cancellingOrders('cancelBeforeOrder', { always: { guard: 'orderToCancel', target: 'cancelling' } }),
        },
        sending: {
          invoke: {
            id: 'order',
            src: 'order',
            input: orderInput,
            onDone: [
              { guard: 'ending', target: '#removal.cancelling', actions: [ordered, 'orderToBeCancelled'] },
              { target: '#removal.detaching', actions: ordered },
            ],
            onError: [
              { guard: 'ending', target: '#removal.cancelling', actions: orderStopped },
              { target: '#removal.orderStopped', actions: orderStopped },
            ],
          },
        },
      },
    },

    /** Min Support refused the order: manager and helpdesk are told; the manager orders again or withdraws. */
    orderStopped: {
      entry: 'waitBegins',
      always: { guard: 'gone', target: 'cancelling', actions: 'nothingLeft' },
      on: {
        decided,
        ...waysOut,
      },
      initial: 'telling',
      states: {
        telling: {
          invoke: {
            id: 'orderStopped',
            src: 'tell',
            input: ({ context }) => orderStoppedMail(context),
            onDone: 'asking',
          },
        },
        asking: asking('orderAgain', notice),
      },
    },

    /** 3. Assignments are detached, the two kinds of work side by side, each skipped where it has nothing to do. */
    detaching: {
      entry: 'waitBegins',
      always: { guard: 'gone', target: 'confirming', actions: 'verifiedGone' },
      on: waysOut,
      type: 'parallel',
      states: {
        collaborationAdministrators: detachingPart('collaborationAdministrators', notice),
        interventionManagers: detachingPart('interventionManagers', notice),
      },
      onDone: 'removing',
    },

    /** 4. The authorisation administration removes, as decided; or sends the order back. */
    removing: {
      entry: 'waitBegins',
      always: [
        { guard: 'gone', target: 'confirming', actions: 'verifiedGone' },
        { guard: 'attached', target: 'detaching', actions: 'attachedAgain' },
      ],
      on: {
        removed: { guard: 'allowed', target: 'verifying', actions: 'saidRemoved' },
        returned: [
          {
            guard: and(['allowed', 'shownGone']),
            target: 'confirming',
            actions: ['returnedTooLate', 'verifiedGone'],
          },
          { guard: 'allowed', target: 'deciding', actions: ['returned', 'tellReturned'] },
        ],
        ...waysOut,
      },
      ...asking('remove', notice),
    },

    /** The register is looked at at once: only what it shows counts as removed. */
    verifying: {
      invoke: {
        id: 'verify',
        src: 'remove',
        input: ({ context }) => ({ ...lookUpInput({ context }), roles: context.roles, stranded: [] }),
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

    /** The confirmation goes by itself to the ordering manager and to the employee. */
    confirming: {
      entry: 'waitBegins',
      type: 'parallel',
      states: {
        manager: confirmation('manager', confirmationMail, mailRefused),
        employee: confirmation('employee', confirmationMail, mailRefused),
      },
      onDone: 'removed',
    },

    /** What was ordered is cancelled, then the case ends. */
    cancelling: {
      ...cancellingOrders('cancel', {
        always: [
          { guard: 'orderToCancel', target: 'cancelling' },
          { guard: { type: 'endsAs', params: { ending: 'kept' } }, target: '#removal.kept' },
          { guard: { type: 'endsAs', params: { ending: 'superseded' } }, target: '#removal.superseded' },
          { guard: { type: 'endsAs', params: { ending: 'nothingToRemove' } }, target: '#removal.nothingToRemove' },
          { target: '#removal.withdrawn' },
        ],
      }),
    },

    removed: { type: 'final' },
    kept: { type: 'final' },
    withdrawn: { type: 'final' },
    superseded: { type: 'final' },
    nothingToRemove: { type: 'final' },
    refused: { type: 'final' },
  },
});
