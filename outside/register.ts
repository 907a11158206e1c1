import * as z from 'zod';
import type { RegisterStore } from '../activities/ports.ts';
import { alone, type Database, type Query } from './database.ts';
import { DETACH, REMOVE } from './registerChanges.ts';
import { parseRegisterFile } from './registerFile.ts';
import { ASSIGNMENT_ROLES, type RegisterFile } from './registerFileForm.ts';
import {
  FACTS,
  FACTS_AND_GONE,
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
 * need. Each change is one transaction that locks the person's authorisation first, so that two never overtake another.
 */

const SYSTEM = 'SUS';

const rolesOf = z.object({ roles: z.array(z.string()) });

/** The roles that a person holds, with the authorisation locked until the transaction ends. */
async function lockRoles(query: Query, person: string, system: string): Promise<string[]> {
  const [row] = await query('select roles from aterkalla.authorisations where person = $1 and system = $2 for update', [
    person,
    system,
  ]);
  return row === undefined ? [] : rolesOf.parse(row).roles;
}

/** Leaves exactly these roles, in the register's order; none: the authorisation goes. */
async function keepRoles(query: Query, person: string, system: string, roles: string[]): Promise<void> {
  if (roles.length === 0)
    await query('delete from aterkalla.authorisations where person = $1 and system = $2', [person, system]);
  else
    await query(
      `insert into aterkalla.authorisations (person, system, roles) values ($1, $2, $3)
       on conflict (person, system) do update set roles = excluded.roles`,
      [person, system, roles],
    );
}

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

const doneRow = z.object({ done: z.boolean() });

/** The register in this database, whose tables are there already. */
export function openRegister(database: Database): KeptRegister {
  const { query, transaction } = database;
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
      const rows = await query(FACTS.callForAll, [employees, system]);
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
      return doneRow.parse(row).done;
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
      await transaction(async (ask) => {
        if (personOf((await ask(PERSON.call, [person]))[0]) === null)
          throw new Error(`person ${person} is not in the register; name one that is`);
        const held = await lockRoles(ask, person, system);
        const wanted = [...new Set(roles)];
        await keepRoles(ask, person, system, wanted);
        // What is no longer held strands; what is held again can be looked up again; the rest stays as it was.
        await ask(
          `update aterkalla.assignments set stranded = not role = any($2)
            where person = $1 and (not role = any($2) or not role = any($3))`,
          [person, wanted, held],
        );
      });
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
