import { databaseFunction } from './databaseFunction.ts';

/**
 * What is changed in the register of one person. Each is one transaction, in one message, that locks the person's
 * authorisation first, so that two never overtake another.
 */

/** Leaves the roles in `kept`, in that order; none: the authorisation goes. */
const KEEP = `
    if cardinality(kept) = 0 then delete from aterkalla.authorisations where person = $1 and system = $2;
    else
      insert into aterkalla.authorisations (person, system, roles) values ($1, $2, kept)
        on conflict (person, system) do update set roles = excluded.roles;
    end if;`;

/** Parameters: employee, system, ids of assignments. Those already gone are left alone. */
export const DETACH = databaseFunction({
  name: 'detach',
  parameters: ['text', 'text', 'text[]'],
  returns: 'void',
  kind: 'volatile',
  body: `begin
    perform from aterkalla.authorisations where person = $1 and system = $2 for update;
    delete from aterkalla.assignments where person = $1 and id = any($3) and not stranded;
  end`,
});

/**
 * Parameters: employee, system, roles, ids of the assignments that may be left behind. False, and nothing changed, where
 * others of these roles are still attached.
 */
export const REMOVE = databaseFunction({
  name: 'remove',
  parameters: ['text', 'text', 'text[]', 'text[]'],
  returns: 'boolean',
  kind: 'volatile',
  body: `declare
    held text[];
    going text[];
    kept text[];
  begin
    select roles into held from aterkalla.authorisations where person = $1 and system = $2 for update;
    going := array(select role from unnest(held) as role where role = any($3));
    if cardinality(going) = 0 then return true; end if;
    if exists (
      select from aterkalla.assignments
       where person = $1 and not stranded and role = any(going) and not id = any($4)
    ) then return false; end if;
    update aterkalla.assignments set stranded = true where person = $1 and role = any(going);
    kept := array(select role from unnest(held) with ordinality as one (role, place) where not role = any($3) order by place);
    ${KEEP}
    return true;
  end`,
});

/** Parameters: person, system, roles, each once. False, and nothing changed, where the register does not know the person. */
export const SET_ROLES = databaseFunction({
  name: 'set_roles',
  parameters: ['text', 'text', 'text[]'],
  returns: 'boolean',
  kind: 'volatile',
  body: `declare
    held text[];
    kept text[] := $3;
  begin
    if not exists (select from aterkalla.people where id = $1) then return false; end if;
    select roles into held from aterkalla.authorisations where person = $1 and system = $2 for update;
    ${KEEP}
    -- What is no longer held strands; what is held again can be looked up again; the rest stays as it was.
    update aterkalla.assignments set stranded = not role = any(kept)
     where person = $1 and (not role = any(kept) or not role = any(coalesce(held, '{}')));
    return true;
  end`,
});
