import { databaseFunction } from './databaseFunction.ts';

/**
 * What the processes change in the register. Each is one transaction, in one message, that locks the person's
 * authorisation first, so that two never overtake another.
 */

const detach = databaseFunction({
  name: 'detach',
  parameters: ['text', 'text', 'text[]'],
  returns: 'void',
  kind: 'volatile',
  body: `begin
    perform from aterkalla.authorisations where person = $1 and system = $2 for update;
    delete from aterkalla.assignments where person = $1 and id = any($3) and not stranded;
  end`,
});

const remove = databaseFunction({
  name: 'remove',
  parameters: ['text', 'text', 'text[]', 'text[]'],
  returns: 'boolean',
  kind: 'volatile',
  body: `declare
    held text[];
    kept text[];
    going text[];
  begin
    select roles into held from aterkalla.authorisations where person = $1 and system = $2 for update;
    going := array(select role from unnest(held) as role where role = any($3));
    if cardinality(going) = 0 then return true; end if;
    if exists (
      select from aterkalla.assignments
       where person = $1 and not stranded and role = any(going) and not id = any($4)
    ) then return false; end if;
    update aterkalla.assignments set stranded = true where person = $1 and role = any(going);
    -- In the register's order; none: the authorisation goes.
    kept := array(select role from unnest(held) with ordinality as one (role, place) where not role = any($3) order by place);
    if cardinality(kept) = 0 then delete from aterkalla.authorisations where person = $1 and system = $2;
    else update aterkalla.authorisations set roles = kept where person = $1 and system = $2;
    end if;
    return true;
  end`,
});

/** Parameters: employee, system, ids of assignments. Those already gone are left alone. */
export const DETACH = { create: detach.create, call: `select ${detach.with()}` };

/**
 * Parameters: employee, system, roles, ids of the assignments that may be left behind. False, and nothing changed, where
 * others of these roles are still attached.
 */
export const REMOVE = { create: remove.create, call: `select ${remove.with()} as done` };
