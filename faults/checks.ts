import type { CaseEnd, CaseEvidence, Evidence, MailEvidence } from './evidence.ts';
import type { Act, Request } from './ledger.ts';
import { type Employee, mailOf } from './office.ts';
import { orderProblems } from './order.ts';

/**
 * Holds what a run left behind against what people were told. Knows the process page and the ledger, and nothing of how
 * the system is made.
 */

export type Violation = {
  kind:
    | 'odd answer'
    | 'not ready'
    | 'request lost'
    | 'request that nobody made'
    | 'request without an end'
    | 'act lost'
    | 'act twice'
    | 'act of nobody'
    | 'act though refused'
    | 'act out of order'
    | 'wrong orders'
    | 'mail missing'
    | 'mail too many'
    | 'confirmed too early'
    | 'removed before detached'
    | 'register wrong'
    | 'workflow task failed'
    | 'does not replay'
    | 'orphan'
    | 'process ended';
  text: string;
};

/** @returns all that is wrong; nothing where the run was as it must be. */
export function violationsIn(evidence: Evidence): Violation[] {
  const { ledger, cases, deserters, notReady, notReplayed } = evidence;
  return [
    ...ledger.odd.map((text): Violation => ({ kind: 'odd answer', text })),
    ...requests(evidence),
    ...cases.flatMap(temporal),
    ...cases.flatMap(({ end }) => (end ? judge(evidence, end) : [])),
    ...strays(evidence),
    ...register(evidence),
    ...notReplayed.map((text): Violation => ({ kind: 'does not replay', text })),
    ...deserters.map((text): Violation => ({ kind: 'process ended', text })),
    ...notReady.map((text): Violation => ({ kind: 'not ready', text })),
  ];
}

const requestOf = (ledger: Evidence['ledger'], { request }: CaseEnd): Request | undefined =>
  ledger.requests.find((made) => made.request === request);

/** Each accepted request is there, once; each case was asked for. */
function requests({ ledger, cases }: Evidence): Violation[] {
  const ended = cases.map(({ end }) => end?.request).filter((request) => request !== undefined);
  const unfinished = cases.filter(({ end }) => end === null).map(({ workflowId }) => workflowId);
  const lost = ledger.requests.filter(
    ({ request }) =>
      request !== null &&
      ended.filter((each) => each === request).length !== 1 &&
      !unfinished.some((workflowId) => request.startsWith(`${workflowId}-`)),
  );
  const unanswered = ledger.requests.filter(({ answer }) => answer === 'unknown');
  const unknown = cases.filter(
    ({ end, workflowId }) =>
      end !== null &&
      end.outcome !== 'refused' &&
      !requestOf(ledger, end) &&
      !unanswered.some(({ employee }) => workflowId.endsWith(`-${employee}`)),
  );
  return [
    ...lost.map(({ request }): Violation => ({ kind: 'request lost', text: `${request} was accepted` })),
    ...unanswered.map(
      ({ id }): Violation => ({ kind: 'request without an end', text: `start ${id} was never answered` }),
    ),
    ...unknown.map(({ end }): Violation => ({ kind: 'request that nobody made', text: `${end?.request}` })),
  ];
}

/** What Temporal itself says of a case. */
function temporal({ workflowId, runId, state, end, failedTasks, orphans }: CaseEvidence): Violation[] {
  const name = `${workflowId} (${runId})`;
  const isOver = state === 'COMPLETED' && end !== null && end.outcome !== null;
  return [
    ...(isOver ? [] : [{ kind: 'request without an end', text: `${name} is ${state}` } as const]),
    ...failedTasks.map((text): Violation => ({ kind: 'workflow task failed', text: `${name}: ${text}` })),
    ...orphans.map((text): Violation => ({ kind: 'orphan', text: `${name}: ${text}` })),
  ];
}

function judge(evidence: Evidence, end: CaseEnd): Violation[] {
  const { office, ledger } = evidence;
  const made = requestOf(ledger, end);
  const employee = office.employees.find(({ id }) => id === end.employee);
  if (!made || !employee) return [];
  const say =
    (kind: Violation['kind']) =>
    (text: string): Violation => ({ kind, text: `${end.request}: ${text}` });
  return [
    ...acts(made, end),
    ...orderProblems(end, employee, office, made.undoFor > 0).map(say('act out of order')),
    ...orders(evidence, made, end).map(say('wrong orders')),
    ...mails(evidence, end, employee),
  ];
}

