import { readFile } from 'node:fs/promises';
import type * as z from 'zod';
import { faultsBetween } from './registerFaults.ts';
import { entries, type ParsedFile, type RegisterFile, thingId } from './registerFileForm.ts';

/**
 * The register file (contract, "Register file"): its form, and reading it. A file that does not fit is refused whole,
 * with every fault named, so that whoever wrote it can mend it in one go.
 */

/** A register file that does not fit; nothing of it was taken in. */
export class RegisterFileRefused extends Error {
  override name = 'RegisterFileRefused';
  /** Every fault: where, what is wrong, what was expected. Employee ids only, no names or addresses. */
  readonly faults: string[];
  constructor(faults: string[]) {
    super(
      `The register file does not fit, and nothing of it was taken in. Mend it and import it again:\n${faults.join('\n')}`,
    );
    this.faults = faults;
  }
}

const LISTS = ['people', 'organisations', 'interventions', 'authorisations', 'assignments'] as const;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Where a fault lies, as whoever wrote the file finds it: by id where there is a proper one, else by place. */
function placeOf(list: string, index: number, entry: unknown): string {
  const id = isRecord(entry) ? (entry.id ?? entry.person) : undefined;
  return typeof id === 'string' && thingId.safeParse(id).success ? `${list}[${index}] (${id})` : `${list}[${index}]`;
}

const issueText = (issue: z.core.$ZodIssue): string => {
  const where = issue.path.length > 0 ? `${issue.path.join('.')} ` : '';
  if (issue.code === 'unrecognized_keys') return `${where}has unknown fields: ${issue.keys.join(', ')}`;
  const missing = issue.code === 'invalid_type' && issue.input === undefined;
  return `${where}${missing ? `is missing: it ${issue.message}` : issue.message}`;
};

/**
 * Checks a register file's content.
 *
 * @param content the parsed JSON.
 * @throws {RegisterFileRefused} with every fault where it does not fit.
 */
export function parseRegisterFile(content: unknown): RegisterFile {
  if (!isRecord(content))
    throw new RegisterFileRefused([`the file must be one JSON object with the lists ${LISTS.join(', ')}`]);
  const faults = Object.keys(content)
    .filter((key) => !LISTS.some((list) => list === key))
    .map((key) => `the file has an unknown field: ${JSON.stringify(key)}; expected ${LISTS.join(', ')}`);

  const read = <T>(list: (typeof LISTS)[number], schema: z.ZodType<T>): T[] => {
    // Small registers leave lists out; without people nothing else can be true.
    const values = content[list] ?? (list === 'people' ? null : []);
    if (!Array.isArray(values)) {
      faults.push(`${list} must be a list`);
      return [];
    }
    return values.flatMap((entry: unknown, index) => {
      const parsed = schema.safeParse(entry, { reportInput: true });
      if (parsed.success) return [parsed.data];
      faults.push(...parsed.error.issues.map((issue) => `${placeOf(list, index, entry)}: ${issueText(issue)}`));
      return [];
    });
  };
  const parsed: ParsedFile = {
    people: read('people', entries.people),
    organisations: read('organisations', entries.organisations),
    interventions: read('interventions', entries.interventions),
    authorisations: read('authorisations', entries.authorisations),
    assignments: read('assignments', entries.assignments),
  };
  // An entry that is itself at fault still counts as known: what refers to it is not at fault too.
  const namedIn = (list: (typeof LISTS)[number]): string[] => {
    const values = content[list];
    return Array.isArray(values)
      ? values.flatMap((entry: unknown) => (isRecord(entry) && typeof entry.id === 'string' ? [entry.id] : []))
      : [];
  };
  faults.push(
    ...faultsBetween(parsed, {
      people: namedIn('people'),
      organisations: namedIn('organisations'),
      interventions: namedIn('interventions'),
      wholePeople: faults.length === 0,
    }),
  );
  if (faults.length > 0) throw new RegisterFileRefused(faults);

  const organisationOf = new Map(parsed.interventions.map(({ id, organisation }) => [id, organisation]));
  const assignments = parsed.assignments.flatMap((entry) => {
    const organisation = entry.organisation ?? organisationOf.get(entry.intervention ?? '');
    return organisation === undefined ? [] : [{ ...entry, organisation }];
  });
  return { ...parsed, assignments };
}

/**
 * Reads and checks a register file.
 *
 * @throws {RegisterFileRefused} where it cannot be read, is not JSON, or does not fit.
 */
export async function readRegisterFile(path: string): Promise<RegisterFile> {
  let content: unknown;
  try {
    content = JSON.parse((await readFile(path, 'utf8')).replace(/^\ufeff/, ''));
  } catch (error) {
    const why =
      error instanceof SyntaxError
        ? 'is not JSON'
        : `cannot be read (${error instanceof Error ? error.message : error})`;
    throw new RegisterFileRefused([`the register file ${why}`]);
  }
  return parseRegisterFile(content);
}
