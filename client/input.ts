import * as z from 'zod/mini';
import { personId, removalStart, roleName, thingId } from '../machines/messages.ts';
import { inputTexts } from '../texts/client.ts';
import { problems } from '../texts/problems.ts';
import { ClientError } from './errors.ts';

/** An object without the fields that are undefined: what was not said is not sent. */
const said = (fields: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

/** How people know the fields of a payload: as arguments and options of the command line. */
const names: Record<string, string> = {
  id: '--id',
  by: '--as',
  employee: 'EMPLOYEE',
  roles: '--role',
  acknowledged: '--acknowledge',
  reason: '--reason',
  note: '--note',
  lastWorkingDay: '--on',
  assignments: 'ASSIGNMENT',
  decision: 'remove|keep',
  person: 'PERSON',
  assignment: 'ASSIGNMENT',
  manager: '--manager',
  state: '--state',
};

/**
 * Checks what somebody said against a schema of `machines/messages.ts`, before anything is sent.
 *
 * @throws {@link ClientError} with exit status 2, naming each field that does not fit and what is expected there.
 */
export function parsed<Schema extends z.core.$ZodType>(
  schema: Schema,
  fields: Record<string, unknown>,
): z.output<Schema> {
  const result = z.safeParse(schema, said(fields));
  if (result.success) return result.data;
  const faults = result.error.issues.map(({ path, message }) => {
    const field = String(path[0] ?? '');
    return { field: names[field] ?? field, expected: { sv: inputTexts[message] ?? message, en: message } };
  });
  const texts = faults.map(({ field, expected }) => problems.input(field, expected));
  throw new ClientError(
    'InvalidInput',
    { sv: texts.map(({ sv }) => sv).join(' '), en: texts.map(({ en }) => en).join(' ') },
    { fields: faults.map(({ field, expected }) => ({ field, expected: expected.en })) },
  );
}

const state = z.string().check(z.regex(/^[A-Za-z]{1,32}$/, 'a state must be a name such as detaching'));
const flag = z.optional(z.boolean());

/** A person alone: who asks. */
export const personInput = z.strictObject({ by: personId });
/** What a preview is asked with. */
export const previewInput = z.strictObject({
  employee: personId,
  roles: removalStart.shape.roles,
  by: z.optional(personId),
});
/** What narrows the list of cases. */
export const filterInput = z.strictObject({
  employee: z.optional(personId),
  manager: z.optional(personId),
  state: z.optional(state),
  open: flag,
  ended: flag,
  overdue: flag,
  by: z.optional(personId),
});
/** Changes of the register by hand. */
export const rolesInput = z.strictObject({ person: personId, roles: z.array(roleName) });
export const assignmentInput = z.strictObject({ assignment: thingId });
