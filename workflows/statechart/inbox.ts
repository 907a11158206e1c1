import {
  ApplicationFailure,
  defineSignal,
  defineUpdate,
  setDefaultSignalHandler,
  setDefaultUpdateHandler,
  setHandler,
} from '@temporalio/workflow';
import type { AnyEventObject } from 'xstate';

/** What people read about a refusal, in both languages or as one text. */
export type Message = string | { sv: string; en: string };

/** Why a command was refused. The codes are the failure types that clients see. */
export type Refusal = {
  code: 'InvalidInput' | 'NotAccepted' | 'Refused' | 'TryAgain';
  message: Message;
};

/** What a schema must be able to do: zod's and zod/mini's schemas can. */
export type Schema<Out = unknown> = {
  safeParse(
    value: unknown,
    how: typeof READ_ONCE,
  ):
    | { success: true; data: Out }
    | { success: false; error: { issues: readonly { path: readonly PropertyKey[]; message: string }[] } };
};

/** Each case reads a message of a kind once or twice: zod would take longer to compile how than to do it. */
export const READ_ONCE = { jitless: true } as const;

export type Payload = Record<string, unknown>;

/** A command that came in: its event's name and what it says. Signals cannot be answered, updates are. */
export type Command = {
  name: string;
  payload: Payload;
  id: string | null;
  /** Absent for a signal. */
  update?: { resolve(answer: unknown): void; reject(refusal: Refusal): void };
};

/** The second argument of a signal that a machine sends: to one that it invoked, or to the one that invoked it. */
export type FromMachine = { fromMachine: string };

/** A marked value that the payload converter gives for a payload that cannot be read. */
export const UNREADABLE = 'aterkalla.unreadable';

export const isObject = (value: unknown): value is Payload =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

type Parsed = { ok: true; payload: Payload } | { ok: false; refusal: Refusal };

const isFromMachine = (value: unknown): value is FromMachine =>
  isObject(value) && typeof value.fromMachine === 'string' && Object.keys(value).length === 1;

/** Reads a payload against its schema; without a schema any object will do, and none is an empty one. */
function parsePayload(args: readonly unknown[], schema: Schema | undefined): Parsed {
  const [value] = args;
  if (isObject(value) && UNREADABLE in value) return invalid('the payload cannot be read: expected one JSON object');
  if (args.length > 1) return invalid(`expected one JSON object, got ${args.length} arguments`);
  if (!schema) {
    if (value === undefined || value === null) return valid({});
    return isObject(value) ? valid(value) : invalid('expected one JSON object');
  }
  if (!isObject(value)) return invalid('expected one JSON object');
  const parsed = schema.safeParse(value, READ_ONCE);
  if (parsed.success) return isObject(parsed.data) ? valid(parsed.data) : invalid('expected one JSON object');
  return invalid(
    parsed.error.issues
      .slice(0, 10)
      .map(({ path, message }) => (path.length > 0 ? `${path.map(String).join('.')}: ${message}` : message))
      .join('; '),
  );
}

const valid = (payload: Payload): Parsed => ({ ok: true, payload });

const invalid = (message: string): Parsed => ({
  ok: false,
  refusal: { code: 'InvalidInput', message: message.slice(0, 1000) },
});

/** The failure that an update answers with; `details[0]` says what is accepted now. */
export function refusalFailure(refusal: Refusal, now: Payload): ApplicationFailure {
  const text = typeof refusal.message === 'string' ? refusal.message : refusal.message.en;
  return ApplicationFailure.create({
    message: text,
    type: refusal.code,
    nonRetryable: true,
    details: [{ ...now, code: refusal.code, message: refusal.message }],
  });
}

/**
 * Offers each event as a Signal and as an Update of the same name, in one inbox in the order they came.
 *
 * @param inbox what the runner does: `refuseNow` decides for an update before it is accepted, `take` puts a command in,
 *   `ignore` notes a signal that cannot be a command.
 */
export function openInbox(inbox: {
  events: readonly string[];
  /** Whether a name that is not among the events fits a wildcard of the machine. */
  takesAnything: (name: string) => boolean;
  hasWildcards: boolean;
  schemas: Readonly<Record<string, Schema>> | undefined;
  descriptions: Readonly<Record<string, string>> | undefined;
  refuseNow: (name: string, payload: Payload, id: string | null) => Refusal | undefined;
  take: (command: Command) => void;
  /** Takes an event of another machine, which is no command; null where there is no such machine. */
  hear: ((event: AnyEventObject) => void) | null;
  ignore: (name: string, payload: unknown, refusal: Refusal) => void;
  now: () => Payload;
}): void {
  const idOf = ({ id }: Payload) => (typeof id === 'string' && id !== '' ? id : null);
  const unknown = () =>
    invalid(
      `there is no such event; there ${inbox.events.length > 0 ? `are: ${inbox.events.join(', ')}` : 'are none'}`,
    );
  const read = (name: string, args: readonly unknown[]): Parsed => {
    const isKnown = inbox.events.includes(name) || (!name.startsWith('xstate.') && inbox.takesAnything(name));
    return isKnown ? parsePayload(args, inbox.schemas?.[name]) : unknown();
  };
  const signalled = (name: string, args: readonly unknown[]) => {
    const hear = args.length === 2 && isFromMachine(args[1]) ? inbox.hear : null;
    const parsed = read(name, hear ? args.slice(0, 1) : args);
    if (parsed.ok && hear) hear({ ...parsed.payload, type: name });
    else if (parsed.ok) inbox.take({ name, payload: parsed.payload, id: idOf(parsed.payload) });
    else inbox.ignore(name, args[0], parsed.refusal);
  };
  const updated = (name: string, args: readonly unknown[]) => {
    const parsed = read(name, args);
    if (!parsed.ok) throw refusalFailure(parsed.refusal, inbox.now());
    const { payload } = parsed;
    return new Promise((resolve, reject) => {
      const update = { resolve, reject: (refusal: Refusal) => reject(refusalFailure(refusal, inbox.now())) };
      inbox.take({ name, payload, id: idOf(payload), update });
    });
  };
  // The default handler first: it takes all signals that came before the first task, in their order.
  setDefaultSignalHandler((name, ...args) => signalled(name, args));
  // Without wildcards Temporal itself rejects an update that nobody knows, which leaves no history.
  if (inbox.hasWildcards) setDefaultUpdateHandler((name, ...args) => updated(name, args));

  for (const name of inbox.events) {
    const options = inbox.descriptions?.[name] ? { description: inbox.descriptions[name] } : {};
    setHandler(defineSignal<unknown[]>(name), (...args: unknown[]) => signalled(name, args), options);
    setHandler(defineUpdate<unknown, unknown[]>(name), (...args: unknown[]) => updated(name, args), {
      ...options,
      validator: (...args: unknown[]) => {
        const parsed = read(name, args);
        const refusal = parsed.ok ? inbox.refuseNow(name, parsed.payload, idOf(parsed.payload)) : parsed.refusal;
        if (refusal) throw refusalFailure(refusal, inbox.now());
      },
    });
  }
}
