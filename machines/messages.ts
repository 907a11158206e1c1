import * as z from 'zod/mini';

/**
 * Everything that comes in from people: the start inputs and the events of both processes, as the contract names them.
 * Parsed once, at the edge: by the client before it sends, and by the runner when it arrives.
 */

/** Longest text that a person may write, in characters (contract, "Client"). */
export const LONGEST_TEXT = 2000;

const idText = (what: string, pattern: RegExp, expected: string) =>
  z.string({ error: `${what} must be a text: ${expected}` }).check(z.regex(pattern, `${what} must be ${expected}`));

/** An employee's id. */
export const personId = idText('a person id', /^[A-Za-z0-9]{1,32}$/, '1 to 32 of A-Z a-z 0-9');
/** The id of an organisation, an intervention or an assignment. */
export const thingId = idText('an id', /^[A-Za-z0-9-]{1,32}$/, '1 to 32 of A-Z a-z 0-9 and dashes');
/** A role's name, as the register gives it. */
export const roleName = idText(
  'a role',
  /^[^\p{C}\p{Z}](?:[^\p{C}]{0,62}[^\p{C}\p{Z}])?$/u,
  '1 to 64 printable characters',
);
/** The id of a warning, e.g. `last-administrator:finsam-ovre`. */
export const warningId = idText('a warning id', /^[a-z-]{1,32}(:[A-Za-z0-9-]{1,32})?$/, 'an id from the preview');
/** A command's own id: the same id twice takes effect once. */
export const commandId = idText('id', /^[A-Za-z0-9._-]{1,64}$/, '1 to 64 of A-Z a-z 0-9 . _ -');
/** A case's request number. */
export const requestNumber = idText(
  'a request number',
  /^(removal-[A-Za-z]{1,16}|leaves|followUp)-[A-Za-z0-9]{1,32}-[0-9a-z]{6}$/,
  'a request number such as removal-SUS-1001-7f3k9q',
);

/** Free text by a person: no control characters but line breaks and tabs, at most {@link LONGEST_TEXT} characters. */
export const text = z.string({ error: 'a text must be a string' }).check(
  z.minLength(1, 'a text must not be empty'),
  z.maxLength(LONGEST_TEXT, `a text may have at most ${LONGEST_TEXT} characters`),
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  z.regex(/^[^\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\ufeff]*$/, 'a text must have no control characters'),
);

/** A calendar day `YYYY-MM-DD` that exists. */
export const day = z.string({ error: 'a date must be a text YYYY-MM-DD' }).check(
  z.regex(/^\d{4}-\d{2}-\d{2}$/, 'a date must be written YYYY-MM-DD'),
  z.refine((value) => {
    const at = Date.parse(`${value}T00:00:00Z`);
    return Number.isFinite(at) && new Date(at).toISOString().slice(0, 10) === value;
  }, 'there is no such date'),
  z.refine((value) => value >= '2001-01-01' && value < '2100-01-01', 'a date must lie between 2001 and 2099'),
);

const distinct = <T>(values: readonly T[]) => new Set(values).size === values.length;
const roles = z
  .array(roleName)
  .check(z.minLength(1, 'roles must name at least one'), z.maxLength(32), z.refine(distinct, 'a role is named twice'));
const acknowledged = z.array(warningId).check(z.maxLength(200));
const assignments = z
  .array(thingId)
  .check(
    z.minLength(1, 'assignments must name at least one'),
    z.maxLength(500),
    z.refine(distinct, 'an assignment is named twice'),
  );

/** Longest time in which an order can be undone, in seconds. */
export const LONGEST_UNDO = 600;
const undoFor = z
  .int({ error: 'undoFor must be whole seconds' })
  .check(
    z.gte(0, 'undoFor must not be negative'),
    z.lte(LONGEST_UNDO, `undoFor may be at most ${LONGEST_UNDO} seconds`),
  );

const command = { id: commandId, by: personId };

/** A payload with these fields and no others. */
const message = <Shape extends z.core.$ZodLooseShape>(shape: Shape) =>
  z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? `unknown field: ${issue.keys.join(', ')}` : undefined),
  });

/** The start input of `removal` (contract, "Temporal"). No roles means the whole authorisation. */
export const removalStart = message({
  ...command,
  employee: personId,
  system: z.literal('SUS', { error: 'system must be SUS' }),
  roles: z.optional(roles),
  reason: z.optional(text),
  acknowledged: z.optional(acknowledged),
  /** How long the order waits, so that it can be undone, in seconds; only where the start is the decision. */
  undoFor: z.optional(undoFor),
});

/** The start input of `employeeLeaves`. */
export const employeeLeavesStart = message({ ...command, employee: personId, lastWorkingDay: day });

const decided = message({
  ...command,
  decision: z.enum(['remove', 'keep'], { error: 'decision must be remove or keep' }),
  roles: z.optional(roles),
  acknowledged: z.optional(acknowledged),
  note: z.optional(text),
});
const detached = message({ ...command, assignments, note: z.optional(text) });
const removed = message({ ...command, note: z.optional(text) });
const returned = message({ ...command, reason: text });
const withdrawn = message({ ...command, reason: text });
const undone = message(command);
const strandedAccepted = message({ ...command, assignments, note: text });
const dateChanged = message({ ...command, lastWorkingDay: day });
const stays = message({ ...command, reason: text });
/** Sent by a leaver's process to the open removal that gives way to it; `by` is the leaver's request number. */
const superseded = message({ id: commandId, by: requestNumber });

/** The events of the removal that come from outside. */
export const removalEvents = { decided, detached, removed, returned, undone, withdrawn, superseded };
/** The events of the leaver's process that come from outside. */
export const employeeLeavesEvents = { detached, strandedAccepted, removed, dateChanged, stays };

export type RemovalStart = z.infer<typeof removalStart>;
export type EmployeeLeavesStart = z.infer<typeof employeeLeavesStart>;

/** What the runner adds to each event: what the register showed when it was handled, and when that was. */
export type Handled<Facts> = { facts: Facts; at: string };

type EventsOf<Schemas extends Record<string, z.core.$ZodType>, Extra> = {
  [Name in keyof Schemas & string]: { type: Name } & z.infer<Schemas[Name]> & Extra;
}[keyof Schemas & string];

export type RemovalEvent<Extra> = EventsOf<typeof removalEvents, Extra>;
export type EmployeeLeavesEvent<Extra> = EventsOf<typeof employeeLeavesEvents, Extra>;
