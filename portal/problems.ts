import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { ClientError } from '../client/errors.ts';
import { inputTexts } from '../texts/client.ts';
import { portalProblems, titles } from '../texts/portal.ts';
import type { Language, Text } from '../texts/problems.ts';
import type { Problem } from './api.ts';

/** What went wrong, as problem+json (RFC 9457) in the person's language. */

/** The HTTP status of each code; whatever has none is the portal's own fault. */
const statuses: Readonly<Record<string, number>> = {
  InvalidInput: 400,
  NotLoggedIn: 401,
  Csrf: 403,
  Refused: 403,
  NotFound: 404,
  MethodNotAllowed: 405,
  NotAccepted: 409,
  AlreadyOpen: 409,
  TooLarge: 413,
  UnsupportedMediaType: 415,
  WrongHost: 421,
  TooMany: 429,
  Failed: 500,
  NotSupported: 503,
  TryAgain: 503,
  Unreachable: 503,
};

/** A problem that the portal itself finds. */
export class PortalError extends Error {
  override name = 'PortalError';
  readonly code: Own;
  /** @param code one that has a text in `texts/portal.ts`. */
  constructor(code: Own) {
    super(portalProblems[code].en);
    this.code = code;
  }
}

type Found = Omit<Problem, 'type' | 'title' | 'status' | 'detail'> & { text: Text };

/** What an error is to the person who asked. */
export function problemOf(error: unknown, language: Language): Problem {
  const { text, ...found } = foundIn(error, language);
  return {
    type: 'about:blank',
    title: titles[found.code]?.[language] ?? found.code,
    status: statuses[found.code] ?? 500,
    detail: text[language],
    ...found,
  };
}

function foundIn(error: unknown, language: Language): Found {
  if (error instanceof PortalError) return { code: error.code, text: portalProblems[error.code] };
  if (hasZodFastifySchemaValidationErrors(error)) {
    const errors = error.validation.map(({ instancePath, message = '' }) => ({
      field: instancePath.split('/').filter(Boolean).join('.'),
      expected: language === 'sv' ? (inputTexts[message] ?? message) : message,
    }));
    return { code: 'InvalidInput', text: portalProblems.InvalidInput, errors };
  }
  if (error instanceof ClientError) {
    const { code, text, more } = error;
    // Whether something is missing or may not be seen must not show.
    if (code === 'NotFound') return { code, text: portalProblems.NotFound };
    return { code, text: isOwn(code) ? portalProblems[code] : text, ...moreOf(more) };
  }
  const code = codeOf(error);
  return { code, text: portalProblems[code] };
}

type Own = keyof typeof portalProblems;
/** What the client says for the command line is said here in words of the page. */
const isOwn = (code: string): code is Own => code in portalProblems && code !== 'InvalidInput';

/** What Fastify and its plugins refuse, by their codes. */
const ofFastify: Readonly<Record<string, Own>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'TooLarge',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'UnsupportedMediaType',
  FST_CSRF_INVALID_TOKEN: 'Csrf',
  FST_CSRF_MISSING_SECRET: 'Csrf',
};
const byStatus: Readonly<Record<number, Own>> = {
  404: 'NotFound',
  413: 'TooLarge',
  415: 'UnsupportedMediaType',
  429: 'TooMany',
};

function codeOf(error: unknown): Own {
  if (typeof error !== 'object' || error === null) return 'Failed';
  const code = 'code' in error && typeof error.code === 'string' ? ofFastify[error.code] : undefined;
  if (code) return code;
  const status = 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : 500;
  return byStatus[status] ?? (status < 500 ? 'InvalidInput' : 'Failed');
}

/** Fields for programs that the API promises. */
function moreOf(more: Record<string, unknown>): Partial<Found> {
  const strings = (value: unknown) =>
    Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : undefined;
  const { request, state } = more;
  const accepts = strings(more.accepts);
  const warnings = strings(more.warnings);
  return {
    ...(typeof request === 'string' && { request }),
    ...(typeof state === 'string' && { state }),
    ...(accepts && { accepts }),
    ...(warnings && { warnings }),
  };
}
