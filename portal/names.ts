import { LRUCache } from 'lru-cache';
import type { NamedIds } from '../activities/ports.ts';
import type { AterkallaClient } from '../client/aterkalla.ts';
import type { Names } from './api.ts';

/** How long a name is good for, in milliseconds: names change seldom, and rights never depend on them. */
const GOOD_FOR = 60_000;

export type LookUpNames = (ids: NamedIds) => Promise<Names>;

/** @returns a function that says what ids are called, asking the register only for those that it has not just asked for. */
export function rememberNames(ask: AterkallaClient['ask']): LookUpNames {
  const remember = <Name extends object>() =>
    new LRUCache<string, { name: Name | null }>({ max: 20_000, ttl: GOOD_FOR });
  const known = {
    people: remember<{ name: string }>(),
    organisations: remember<Names['organisations'][string]>(),
    interventions: remember<Names['interventions'][string]>(),
  };
  const missing = <Name extends object>(from: LRUCache<string, { name: Name | null }>, ids: string[]) =>
    [...new Set(ids)].filter((id) => !from.has(id));
  const taken = <Name extends object>(from: LRUCache<string, { name: Name | null }>, ids: string[]) =>
    [...new Set(ids)].flatMap((id): [string, Name][] => {
      const name = from.get(id)?.name;
      return name ? [[id, name]] : [];
    });

  return async (ids) => {
    const unknown = {
      people: missing(known.people, ids.people),
      organisations: missing(known.organisations, ids.organisations),
      interventions: missing(known.interventions, ids.interventions),
    };
    if (Object.values(unknown).some(({ length }) => length > 0)) {
      const found = await ask('namesOf', unknown);
      for (const id of unknown.people) {
        const name = found.people[id];
        known.people.set(id, { name: name === undefined ? null : { name } });
      }
      for (const id of unknown.organisations) known.organisations.set(id, { name: found.organisations[id] ?? null });
      for (const id of unknown.interventions) known.interventions.set(id, { name: found.interventions[id] ?? null });
    }
    const interventions = taken(known.interventions, ids.interventions);
    return {
      people: Object.fromEntries(taken(known.people, ids.people).map(([id, { name }]) => [id, name])),
      organisations: Object.fromEntries(taken(known.organisations, ids.organisations)),
      interventions: Object.fromEntries(interventions),
    };
  };
}
