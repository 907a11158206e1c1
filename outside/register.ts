import * as z from 'zod';
import type { RegisterStore } from '../activities/ports.ts';
import { alone, type Database, type Query } from './database.ts';
import { DETACH, REMOVE, SET_ROLES } from './registerChanges.ts';
import { parseRegisterFile } from './registerFile.ts';
import { ASSIGNMENT_ROLES, type RegisterFile } from './registerFileForm.ts';
import {
  FACTS,
  FACTS_AND_GONE,
  FACTS_OF_ALL,
  FIND_PEOPLE,
  factsOf,
  LEFT_TO_ADMINISTRATION,
  NAMES,
  namesOf,
  PERSON,
  personOf,
  RESPONSIBILITIES,
  responsibilitiesOf,
} from './registerRows.ts';

/**
 * The register of authorisations in a database: what the processes read and change, and what people who run the system
 * need.
 */

const SYSTEM = 'SUS';

const TABLES = ['people', 'organisations', 'interventions', 'authorisations', 'assignments'];

async function replaceAll(query: Query, file: RegisterFile): Promise<void> {
  const fill = async (table: string, columns: string, entries: unknown[]) => {
    await query(`delete from aterkalla.${table}`);
    const names = columns.replaceAll(/ (text|boolean)(\[\])?/g, '');
    await query(
      `insert into aterkalla.${table} (${names})
       select ${names} from jsonb_to_recordset($1::text::jsonb) as entry (${columns})`,
      [JSON.stringify(entries)],
    );
  };
  await fill(
    'people',
    'id text, name text, email text, manager text, deputies text[], functions text[], language text',
    file.people,
  );
  await fill('organisations', 'id text, name text, form text', file.organisations);
  await fill('interventions', 'id text, name text, organisation text', file.interventions);
  await fill(
    'authorisations',
    'person text, system text, roles text[]',
    file.authorisations.filter(({ roles }) => roles.length > 0),
  );
  await fill(
    'assignments',
    'id text, person text, role text, organisation text, intervention text, stranded boolean',
    file.assignments,
  );
  // The embedded database has nobody who would do this by itself, and plans as for empty tables without it.
  await query(`analyze ${TABLES.map((table) => `aterkalla.${table}`).join(', ')}`);
}

/** One entry as JSON, its fields in the order of the contract. */
const entry = (of: string, fields: string) =>
  `json_build_object(${fields
    .split(' ')
    .map((field) => `'${field}', ${of}.${field}`)
    .join(', ')})`;
const ASSIGNMENT_FIELDS = 'id person role organisation intervention';

/** The file's own form, by id; `$1` narrows to one person, null does not. */
const EXPORT = `
  with assignments as (select * from aterkalla.assignments s where $1::text is null or s.person = $1)
  select
    (select coalesce(json_agg(${entry('p', 'id name email manager deputies functions language')} order by p.id), '[]')
       from aterkalla.people p where $1::text is null or p.id = $1) as people,
    (select coalesce(json_agg(${entry('o', 'id name form')} order by o.id), '[]')
       from aterkalla.organisations o
      where $1::text is null or o.id in (select organisation from assignments)) as organisations,
    (select coalesce(json_agg(${entry('i', 'id name organisation')} order by i.id), '[]')
       from aterkalla.interventions i
      where $1::text is null or i.id in (select intervention from assignments)) as interventions,
    (select coalesce(json_agg(${entry('a', 'person system roles')} order by a.person, a.system), '[]')
       from aterkalla.authorisations a where $1::text is null or a.person = $1) as authorisations,
    (select coalesce(json_agg(
        case when s.stranded then ${entry('s', `${ASSIGNMENT_FIELDS} stranded`)} else ${entry('s', ASSIGNMENT_FIELDS)} end
        order by s.id), '[]')
       from assignments s) as assignments`;

export type KeptRegister = RegisterStore & {
  /** Whether the register holds nobody and nothing. */
  isEmpty(): Promise<boolean>;
  /** Takes a file in where the register is empty, once, however many processes start at the same time. */
  fillIfEmpty(file: () => Promise<RegisterFile>): Promise<void>;
};

const EMPTY = `select not exists (select from aterkalla.people) and not exists (select from aterkalla.authorisations)
  as empty`;
const emptyRow = z.object({ empty: z.boolean() });

const doneRow = z.object({ result: z.boolean() });

/** The register in this database, whose tables are there already. */
export function openRegister(database: Database): KeptRegister {
  const { query } = database;
  const empty = async (ask: Query) => emptyRow.parse((await ask(EMPTY))[0]).empty;
  return {
    async facts(employee, system, known = []) {
      const asOf = new Date().toISOString();
      const [row] =
        known.length === 0
          ? await query(FACTS.call, [employee, system])
          : await query(FACTS_AND_GONE.call, [employee, system, JSON.stringify(known)]);
      return factsOf(row, employee, asOf);
    },
    leftToAdministration: async (system) =>
      (await query(LEFT_TO_ADMINISTRATION, [system])).map(({ person }) => z.string().parse(person)),
    async factsOfAll(employees, system) {
      const asOf = new Date().toISOString();
      const rows = await query(FACTS_OF_ALL, [employees, system]);
      return new Map(rows.map(({ employee, ...row }) => [String(employee), factsOf(row, String(employee), asOf)]));
    },
    async person(id) {
      const [row] = await query(PERSON.call, [id]);
      return personOf(row);
    },
    async detach(employee, system, assignments) {
      await query(DETACH.call, [employee, system, assignments]);
    },
    async remove(employee, system, roles, stranded) {
      const [row] = await query(REMOVE.call, [employee, system, roles, stranded]);
      return doneRow.parse(row).result;
    },
    importFile: async (content) => {
      const file = parseRegisterFile(content);
      await alone(database, (ask) => replaceAll(ask, file));
    },
    async exportFile(person) {
      const [row] = await query(EXPORT, [person ?? null]);
      const { people, organisations, interventions, authorisations, assignments } = row ?? {};
      return { people, organisations, interventions, authorisations, assignments };
    },
    async setRoles(person, system, roles) {
      const [row] = await query(SET_ROLES.call, [person, system, [...new Set(roles)]]);
      if (!doneRow.parse(row).result) throw new Error(`person ${person} is not in the register; name one that is`);
    },
    async detachAssignment(id) {
      return (await query('delete from aterkalla.assignments where id = $1 returning id', [id])).length > 0;
    },
    async everyRole() {
      const rows = await query('select distinct unnest(roles) as role from aterkalla.authorisations order by role');
      return [...new Set([...ASSIGNMENT_ROLES, ...rows.map((row) => z.string().parse(row.role))])];
    },
    async responsibilities(person) {
      const [row] = await query(RESPONSIBILITIES.call, [person, SYSTEM]);
      return responsibilitiesOf(row);
    },
    async names({ people, organisations, interventions }) {
      const [row] = await query(NAMES, [people, organisations, interventions]);
      return namesOf(row);
    },
    async findPeople(text, atMost) {
      // Who is named by id is found at once; a part of a name has all names looked through.
      const named = personOf((await query(PERSON.call, [text]))[0]);
      if (named) return [named.id];
      return (await query(FIND_PEOPLE, [text, atMost])).map(({ id }) => z.string().parse(id));
    },
    isEmpty: () => empty(query),
    fillIfEmpty: (file) =>
      alone(database, async (ask) => {
        if (await empty(ask)) await replaceAll(ask, await file());
      }),
  };
}
