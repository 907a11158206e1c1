import * as z from 'zod';
import type { Names, Person, Responsibilities } from '../activities/ports.ts';
import type { Facts } from '../machines/register.ts';
import { databaseFunction } from './databaseFunction.ts';
import { ASSIGNMENT_ROLES } from './registerFileForm.ts';

/**
 * Reading the register: the statements that look, and their rows as the process knows them. What one answer needs is
 * read by one statement, so that it shows one moment.
 */

/** A row as the database gives it. */
type Row = Record<string, unknown>;

const ids = z.array(z.string());

/** The assignments `x` in a role (`there` says where) of people who can be looked up and are still in the register. */
const held = (role: string, there: string, system: string) => `aterkalla.assignments x
    join aterkalla.people xp on xp.id = x.person
    join aterkalla.authorisations xa on xa.person = x.person and xa.system = ${system} and x.role = any(xa.roles)
   where x.role = '${role}' and not x.stranded and ${there}`;

/** Who has such assignments. */
const peopleWho = (role: string, there: string) => `(
  select coalesce(jsonb_agg(distinct x.person), '[]') from ${held(role, there, '$2')})`;

const peopleWithFunction = (name: string) => `(
  select coalesce(jsonb_agg(f.id order by f.id), '[]') from aterkalla.people f
   where f.functions <> '{}' and '${name}' = any(f.functions))`;

/** An assignment as the process knows it, with who could detach it now; `form` says where its form comes from. */
const assignmentAs = (form: string) => `jsonb_build_object(
  'id', s.id, 'role', s.role, 'organisation', s.organisation, 'form', ${form}, 'intervention', s.intervention,
  'administrators', ${peopleWho('collaborationAdministrator', 'x.organisation = s.organisation')},
  'managers', ${peopleWho('interventionManager', 'x.intervention = s.intervention')})`;

const GONE = `(
  select coalesce(jsonb_agg(${assignmentAs('s.form')} order by s.id), '[]')
    from jsonb_to_recordset($3::text::jsonb)
      as s (id text, role text, organisation text, form text, intervention text)
   where not exists (
     select from aterkalla.assignments now
      where now.id = s.id and now.person = e.id and not now.stranded and now.role = any(a.roles)))`;

const facts = (gone: string) => `
  select p.id is not null as known,
    case when m.id is not null then jsonb_build_object(
      'id', m.id,
      'deputies', (select coalesce(jsonb_agg(d.id order by d.id), '[]')
                     from aterkalla.people d where d.id = any(m.deputies)),
      'manager', (select above.id from aterkalla.people above where above.id = m.manager)) end as manager,
    coalesce(to_jsonb(a.roles), '[]') as roles,
    (select coalesce(jsonb_agg(${assignmentAs(`coalesce(o.form, 'finsam')`)} order by s.id), '[]')
       from aterkalla.assignments s left join aterkalla.organisations o on o.id = s.organisation
      where s.person = e.id and not s.stranded and s.role = any(a.roles)) as assignments,
    ${gone} as gone,
    ${peopleWithFunction('authorisationAdministration')} as administration,
    ${peopleWithFunction('humanResources')} as resources
  from (select $1::text as id) e
    left join aterkalla.people p on p.id = e.id
    left join aterkalla.people m on m.id = p.manager
    left join aterkalla.authorisations a on a.person = e.id and a.system = $2`;

/** A look at the register: a function of the database, which returns the statement's only row, or null. */
const look = (name: string, parameters: string[], statement: string) =>
  databaseFunction({
    name,
    parameters,
    returns: 'jsonb',
    kind: 'stable',
    body: `begin return (select to_jsonb(shown) from (${statement}) as shown); end`,
  });

/** Parameters: employee, system. */
export const FACTS = look('facts', ['text', 'text'], facts(`'[]'::jsonb`));
/** Parameters: employees, system. One row for each. */
export const FACTS_OF_ALL = `select e as employee, ${FACTS.withFirst('e')} as result from unnest($1::text[]) as e`;
/** Parameters: employee, system, the assignments that the case knows of, as JSON. */
export const FACTS_AND_GONE = look('facts_and_gone', ['text', 'text', 'text'], facts(GONE));

const assignments = z.array(
  z.object({
    id: z.string(),
    role: z.enum(ASSIGNMENT_ROLES),
    organisation: z.string(),
    form: z.enum(['finsam', 'af-fk']),
    intervention: z.string().nullable(),
    administrators: ids,
    managers: ids,
  }),
);

const factsRow = z.object({
  known: z.boolean(),
  manager: z.object({ id: z.string(), deputies: ids, manager: z.string().nullable() }).nullable(),
  roles: ids,
  assignments,
  gone: assignments,
  administration: ids,
  resources: ids,
});

/** @param row what the statement gave. @param asOf when it was asked, ISO 8601. */
export function factsOf(row: Row | undefined, employee: string, asOf: string): Facts {
  const { administration, resources, ...shown } = factsRow.parse(row?.result);
  return { asOf, employee, ...shown, authorisationAdministration: administration, humanResources: resources };
}

