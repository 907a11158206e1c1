import { stringify } from 'csv-stringify/sync';
import { stateIn, taskIn } from '../texts/client.ts';
import { csvHeads } from '../texts/portal.ts';
import type { Language, ListedCase, Names } from './api.ts';

/** The list of cases as CSV, as Excel reads it in Sweden: semicolons, UTF-8 with its mark, no formulas. */
export function casesCsv(cases: ListedCase[], { people }: Names, language: Language): string {
  const named = (id: string | null) => (id === null ? '' : (people[id] ?? ''));
  const rows = cases.map(({ employee, manager, state, waitsFor, overdue, ...listed }) => ({
    ...listed,
    employee,
    employeeName: named(employee),
    manager,
    managerName: named(manager),
    state: stateIn(language, state),
    waitsFor: waitsFor.map((task) => taskIn(language, task)).join(', '),
    overdue: overdue ? 'x' : '',
  }));
  const columns = Object.entries(csvHeads).map(([key, head]) => ({ key, header: head[language] }));
  return stringify(rows, { header: true, columns, delimiter: ';', bom: true, escape_formulas: true });
}
