import * as z from 'zod/mini';

/**
 * What a case answers to the query `status` (contract, "Temporal"), as far as the client needs it. Loose on purpose:
 * further fields pass through, so that a newer case can be read by an older client.
 */

const ids = z.array(z.string());

/** One thing that waits for people. */
const waiting = z.looseObject({
  task: z.string(),
  assignments: z.optional(ids),
  mayAct: z._default(ids, []),
  asOf: z.optional(z.string()),
  guidance: z.optional(z.unknown()),
  since: z.optional(z.string()),
  due: z.optional(z.nullable(z.string())),
});

const recordEntry = z.looseObject({
  at: z.string(),
  step: z.string(),
  by: z.optional(z.nullable(z.string())),
  for: z.optional(z.nullable(z.string())),
});

const caseStatus = z.looseObject({
  request: z.string(),
  process: z.string(),
  employee: z.string(),
  system: z._default(z.string(), 'SUS'),
  roles: z._default(ids, []),
  state: z.string(),
  since: z.optional(z.string()),
  warnings: z._default(
    z.array(z.looseObject({ id: z.string(), acknowledgedBy: z.optional(z.nullable(z.string())) })),
    [],
  ),
  waitingFor: z._default(z.array(waiting), []),
  order: z.optional(z.nullable(z.looseObject({ number: z.optional(z.nullable(z.string())), state: z.string() }))),
  accepts: z._default(ids, []),
  ignored: z._default(z.array(z.looseObject({ event: z.string() })), []),
  record: z._default(z.array(recordEntry), []),
  outcome: z._default(z.nullable(z.string()), null),
  lastWorkingDay: z.optional(z.nullable(z.string())),
  manager: z.optional(z.nullable(z.string())),
  undoUntil: z.optional(z.string()),
  way: z._default(z.array(z.looseObject({ state: z.string(), at: z.string() })), []),
});

export type CaseStatus = z.infer<typeof caseStatus>;
export type Waiting = z.infer<typeof waiting>;
export type RecordEntry = z.infer<typeof recordEntry>;

/** Parses the answer to the query `status`. Throws where it is not one. */
export const parseStatus = (value: unknown): CaseStatus => z.parse(caseStatus, value);

const answer = z.looseObject({
  request: z.string(),
  state: z.string(),
  accepts: z._default(ids, []),
  outcome: z._default(z.nullable(z.string()), null),
});

/** What starting and acting answer (contract, "Client"). */
export type Answer = z.infer<typeof answer>;

/** Parses what an Update, or the query `answer`, gives. Throws where it is not an answer. */
export const parseAnswer = (value: unknown): Answer => z.parse(answer, value);
/** Parses the query `answer`: null where the case has not seen, or not yet dealt with, that command. */
export const parseAnswerOrNull = (value: unknown): Answer | null => (value == null ? null : parseAnswer(value));
