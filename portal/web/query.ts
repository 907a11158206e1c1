import type { LocationQuery } from 'vue-router';

/** A value of the page's address, empty where it is not there. */
export function textIn(query: LocationQuery, name: string): string {
  const value = query[name];
  return typeof value === 'string' ? value : '';
}
