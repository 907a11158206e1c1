import type { Assignment, Names } from '../api.ts';
import { list, listOr, t, word } from './language.ts';

/** What ids are called. People keep their number beside their name: two may have the same name. */

export const person = (names: Names, id: string): string => {
  const name = names.people[id];
  if (name) return `${name} (${id})`;
  return id === 'helpdesk' ? t('case.helpdesk') : id;
};
export const people = (names: Names, ids: readonly string[]): string => list(ids.map((id) => person(names, id)));
export const peopleOr = (names: Names, ids: readonly string[]): string => listOr(ids.map((id) => person(names, id)));

export const roles = (names: readonly string[]): string => list(names.map((name) => word('role', name)));

/** The names of two answers. */
export const bothNames = (one: Names, other: Names): Names => ({
  people: { ...one.people, ...other.people },
  organisations: { ...one.organisations, ...other.organisations },
  interventions: { ...one.interventions, ...other.interventions },
});

type Place = Pick<Assignment, 'organisation' | 'intervention'>;

/** The innermost place: the intervention, or the organisation where there is none. */
export const innermost = (names: Names, { organisation, intervention }: Place): string =>
  (intervention ? names.interventions[intervention]?.name : names.organisations[organisation]?.name) ??
  intervention ??
  organisation;

/** The whole place: `Steget vidare, Samordningsförbundet Övre Ådalen`. */
export const place = (names: Names, at: Place): string =>
  [at.intervention && innermost(names, at), innermost(names, { ...at, intervention: null })].filter(Boolean).join(', ');

/** A warning in words, e.g. of `last-administrator:finsam-ovre`. */
export function warning(names: Names, id: string): string {
  const [kind = '', at = ''] = id.split(':');
  if (kind === 'last-administrator')
    return t('warning.last-administrator', { place: names.organisations[at]?.name ?? at });
  if (kind === 'last-manager') return t('warning.last-manager', { place: names.interventions[at]?.name ?? at });
  return word('warning', kind);
}

const capital = (text: string): string => text.charAt(0).toLocaleUpperCase() + text.slice(1);
/** A role's name where it begins a line. */
export const Role = (name: string): string => capital(word('role', name));
