import { isDeepStrictEqual } from 'node:util';
import type { CaseStatus } from '../activities/caseStatus.ts';
import type { RegisterFile } from '../outside/registerFileForm.ts';
import { checkTexts } from '../texts/demo.ts';
import type { Text } from '../texts/problems.ts';
import type { Evidence } from './evidence.ts';
import { people } from './people.ts';

/** What register, orders, mails and records must say after the demo, exactly: nothing less and nothing besides. */

export type CheckResult = { name: Text; isGood: boolean; expected: unknown; found: unknown };

const { manager, administrator, stays, leaves } = people;
const gone = [stays.id, leaves.id].map(String);
const detached = [stays.assignment, ...leaves.assignments.map(({ id }) => id)].map(String);

/** Holds what was found against what the process page says. Employee ids only. */
export function checks({ before, after, orders, mails, removal, leaver }: Evidence): CheckResult[] {
  const idOf = (address: string) => before.people.find(({ email }) => email === address)?.id ?? 'somebody else';
  const languageOf = (id: string) => before.people.find((person) => person.id === id)?.language ?? 'sv';
  const held = (file: RegisterFile) => file.authorisations.map(({ person, roles }) => `${person}: ${roles.join(', ')}`);
  const attached = (file: RegisterFile) =>
    file.assignments.map(({ id, person, stranded }) => `${id}: ${person}${stranded ? ', stranded' : ''}`);
  const check = (name: Text, found: unknown, expected: unknown): CheckResult => ({
    name,
    isGood: isDeepStrictEqual(found, expected),
    expected,
    found,
  });
  const confirmation = (request: string, id: string) => `${request}: confirmation, ${id}, ${languageOf(id)}`;

  return [
    check(
      checkTexts.authorisations,
      held(after).toSorted(),
      held({
        ...before,
        authorisations: before.authorisations.filter(({ person }) => !gone.includes(person)),
      }).toSorted(),
    ),
    check(
      checkTexts.assignments,
      attached(after).toSorted(),
      attached({ ...before, assignments: before.assignments.filter(({ id }) => !detached.includes(id)) }).toSorted(),
    ),
    check(checkTexts.people, changedPeople(before, after), []),
    check(
      checkTexts.orders,
      orders.map(({ state, body: { form, request, employee, system, roles, orderedBy } }) => ({
        ...{ state, form, request, employee, system, roles, orderedBy },
      })),
      [
        {
          ...{ state: 'sent', form: '9460', request: removal.request, employee: stays.id, system: 'SUS' },
          ...{ roles: [...stays.roles], orderedBy: manager },
        },
      ],
    ),
    check(
      checkTexts.mails,
      mails
        .map(({ to, request, occasion, language }) => `${request}: ${occasion}, ${idOf(to)}, ${language}`)
        .toSorted(),
      [
        ...[manager, stays.id].map((id) => confirmation(removal.request, id)),
        ...[manager, leaves.id].map((id) => confirmation(leaver.request, id)),
      ].toSorted(),
    ),
    check(checkTexts.onlyOnce, new Set(mails.map(({ messageId }) => messageId)).size, mails.length),
    check(checkTexts.removalRecord, recordOf(removal), [
      `decided ${manager} ${stays.roles.join(', ')}`,
      `ordered  ${stays.roles.join(', ')}`,
      `detached ${stays.detachedBy} ${stays.assignment}`,
      `removed ${administrator} ${stays.roles.join(', ')}`,
      `gone  ${stays.roles.join(', ')}`,
      ...[`confirmed  to ${manager}`, `confirmed  to ${stays.id}`],
    ]),
    check(checkTexts.leaverRecord, recordOf(leaver), [
      `leaves ${manager} `,
      'begun  ',
      ...leaves.assignments.map(({ id, detachedBy }) => `detached ${detachedBy} ${id}`),
      `removed ${administrator} ${leaves.roles.join(', ')}`,
      `gone  ${leaves.roles.join(', ')}`,
      ...[`confirmed  to ${manager}`, `confirmed  to ${leaves.id}`],
    ]),
    check(checkTexts.ended, [removal.outcome, leaver.outcome], ['removed', 'removed']),
  ];
}

/** Who came, went or changed: ids only, since this is printed. */
function changedPeople(before: RegisterFile, after: RegisterFile): string[] {
  const of = (file: RegisterFile, id: string) => file.people.find((person) => person.id === id);
  const ids = [...new Set([...before.people, ...after.people].map(({ id }) => id))];
  return ids.filter((id) => !isDeepStrictEqual(of(before, id), of(after, id)));
}

/** Each entry as step, who, and what exactly. The two confirmations go side by side: by reader. */
function recordOf({ record }: CaseStatus): string[] {
  const lines = record.map(({ step, by, roles, assignments, to }) => {
    const told = Array.isArray(to) ? [`to ${to.join(', ')}`] : [];
    const what = [roles, assignments].flatMap((list) => (Array.isArray(list) ? [list.join(', ')] : []));
    return `${step} ${by ?? ''} ${[...what, ...told].join('; ')}`;
  });
  const isConfirmation = (line: string) => line.startsWith('confirmed');
  return [...lines.filter((line) => !isConfirmation(line)), ...lines.filter(isConfirmation).toSorted()];
}
