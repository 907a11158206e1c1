import * as z from 'zod';

/** The form of the register file's entries (contract, "Register file"), each on its own. */

/** The roles that carry assignments (process page, "Words"). */
export const ASSIGNMENT_ROLES = ['collaborationAdministrator', 'interventionManager', 'participantManager'] as const;

const personId = z
  .string('must be a text')
  .regex(/^[A-Za-z0-9]{1,32}$/, 'must be an id of 1 to 32 letters A-Z a-z and digits');
/** The id of an organisation, an intervention or an assignment. */
export const thingId = z
  .string('must be a text')
  .regex(/^[A-Za-z0-9-]{1,32}$/, 'must be an id of 1 to 32 letters A-Z a-z, digits and dashes');
const line = (longest: number) =>
  z
    .string('must be a text')
    .min(1, 'must not be empty')
    .max(longest, `must have at most ${longest} characters`)
    .regex(/^[^\p{Cc}\u2028\u2029\ufeff]*$/u, 'must have no control characters');
const role = line(64).regex(/^\S(.*\S)?$/u, 'must not begin or end with a space');
const distinct = <T>(list: z.ZodType<T[]>) =>
  list.refine((values) => new Set(values).size === values.length, 'names something twice');
const words = <const T extends readonly [string, ...string[]]>(...allowed: T) =>
  z.enum(allowed, `must be ${allowed.map((word) => `"${word}"`).join(' or ')}`);

const person = z.strictObject({
  id: personId,
  name: line(200),
  email: line(254),
  manager: personId.nullable(),
  deputies: distinct(z.array(personId, 'must be a list')).default([]),
  functions: distinct(
    z.array(words('authorisationAdministration', 'humanResources', 'auditor'), 'must be a list'),
  ).default([]),
  language: words('sv', 'en').default('sv'),
});
const organisation = z.strictObject({ id: thingId, name: line(200), form: words('finsam', 'af-fk') });
const intervention = z.strictObject({ id: thingId, name: line(200), organisation: thingId });
const authorisation = z.strictObject({
  person: personId,
  system: words('SUS'),
  roles: distinct(z.array(role, 'must be a list')),
});
const assignment = z.strictObject({
  id: thingId,
  person: personId,
  role: words(...ASSIGNMENT_ROLES),
  organisation: thingId.optional(),
  intervention: thingId.nullable().default(null),
  stranded: z.boolean('must be true or false').default(false),
});

/** What each list of the file holds. */
export const entries = {
  people: person,
  organisations: organisation,
  interventions: intervention,
  authorisations: authorisation,
  assignments: assignment,
};

/** A register file as it may be written, parsed: defaults filled in, an assignment's organisation not yet. */
export type ParsedFile = {
  people: z.infer<typeof person>[];
  organisations: z.infer<typeof organisation>[];
  interventions: z.infer<typeof intervention>[];
  authorisations: z.infer<typeof authorisation>[];
  assignments: z.infer<typeof assignment>[];
};
/** A register file that fits. */
export type RegisterFile = Omit<ParsedFile, 'assignments'> & {
  assignments: (ParsedFile['assignments'][number] & { organisation: string })[];
};
