import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import pg from 'pg';
import { DETACH, REMOVE, SET_ROLES } from './registerChanges.ts';
import { FACTS, FACTS_AND_GONE, PERSON, RESPONSIBILITIES } from './registerRows.ts';

/**
 * PostgreSQL, or PGlite (PostgreSQL inside this process, on a folder) where there is none: the same SQL for both, behind
 * the few things that are needed of it.
 */

export type Row = Record<string, unknown>;
/** Runs one SQL statement with its parameters `$1`, `$2`, …; answers with the rows. */
export type Query = (sql: string, parameters?: unknown[]) => Promise<Row[]>;
export type Database = {
  query: Query;
  /** Runs `work` in one transaction, undone where it throws. */
  transaction<T>(work: (query: Query) => Promise<T>): Promise<T>;
  close(): Promise<void>;
};

/** How long PostgreSQL may take to let in or to answer, in milliseconds: then it is an error, to be tried again. */
const LONGEST_WAIT = 15_000;

/** A PostgreSQL server. It need not be there yet: each query fails until it is. @param url `postgresql://…` */
export function openPostgres(url: string): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: 10,
    connectionTimeoutMillis: LONGEST_WAIT,
    query_timeout: LONGEST_WAIT,
    application_name: 'aterkalla',
  });
  // A server that goes away closes idle connections; the pool opens new ones by itself. Unheard, that ends the process.
  pool.on('error', () => {});
  return {
    query: async (sql, parameters = []) => (await pool.query<Row>(sql, parameters)).rows,
    transaction: async (work) => {
      const connection = await pool.connect();
      // A connection that breaks between two queries says so as an event; the next query fails and is what counts.
      const unheard = () => {};
      connection.on('error', unheard);
      try {
        await connection.query('begin');
        const result = await work(async (sql, parameters = []) => (await connection.query<Row>(sql, parameters)).rows);
        await connection.query('commit');
        connection.release();
        return result;
      } catch (error) {
        // Ends the connection as well: whether a rollback would still get through is not known.
        connection.release(true);
        throw error;
      } finally {
        connection.off('error', unheard);
      }
    },
    close: () => pool.end(),
  };
}

/** PGlite on a folder, made if it is not there. One process alone may open it. */
export async function openEmbedded(folder: string): Promise<Database> {
  await mkdir(folder, { recursive: true });
  const lite = await PGlite.create(folder);
  return {
    query: async (sql, parameters = []) => (await lite.query<Row>(sql, parameters)).rows,
    transaction: (work) =>
      lite.transaction((tx) => work(async (sql, parameters = []) => (await tx.query<Row>(sql, parameters)).rows)),
    close: () => lite.close(),
  };
}

/** The database that the settings ask for: PostgreSQL where there is a URL, else embedded in the data folder. */
export const openDatabase = async (dataDir: string, databaseUrl?: string): Promise<Database> =>
  databaseUrl ? openPostgres(databaseUrl) : openEmbedded(join(dataDir, 'register'));

const SCHEMA = [
  'create schema if not exists aterkalla',
  // No foreign keys: the register may be kept by others, who delete a person without asking the process.
  `create table if not exists aterkalla.people (
     id text primary key, name text not null, email text not null, manager text,
     deputies text[] not null default '{}', functions text[] not null default '{}', language text not null default 'sv')`,
  `create table if not exists aterkalla.organisations (id text primary key, name text not null, form text not null)`,
  `create table if not exists aterkalla.interventions (
     id text primary key, name text not null, organisation text not null)`,
  `create table if not exists aterkalla.authorisations (
     person text not null, system text not null, roles text[] not null, primary key (person, system))`,
  `create table if not exists aterkalla.assignments (
     id text primary key, person text not null, role text not null, organisation text not null, intervention text,
     stranded boolean not null default false)`,
  `create table if not exists aterkalla.orders (
     number bigint generated always as identity primary key, key text not null unique, body jsonb not null,
     state text not null default 'sent')`,
  `create table if not exists aterkalla.ended_sessions (session text primary key, until timestamptz not null)`,
  // Taking all names to lower case would cost more than looking through them for a part of a name. Asked for first: adding
  // a column, even one that is there, waits for all who read the table, and makes others wait.
  `do $$ begin
     if not exists (select from pg_attribute where attrelid = 'aterkalla.people'::regclass and attname = 'lower_name') then
       alter table aterkalla.people add column lower_name text generated always as (lower(name)) stored;
     end if;
   end $$`,
  'create index if not exists people_lower_id on aterkalla.people (lower(id))',
  'create index if not exists people_manager on aterkalla.people (manager)',
  'create index if not exists people_deputies on aterkalla.people using gin (deputies)',
  `create index if not exists people_functions on aterkalla.people (id) where functions <> '{}'`,
  'create index if not exists assignments_person on aterkalla.assignments (person)',
  'create index if not exists assignments_organisation on aterkalla.assignments (organisation, role)',
  'create index if not exists assignments_intervention on aterkalla.assignments (intervention, role)',
  ...[FACTS, FACTS_AND_GONE, PERSON, RESPONSIBILITIES, DETACH, REMOVE, SET_ROLES].map(({ create }) => create),
];

/** Several workers may start at once on one database: one makes the tables, the others wait for it. */
export async function alone<T>(database: Database, work: (query: Query) => Promise<T>): Promise<T> {
  return database.transaction(async (query) => {
    await query('select pg_advisory_xact_lock(9460)');
    return work(query);
  });
}

/** Makes the tables and functions that are missing. */
export const createTables = (database: Database): Promise<void> =>
  alone(database, async (query) => {
    for (const statement of SCHEMA) await query(statement);
  });