/** The steps of the record that are people's acts: those with a command's id. */
function acts({ id, acts, request }: Request, { record, ignored }: CaseEnd): Violation[] {
  const say = (kind: Violation['kind'], { id, name }: Pick<Act, 'id' | 'name'>): Violation => ({
    kind,
    text: `${request}: ${name} ${id}`,
  });
  const start: Act = { id, name: 'start', by: '', throughPortal: false, answer: 'acknowledged' };
  const all = [start, ...acts];
  const problems = all.flatMap((act) => {
    const count = record.filter((entry) => entry.id === act.id).length;
    const isIgnored = ignored.some((each) => each.id === act.id && each.event === act.name);
    if (count > 1) return [say('act twice', act)];
    if (act.answer === 'acknowledged' && count === 0) return [say('act lost', act)];
    if (act.answer === 'delivered' && count === 0 && !isIgnored) return [say('act lost', act)];
    if (act.answer === 'refused' && count === 1) return [say('act though refused', act)];
    return [];
  });
  const strangers = record.filter(
    (entry) =>
      entry.id !== undefined &&
      entry.step !== 'superseded' &&
      !all.some((act) => act.id === entry.id && (act.name === 'start' || act.by === entry.by)),
  );
  return [...problems, ...strangers.map(({ id = '', step }) => say('act of nobody', { id, name: step }))];
}

/**
 * Exactly one order for each decision, none for one that was undone before it left the house; those taken back are
 * cancelled, and no other.
 */
function orders({ orders }: Evidence, made: Request, { request, employee, record, outcome }: CaseEnd): string[] {
  const sent = orders.filter((order) => order.request === request).toSorted((a, b) => a.running - b.running);
  const decided = record.filter(({ step }) => step === 'decided');
  const numbers = record.filter(({ step }) => step === 'ordered').map(({ order }) => order);
  const problems: string[] = [];
  const [first] = record;
  const isUndoable = made.undoFor > 0 && first?.step === 'decided';
  // What was taken back by then never left the house: its record has no order (faults/order.ts).
  const mustBeSent = isUndoable && numbers.length === 0 ? 0 : decided.length;
  if (sent.length !== mustBeSent) problems.push(`${decided.length} decisions, ${sent.length} orders`);
  if (numbers.join() !== sent.map(({ number }) => number).join())
    problems.push(`the record has the orders ${numbers}, Min Support ${sent.map(({ number }) => number)}`);
  const [earliest] = sent;
  if (isUndoable && earliest && earliest.at < Date.parse(first.at) + made.undoFor * 1000)
    problems.push(`order ${earliest.number} was sent while it could still be undone`);
  sent.forEach((order, index) => {
    const last = index === sent.length - 1;
    const mustBe = !(last && outcome === 'removed');
    if (order.cancelled !== mustBe)
      problems.push(`order ${order.number} is ${order.cancelled ? '' : 'not '}cancelled, the case ended as ${outcome}`);
    if (order.employee !== employee) problems.push(`order ${order.number} is about ${order.employee}`);
    const { roles = [] } = decided[index] ?? {};
    if (!sameSet(order.roles, roles)) problems.push(`order ${order.number} names ${order.roles}, decided was ${roles}`);
  });
  return problems;
}

/** One mail for each reader and occasion; the same Message-ID again is the same mail, and must say the same. */
function mails(evidence: Evidence, end: CaseEnd, employee: Employee): Violation[] {
  const { request, record, outcome } = end;
  const mine = evidence.mails.filter((mail) => mail.request === request);
  const problems: Violation[] = [];
  const say = (kind: Violation['kind'], text: string) => problems.push({ kind, text: `${request}: ${text}` });
  const expect = (occasion: string, reader: string, count: number, since: number | null) => {
    const found = new Set(mine.filter((mail) => mail.occasion === occasion && mail.to === reader).map(({ id }) => id));
    if (found.size > count) say('mail too many', `${occasion} to ${reader}: ${found.size} mails instead of ${count}`);
    const refused = evidence.refusedMails.some(({ to, at }) => to === reader && at >= (since ?? 0));
    // Whoever decides anew, or takes it back, need not be told any more that it was returned.
    const isMoot = occasion === 'returned' || (occasion === 'warnings' && (refused || outcome === 'stayed'));
    if (found.size < count && !isMoot)
      say('mail missing', `${occasion} to ${reader}: ${found.size} mails instead of ${count}`);
  };

  const confirmed =
    outcome === 'removed'
      ? [record.findLast(({ step }) => step === 'decided')?.by ?? employee.manager, employee.id]
      : [];
  for (const reader of readers(mine, 'confirmation', confirmed)) {
    expect('confirmation', mailOf(reader), confirmed.includes(reader) ? 1 : 0, 0);
    const entries = record.filter(({ step, to }) => step === 'confirmed' && to.includes(reader)).length;
    if (entries !== (confirmed.includes(reader) ? 1 : 0))
      say('mail missing', `the record confirms to ${reader} ${entries} times`);
  }
  const returned = record.filter(({ step }) => step === 'returned');
  for (const reader of readers(mine, 'returned', returned.length > 0 ? [employee.manager] : []))
    expect('returned', mailOf(reader), reader === employee.manager ? returned.length : 0, since(returned.at(-1)));
  const warned = record.find(({ step }) => step === 'warned');
  const told = warned ? [employee.manager, ...evidence.office.authorisationAdministration] : [];
  for (const reader of readers(mine, 'warnings', told))
    expect('warnings', mailOf(reader), told.includes(reader) ? 1 : 0, since(warned));

  for (const [id, same] of Map.groupBy(mine, (mail) => `${mail.id} to ${mail.to}`))
    if (new Set(same.map(({ text }) => text)).size > 1) say('mail too many', `${id} says different things`);
  const gone = lastRemoval(evidence, end);
  for (const { at, occasion, to } of mine)
    if (occasion === 'confirmation' && !(gone !== undefined && at >= gone))
      say('confirmed too early', `${to} was told before the register showed it`);
  return problems;
}

