import type { AnyMachineSnapshot } from 'xstate';
import { type CaseContext, type Entry, mayDetach } from '../machines/case.ts';
import type { Assignment } from '../machines/register.ts';
import { deciders, removers } from '../machines/rights.ts';
import type { BaseStatus, Ignored } from './statechart.ts';

/** One thing that the case waits for, and who may do it (contract, "Query status"). */
export type Waiting = {
  task: 'decide' | 'detach' | 'remove';
  assignments: string[];
  mayAct: string[];
  /** When it was looked up who may act. */
  asOf: string;
  guidance: string;
  since: string;
  due: string;
};

/** The value of the query `status` (contract); `value` is XState's state value. */
export type CaseStatus = BaseStatus & {
  request: string;
  process: 'removal' | 'employeeLeaves';
  version: string;
  employee: string;
  manager: string | null;
  system: string;
  roles: string[];
  since: string;
  warnings: { id: string; acknowledgedBy?: string }[];
  waitingFor: Waiting[];
  order: { number: string | null; state: string } | null;
  organisations: string[];
  ignored: Ignored[];
  record: Entry[];
  outcome: string | null;
  /** Until when an order can be undone; only while it can. */
  undoUntil?: string;
  /** A leaver's alone. */
  lastWorkingDay?: string;
  atWork?: boolean;
};

/** What is the same in the status of every case. */
export function caseStatus(
  snapshot: AnyMachineSnapshot,
  base: BaseStatus,
  context: CaseContext,
  more: Pick<CaseStatus, 'process' | 'warnings' | 'order'> & { due: string; pastDeadline?: boolean },
): CaseStatus {
  const { process, warnings, order, due, pastDeadline = false } = more;
  const { facts, since } = context;
  const wait = { asOf: facts.asOf, since, due };
  return {
    request: context.request,
    process,
    version: snapshot.machine.version ?? '1',
    employee: context.employee,
    manager: facts.manager?.id ?? null,
    system: context.system,
    roles: context.roles,
    ...base,
    since,
    warnings,
    waitingFor: waitingFor(snapshot, context, wait, pastDeadline),
    order,
    organisations: [...new Set(context.attached.map(({ organisation }) => organisation))],
    record: context.record,
    outcome: snapshot.status === 'done' ? base.state : null,
  };
}

function waitingFor(
  snapshot: AnyMachineSnapshot,
  { facts, attached }: CaseContext,
  wait: Pick<Waiting, 'asOf' | 'since' | 'due'>,
  pastDeadline: boolean,
): Waiting[] {
  if (snapshot.matches('deciding') || snapshot.matches('orderStopped'))
    return [{ task: 'decide', assignments: [], mayAct: deciders(facts), guidance: GUIDANCE.decide, ...wait }];
  if (snapshot.matches('removing'))
    return [{ task: 'remove', assignments: [], mayAct: removers(facts), guidance: GUIDANCE.remove, ...wait }];
  if (!snapshot.matches('detaching')) return [];
  const groups = new Map<string, { mayAct: string[]; guidance: string; assignments: Assignment[] }>();
  for (const assignment of attached) {
    const mayAct = mayDetach(facts, assignment, pastDeadline);
    const guidance = GUIDANCE[assignment.form][assignment.role];
    const group = groups.get(`${mayAct} ${guidance}`) ?? { mayAct, guidance, assignments: [] };
    group.assignments.push(assignment);
    groups.set(`${mayAct} ${guidance}`, group);
  }
  return [...groups.values()].map(({ mayAct, guidance, assignments }) => ({
    task: 'detach',
    assignments: assignments.map(({ id }) => id),
    mayAct,
    guidance,
    ...wait,
  }));
}

/** What to do in SUS; guidance differs by form of collaboration (process page, "Words"). */
const GUIDANCE = {
  decide: 'Besluta om behörigheten tas bort eller behålls. / Decide whether the authorisation goes or stays.',
  remove: 'Ta bort behörigheten i SUS enligt beslutet. / Remove the authorisation in SUS as decided.',
  finsam: {
    collaborationAdministrator:
      'Finsam: ta bort uppdraget som samverkansadministratör från samverkansorganisationen. / Finsam: detach the collaboration administrator from the collaboration organisation.',
    interventionManager:
      'Finsam: ta bort uppdraget som insatsansvarig från samverkansorganisationen eller insatsen. / Finsam: detach the intervention manager from the organisation or intervention.',
    participantManager:
      'Finsam: ta bort uppdraget som deltagaransvarig från insatsen. / Finsam: detach the participant manager from the intervention.',
  },
  'af-fk': {
    collaborationAdministrator:
      'AF–FK: ta bort uppdraget som samverkansadministratör från samarbetet. / AF–FK: detach the collaboration administrator from the collaboration.',
    interventionManager:
      'AF–FK: ta bort uppdraget som insatsansvarig från kontoret. / AF–FK: detach the intervention manager from the office.',
    participantManager:
      'AF–FK: ta bort uppdraget som deltagaransvarig från kontoret. / AF–FK: detach the participant manager from the office.',
  },
};
