import { type DoneActorEvent, type EventObject, fromPromise } from 'xstate';
import {
  type Act,
  actOf,
  attachedIn,
  type CaseContext,
  type ConfirmationReader,
  type Entry,
  given,
  goneUnsaid,
  isPart,
  mail,
  notTold,
  readerId,
  recorded,
  seen,
  times,
  type Wait,
} from './case.ts';
import { giveUpMail } from './deadlines.ts';
import type { Facts } from './register.ts';
import type { Part } from './rights.ts';
import type { LookUpInput, Occasion, OrderInput, Reader, TellAnswer, TellInput } from './sources.ts';

/**
 * Steps that the removal and the leaver's process share, as parts of their statecharts. They name guards, actions and
 * delays that each machine gives in its `setup`.
 */

const source = <Output, Input>() =>
  fromPromise<Output, Input>(() => Promise.reject(new Error('the runner carries this source out')));

/** The sources by name; `Sources` says what each does. */
export const sources = {
  lookUp: source<Facts, LookUpInput>(),
  detach: source<Facts, LookUpInput & { assignments: string[] }>(),
  remove: source<Facts, LookUpInput & { roles: string[]; stranded: string[] }>(),
  tell: source<TellAnswer, TellInput>(),
  order: source<{ orderNumber: string }, OrderInput>(),
  cancelOrder: source<void, { orderNumber: string }>(),
  supersedeRemoval: source<{ superseded: string | null }, { employee: string; system: string; by: string }>(),
};

/** When an event was handled: the runner puts the time on each, XState's own types do not know it. */
export const timeOf = (event: EventObject): string =>
  'at' in event && typeof event.at === 'string' ? event.at : new Date(0).toISOString();

/** What a look at the register gave. */
export type Look = { facts: Facts; at: string };
export const look = ({ event }: { event: DoneActorEvent<Facts> }): Look => ({ facts: event.output, at: timeOf(event) });

/** A guard or an action that is about what a look at the register gave. */
export const seeing = <Name extends string>(type: Name) => ({ type, params: look });

/** Takes in a look at the register; what was detached meanwhile without a word is written down. */
export function looked(context: CaseContext, { facts, at }: Look) {
  const unsaid = goneUnsaid(context, facts);
  return {
    ...seen(context, facts, at),
    ...(unsaid.length > 0 ? recorded(context, { at, step: 'foundDetached', assignments: unsaid }) : {}),
  };
}

/** Every look at the register asks about the assignments that the case still waits for. */
export const lookUpInput = ({ context }: { context: CaseContext }): LookUpInput => ({
  employee: context.employee,
  system: context.system,
  known: context.attached,
});

/** A notice in the record's words. */
export const noticeStep = (occasion: Occasion): string => (occasion === 'escalation' ? 'escalated' : 'reminded');

/**
 * A reminder or an escalation of a wait.
 *
 * @param readers who has to act, or who is above them; @param due when the task is due, ISO 8601.
 */
export function noticeMail(
  context: CaseContext,
  wait: Wait,
  occasion: 'reminder' | 'escalation',
  readers: Reader[],
  due: string,
): TellInput {
  const given = context.notices[wait] ?? 0;
  return {
    ...mail(context, occasion, times(context, noticeStep(occasion), wait) + 1, readers),
    wait,
    task: isPart(wait) ? 'detach' : wait,
    // The escalation comes between the first reminder and the second.
    time: occasion === 'reminder' && given > 1 ? given : 1,
    due,
    ...(isPart(wait) ? { assignments: attachedIn(context, wait).map(({ id }) => id) } : {}),
  };
}

/** A notice that went out, to whom. */
export type Told = { wait: Wait; sent: TellInput; answer: TellAnswer; at: string };