const since = (entry: { at: string } | undefined): number | null => (entry ? Date.parse(entry.at) : null);

/** Those who got mails of this kind, and those who must. */
const readers = (mails: readonly MailEvidence[], occasion: string, expected: readonly string[]): Set<string> =>
  new Set([
    ...expected,
    ...mails.filter((mail) => mail.occasion === occasion).map(({ to }) => to.slice(0, to.indexOf('@'))),
  ]);

/** When the last of a case's roles went, by the register's own account. */
function lastRemoval({ changes }: Evidence, { employee, roles }: CaseEnd): number | undefined {
  const went = roles.map((role) =>
    changes.findLast(({ what, person, named }) => what === 'removed' && person === employee && named.includes(role)),
  );
  return went.some((change) => change === undefined) ? undefined : Math.max(...went.map((change) => change?.at ?? 0));
}

/** Orders and mails that belong to no case. */
function strays({ cases, orders, mails }: Evidence): Violation[] {
  const known = new Set(cases.map(({ end }) => end?.request));
  // A case without an end is a violation of its own.
  if (cases.some(({ end }) => end === null)) return [];
  return [
    ...orders
      .filter(({ request }) => !known.has(request))
      .map(
        ({ number, request }): Violation => ({ kind: 'wrong orders', text: `${number} for ${request}: no such case` }),
      ),
    ...mails
      .filter(({ request }) => !known.has(request))
      .map(({ id, request }): Violation => ({ kind: 'mail too many', text: `${id} for ${request}: no such case` })),
  ];
}

/** Nothing was removed before its assignments, nothing stranded, and at the end everybody holds what they must. */
function register({ office, cases, changes, roles }: Evidence): Violation[] {
  const problems: Violation[] = [];
  for (const employee of office.employees) {
    const mine = changes.filter(({ person }) => person === employee.id);
    mine.forEach(({ what, named }, index) => {
      const before = mine.slice(0, index).filter((change) => change.what === 'detached');
      const detached = before.flatMap((change) => change.named);
      const left = employee.assignments.filter(({ id, role }) => named.includes(role) && !detached.includes(id));
      if (what === 'removed' && left.length > 0)
        problems.push({
          kind: 'removed before detached',
          text: `${employee.id}: ${named} went with ${left.map(({ id }) => id)} attached`,
        });
      if (what === 'stranded' || what === 'granted')
        problems.push({ kind: 'register wrong', text: `${employee.id}: ${named} ${what}` });
    });
    const ends = cases.flatMap(({ end }) => (end?.employee === employee.id ? [end] : []));
    const removed = ends.filter(({ outcome }) => outcome === 'removed').flatMap((end) => end.roles);
    // A person who stays may lose what had been removed before that: it is in the record.
    const stayed = ends.flatMap(({ record }) => record.filter(({ step }) => step === 'stayed')).flatMap((e) => e.roles);
    const must = employee.roles.filter((role) => !removed.includes(role) && !stayed.includes(role));
    const held = roles.get(employee.id) ?? [];
    const unfinished = cases.some(({ end, workflowId }) => end === null && workflowId.endsWith(`-${employee.id}`));
    if (!unfinished && !sameSet(must, held))
      problems.push({ kind: 'register wrong', text: `${employee.id} holds ${held}, must hold ${must}` });
    const said = ends.flatMap(({ record }) => record.filter(({ step }) => DETACHED.includes(step)));
    for (const id of mine.filter(({ what }) => what === 'detached').flatMap(({ named }) => named))
      if (!unfinished && !said.some(({ assignments }) => assignments.includes(id)))
        problems.push({ kind: 'register wrong', text: `${id} was detached, and no record says so` });
  }
  const untouchable = new Set(office.employees.map(({ id }) => id));
  for (const { person, what, named } of changes)
    if (!untouchable.has(person))
      problems.push({ kind: 'register wrong', text: `${person}, who has no case: ${named} ${what}` });
  return problems;
}

/** Found: whoever said so was never answered, since the worker was killed after the register was changed. */
const DETACHED = ['detached', 'foundDetached'];

const sameSet = (some: readonly string[], others: readonly string[]): boolean =>
  some.toSorted().join() === others.toSorted().join();