const personRow = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string(),
  manager: z.string().nullable(),
  deputies: ids,
  functions: z.array(z.enum(['authorisationAdministration', 'humanResources', 'auditor'])),
  language: z.enum(['sv', 'en']),
});

/** Parameter: the person's id. Nothing is shown where the register does not know the person. */
export const PERSON = look(
  'person',
  ['text'],
  'select id, name, email, manager, deputies, functions, language from aterkalla.people where id = $1',
);

/** @param row what {@link PERSON} gave. */
export const personOf = (row: Row | undefined): Person | null => (row?.result ? personRow.parse(row.result) : null);

/** That somebody other than who has the assignment `s` has one in this role there. */
const somebodyElse = (role: string, there: string) =>
  `exists (select from ${held(role, `${there} and x.person <> s.person`, '$1')})`;

/** Parameter: system. Employees with an assignment that nobody else detaches (`detachers` in `machines/rights.ts`). */
export const LEFT_TO_ADMINISTRATION = `
  select distinct s.person from aterkalla.assignments s
    join aterkalla.authorisations a on a.person = s.person and a.system = $1 and s.role = any(a.roles)
   where not s.stranded and case when s.role = 'participantManager'
     then not ${somebodyElse('interventionManager', 'x.intervention = s.intervention')}
     else not ${somebodyElse('collaborationAdministrator', 'x.organisation = s.organisation')} end
   order by s.person`;

/** Parameters: person, system. Nothing is shown where the register does not know the person. */
export const RESPONSIBILITIES = look(
  'responsibilities',
  ['text', 'text'],
  `
  with me as (select * from aterkalla.people where id = $1),
  mine as (
    select s.role, s.organisation, s.intervention from aterkalla.assignments s
      join aterkalla.authorisations a on a.person = s.person and a.system = $2 and s.role = any(a.roles)
     where s.person = $1 and not s.stranded),
  managers as (
    select id from me union select id from aterkalla.people where deputies @> array[$1::text])
  select to_jsonb(me) as person,
    (select jsonb_agg(id order by id <> me.id, id) from managers) as decides_for,
    (select coalesce(jsonb_agg(e.id order by e.id), '[]') from (
        select led.id from aterkalla.people led where led.manager = any(array(select id from managers))
        union
        select alone.id from aterkalla.people alone
          where (select 'humanResources' = any(functions) from me)
            and (alone.manager is null or alone.manager = alone.id
              or not exists (select from aterkalla.people above where above.id = alone.manager))) e
      where e.id <> me.id) as decides_on,
    (select coalesce(jsonb_agg(distinct organisation), '[]') from mine
      where role = 'collaborationAdministrator') as administers,
    (select coalesce(jsonb_agg(distinct intervention), '[]') from mine
      where role = 'interventionManager' and intervention is not null) as manages,
    (select coalesce(jsonb_agg(distinct organisation), '[]') from mine
      where role = 'collaborationAdministrator'
         or (role = 'interventionManager' and intervention is not null)) as organisations
  from me`,
);

const responsibilitiesRow = z.object({
  person: personRow,
  decides_for: ids,
  decides_on: ids,
  administers: ids,
  manages: ids,
  organisations: ids,
});

/** @param row what {@link RESPONSIBILITIES} gave. */
export function responsibilitiesOf(row: Row | undefined): Responsibilities {
  if (row?.result == null)
    return { person: null, decidesFor: [], decidesOn: [], administers: [], manages: [], organisations: [] };
  const { person, decides_for, decides_on, administers, manages, organisations } = responsibilitiesRow.parse(
    row.result,
  );
  return { person, decidesFor: decides_for, decidesOn: decides_on, administers, manages, organisations };
}

/** Parameters: ids of people, of organisations, of interventions. Always one row. */
export const NAMES = `
  select
    (select coalesce(jsonb_object_agg(id, name), '{}') from aterkalla.people where id = any($1)) as people,
    (select coalesce(jsonb_object_agg(id, jsonb_build_object('name', name, 'form', form)), '{}')
       from aterkalla.organisations where id = any($2)) as organisations,
    (select coalesce(jsonb_object_agg(id, jsonb_build_object('name', name, 'organisation', organisation)), '{}')
       from aterkalla.interventions where id = any($3)) as interventions`;

const namesRow = z.object({
  people: z.record(z.string(), z.string()),
  organisations: z.record(z.string(), z.object({ name: z.string(), form: z.string() })),
  interventions: z.record(z.string(), z.object({ name: z.string(), organisation: z.string() })),
});

/** @param row what {@link NAMES} gave. */
export const namesOf = (row: Row | undefined): Names => namesRow.parse(row);

/** Parameters: the text, and how many at most. */
export const FIND_PEOPLE = `
  select id from (
      select id, name from aterkalla.people where position(lower($1) in lower_name) > 0
      union
      select id, name from aterkalla.people where lower(id) = lower($1)) as found
   order by name, id limit $2`;