/** Writes down a notice that went out, and counts it. */
export const told = (context: CaseContext, { wait, sent, answer, at }: Told) => ({
  at,
  notices: { ...context.notices, [wait]: (context.notices[wait] ?? 0) + 1 },
  ...recorded(context, {
    at,
    step: noticeStep(sent.occasion),
    wait,
    to: sent.to.map(readerId),
    ...(answer.refused.length > 0 ? { note: notTold(answer) } : {}),
  }),
});

/**
 * While somebody is waited for: reminders and escalations, each after a new look at who may act now.
 *
 * @param notice the mail that is due next in this wait.
 */
export const asking = <W extends Wait, Context extends CaseContext>(
  wait: W,
  notice: (context: Context, wait: W) => TellInput,
) => ({
  initial: 'waiting' as const,
  states: {
    waiting: { after: { [`notice.${wait}`]: 'looking' as const } },
    looking: {
      invoke: {
        id: `look.${wait}`,
        src: 'lookUp' as const,
        input: lookUpInput,
        onDone: { target: 'telling' as const, actions: { type: 'looked' as const, params: look } },
      },
    },
    telling: {
      invoke: {
        id: `tell.${wait}`,
        src: 'tell' as const,
        input: ({ context }: { context: Context }) => notice(context, wait),
        onDone: {
          target: 'waiting' as const,
          actions: {
            type: 'told' as const,
            params: ({ context, event }: { context: Context; event: DoneActorEvent<TellAnswer> }): Told => ({
              wait,
              sent: notice(context, wait),
              answer: event.output,
              at: timeOf(event),
            }),
          },
        },
      },
    },
  },
});

/** One of the two kinds of detaching: asked for until the register shows nothing of it any more. */
export const detachingPart = <P extends Part, Context extends CaseContext>(
  part: P,
  notice: (context: Context, wait: P) => TellInput,
) => ({
  initial: 'asking' as const,
  states: {
    asking: {
      ...asking(part, notice),
      always: { guard: { type: 'partDone' as const, params: { part } }, target: 'done' as const },
      on: {
        detached: {
          guard: { type: 'detachesHere' as const, params: { part } },
          target: 'detaching' as const,
          actions: { type: 'detached' as const, params: { part } },
        },
      },
    },
    detaching: {
      invoke: {
        id: `detach.${part}`,
        src: 'detach' as const,
        input: ({ context }: { context: Context }) => ({
          ...lookUpInput({ context }),
          assignments: context.claimed[part],
        }),
        onDone: {
          target: 'asking' as const,
          actions: {
            type: 'detachVerified' as const,
            params: ({ event }: { event: DoneActorEvent<Facts> }) => ({ part, ...look({ event }) }),
          },
        },
      },
    },
    done: { type: 'final' as const },
  },
});

/** Takes in what the register shows after a detaching; what is still attached is asked for again, and the record says so. */
export function detachVerified(context: CaseContext, { part, facts, at }: Look & { part: Part }) {
  const next = seen(context, facts, at);
  const still = next.attached.map(({ id }) => id).filter((id) => context.claimed[part].includes(id));
  const unsaid = goneUnsaid(context, facts).filter((id) => !claimedAnywhere(context).includes(id));
  let record = context.record;
  if (still.length > 0) record = [...record, { at, step: 'stillAttached', assignments: still }];
  if (unsaid.length > 0) record = [...record, { at, step: 'foundDetached', assignments: unsaid }];
  return { ...next, record, claimed: { ...context.claimed, [part]: [] } };
}

const claimedAnywhere = (context: CaseContext): string[] => Object.values(context.claimed).flat();

export const partDone = (context: CaseContext, part: Part): boolean => attachedIn(context, part).length === 0;

