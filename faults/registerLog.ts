import * as z from 'zod';
import type { Database } from '../outside/database.ts';

/** The register's own account of what became of it: triggers in PostgreSQL, which know nothing of the process. */

const change = z.object({
  /** In milliseconds since 1970. */
  at: z.coerce.number(),
  what: z.enum(['detached', 'stranded', 'removed', 'granted']),
  person: z.string(),
  /** Assignment ids, or roles. */
  named: z.array(z.string()),
});
export type RegisterChange = z.infer<typeof change>;

const TRIGGERS = [
  'create schema run',
  `create table run.changes (number bigint generated always as identity, at timestamptz not null default clock_timestamp(),
     what text not null, person text not null, named text[] not null)`,
  `create function run.assignment() returns trigger language plpgsql as $$ begin
     insert into run.changes (what, person, named)
       values (case when tg_op = 'DELETE' then 'detached' else 'stranded' end, old.person, array[old.id]);
     return null; end $$`,
  `create function run.authorisation() returns trigger language plpgsql as $$
   declare gone text[]; given text[]; begin
     gone := case when tg_op = 'INSERT' then '{}' when tg_op = 'DELETE' then old.roles
       else array(select unnest(old.roles) except select unnest(new.roles)) end;
     given := case when tg_op = 'INSERT' then new.roles when tg_op = 'DELETE' then '{}'
       else array(select unnest(new.roles) except select unnest(old.roles)) end;
     if gone <> '{}' then insert into run.changes (what, person, named) values ('removed', old.person, gone); end if;
     if given <> '{}' then insert into run.changes (what, person, named) values ('granted', new.person, given); end if;
     return null; end $$`,
  'create trigger detached after delete on aterkalla.assignments for each row execute function run.assignment()',
  `create trigger stranded after update on aterkalla.assignments for each row
     when (new.stranded and not old.stranded) execute function run.assignment()`,
  `create trigger changed after insert or update or delete on aterkalla.authorisations for each row
     execute function run.authorisation()`,
];

/** Has the register write down each change from now on. */
export async function beginRegisterLog({ query }: Database): Promise<void> {
  for (const statement of TRIGGERS) await query(statement);
}

/** All changes, in the order in which they were made. */
export async function readRegisterLog({ query }: Database): Promise<RegisterChange[]> {
  const rows = await query(
    'select extract(epoch from at) * 1000 as at, what, person, named from run.changes order by number',
  );
  return rows.map((row) => change.parse(row));
}

const held = z.object({ person: z.string(), roles: z.array(z.string()) });

/** The roles that each person holds now. */
export async function rolesNow({ query }: Database): Promise<Map<string, string[]>> {
  const rows = await query('select person, roles from aterkalla.authorisations');
  return new Map(rows.map((row) => held.parse(row)).map(({ person, roles }) => [person, roles]));
}
