import { ActivityExecutionFailedError, WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure, TimeoutFailure } from '@temporalio/common';
import * as z from 'zod/mini';
import { cannot, grpcCode, isTooLate } from '../activities/grpc.ts';
import { helpdesk, problems, type Text } from '../texts/problems.ts';

/** Exit statuses (contract, "Exit status"). */
export const exits = { input: 2, refused: 3, notFound: 4, unreachable: 5, tryAgain: 6 } as const;
export type Exit = (typeof exits)[keyof typeof exits];

const exitOf: Record<string, Exit> = {
  InvalidInput: exits.input,
  NotAccepted: exits.refused,
  Refused: exits.refused,
  AlreadyOpen: exits.refused,
  NotSupported: exits.refused,
  NotFound: exits.notFound,
  Unreachable: exits.unreachable,
  TryAgain: exits.tryAgain,
};

/** A text with the full stop that lets another sentence follow. */
const ended = (text: string) => (/[.!?:]$/.test(text) ? text : `${text}.`);

/** Something did not go as asked: the exit status, a code for programs, a text for people. */
export class ClientError extends Error {
  override name = 'ClientError';
  readonly code: string;
  readonly exit: Exit;
  readonly text: Text;
  /** Further fields for programs, e.g. `accepts`. */
  readonly more: Record<string, unknown>;

  /** @param code one of the keys of `exitOf`; @param text what was wrong, what was expected, what to do next. */
  constructor(code: string, text: Text, more: Record<string, unknown> = {}, cause?: unknown) {
    super(text.en, { cause });
    this.code = code;
    this.exit = exitOf[code] ?? exits.tryAgain;
    // Whatever is refused ends with the helpdesk's number (contract, "Exit status").
    const help = this.exit === exits.refused && !text.sv.includes('81 000');
    this.text = help ? { sv: `${ended(text.sv)} ${helpdesk.sv}`, en: `${ended(text.en)} ${helpdesk.en}` } : text;
    this.more = more;
  }
}

const bothLanguages = z.looseObject({ sv: z.string(), en: z.string() });
const detail = z.looseObject({ message: z.optional(z.union([z.string(), bothLanguages])) });

/** A text that may come in one language or both. */
export function asText(value: unknown, otherwise: string): Text {
  const both = z.safeParse(bothLanguages, value);
  if (both.success) return { sv: both.data.sv, en: both.data.en };
  const text = typeof value === 'string' && value ? value : otherwise;
  return { sv: text, en: text };
}

function fromApplicationFailure(failure: ApplicationFailure, cause: unknown): ClientError {
  const said = z.safeParse(detail, failure.details?.[0]);
  if (!failure.type || !(failure.type in exitOf) || !said.success)
    return new ClientError('TryAgain', problems.registerAway(), { cause: failure.message }, cause);
  const { message, code: _, ...more } = said.data;
  return new ClientError(failure.type, asText(message, failure.message), more, cause);
}

/** Makes of whatever was thrown an error with an exit status and a text for people. */
export function asClientError(error: unknown): ClientError {
  if (error instanceof ClientError) return error;
  if (error instanceof ApplicationFailure) return fromApplicationFailure(error, error);
  if (error instanceof ActivityExecutionFailedError || error instanceof WorkflowUpdateFailedError) {
    const { cause } = error;
    if (cause instanceof ApplicationFailure) return fromApplicationFailure(cause, error);
    if (cause instanceof TimeoutFailure && cause.timeoutType === 'SCHEDULE_TO_START')
      return new ClientError('TryAgain', problems.noWorker(), {}, error);
    return new ClientError('TryAgain', problems.registerAway(), {}, error);
  }
  const what =
    error instanceof Error ? (error.cause instanceof Error ? error.cause.message : error.message) : `${error}`;
  // 14: no connection.
  if (grpcCode(error) === 14) return new ClientError('Unreachable', problems.unreachable('', what), {}, error);
  // Which is how a missing worker shows.
  if (isTooLate(error)) return new ClientError('TryAgain', problems.noWorker(), {}, error);
  if (cannot(error)) return new ClientError('NotSupported', problems.notOnThisServer(), {}, error);
  return new ClientError('TryAgain', problems.unexpected(what), {}, error);
}