/** One confirmation: sent; where it is refused for good, tried for a working day, then written down and the helpdesk told. */
export const confirmation = <Reader extends ConfirmationReader, Context extends CaseContext>(
  reader: Reader,
  message: (context: Context, reader: Reader) => TellInput,
  helpdesk: (context: Context, reader: Reader) => TellInput,
) => {
  const unreachable = { always: { guard: 'employeeCannotBeReached' as const, target: 'ended' as const } };
  const result = ({ event }: { event: DoneActorEvent<TellAnswer> }) => ({
    reader,
    answer: event.output,
    at: timeOf(event),
  });
  return {
    initial: 'sending' as const,
    states: {
      sending: {
        ...(reader === 'employee' ? unreachable : {}),
        invoke: {
          id: `confirm.${reader}`,
          src: 'tell' as const,
          input: ({ context }: { context: Context }) => message(context, reader),
          onDone: [
            {
              guard: { type: 'taken' as const, params: result },
              target: 'ended' as const,
              actions: { type: 'confirmed' as const, params: result },
            },
            {
              guard: { type: 'refusedTooLong' as const, params: result },
              target: 'tellingHelpdesk' as const,
              actions: { type: 'confirmationGivenUp' as const, params: result },
            },
            { target: 'refused' as const, actions: { type: 'confirmationRefused' as const, params: result } },
          ],
        },
      },
      refused: { after: { retryMail: 'sending' as const } },
      tellingHelpdesk: {
        invoke: {
          id: `helpdesk.${reader}`,
          src: 'tell' as const,
          input: ({ context }: { context: Context }) => helpdesk(context, reader),
          onDone: 'ended' as const,
        },
      },
      ended: { type: 'final' as const },
    },
  };
};

export type ConfirmationResult = { reader: ConfirmationReader; answer: TellAnswer; at: string };

/** Writes down that a confirmation was taken by the mail server. */
export const confirmed = (context: CaseContext, { at }: ConfirmationResult, to: string) => ({
  at,
  ...recorded(context, { at, step: 'confirmed', to: [to] }),
});

/** Remembers since when a confirmation has been refused. */
export const confirmationRefused = (context: CaseContext, { reader, at }: ConfirmationResult) => ({
  at,
  refusedSince: { ...context.refusedSince, [reader]: context.refusedSince[reader] ?? at },
});

/** Writes down a confirmation that could not be delivered, and why. */
export const confirmationGivenUp = (context: CaseContext, { answer, at }: ConfirmationResult, to: string) => ({
  at,
  ...recorded(context, { at, step: 'notConfirmed', to: [to], note: notTold(answer) }),
});

/** True once a confirmation has been refused for a working day. */
export const refusedTooLong = (context: CaseContext, { reader, at }: ConfirmationResult): boolean =>
  at >= giveUpMail(context.refusedSince[reader] ?? at);

/** Cancels the orders that were taken back, one after the other; `choosing` says what comes when none is left. */
export const cancellingOrders = <const Choosing extends object>(id: string, choosing: Choosing) => ({
  initial: 'choosing' as const,
  states: {
    choosing,
    cancelling: {
      invoke: {
        id,
        src: 'cancelOrder' as const,
        input: ({ context }: { context: { toCancel: string[] } }) => ({ orderNumber: context.toCancel[0] ?? '' }),
        onDone: {
          target: 'choosing' as const,
          actions: {
            type: 'orderCancelled' as const,
            params: ({ event }: { event: EventObject }) => ({ at: timeOf(event) }),
          },
        },
      },
    },
  },
});

/** The record's line for roles or assignments that the register shows. */
export const shown = (context: CaseContext, step: string, what: Pick<Entry, 'roles' | 'assignments'>) =>
  recorded(context, { at: context.at, step, ...what });

export const attachedAgain = (context: CaseContext) =>
  shown(context, 'attachedAgain', { assignments: context.attached.map(({ id }) => id) });

export const stillThere = (context: CaseContext) =>
  shown(context, 'stillThere', { roles: context.roles.filter((role) => context.facts.roles.includes(role)) });

/** The record's line for somebody saying that the authorisation is removed. */
export const saidRemoved = (context: CaseContext, act: Act & { note?: string | undefined }) => ({
  at: act.at,
  ...recorded(context, actOf(act, 'removed', { roles: context.roles, ...given('note', act.note) })),
});
