import type { CaseEnd, Entry } from './evidence.ts';
import type { Assignment, Employee, Office } from './office.ts';

/**
 * The order that the process page allows, written down anew: which step may follow where, and who may take it. Knows
 * nothing of the machines.
 */

type Steps = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** What may happen while people are waited for, and changes nothing. */
const NOTICES = ['reminded', 'escalated', 'foundDetached'];

const REMOVAL: Steps = {
  begin: { proposed: 'deciding', decided: 'ordering', superseded: 'superseded', refused: 'refused' },
  beginToUndo: { proposed: 'deciding', decided: 'undoable', superseded: 'superseded', refused: 'refused' },
  // An order from the portal waits before it is sent; whether it still waits the record does not say.
  undoable: {
    undone: 'withdrawn',
    withdrawn: 'withdrawnUnlessOrdered',
    superseded: 'supersededUnlessOrdered',
    ordered: 'ordered',
  },
  withdrawnUnlessOrdered: { ordered: 'withdrawn' },
  supersededUnlessOrdered: { ordered: 'superseded' },
  deciding: {
    decided: 'ordering',
    kept: 'kept',
    withdrawn: 'withdrawn',
    superseded: 'superseded',
    nothingToRemove: 'nothingToRemove',
    // The order that was returned.
    orderCancelled: 'deciding',
  },
  ordering: {
    orderCancelled: 'ordering',
    ordered: 'ordered',
    withdrawn: 'withdrawnWhileOrdering',
    superseded: 'supersededWhileOrdering',
  },
  ordered: {
    detached: 'ordered',
    stillAttached: 'ordered',
    attachedAgain: 'ordered',
    removed: 'looking',
    returned: 'deciding',
    withdrawn: 'withdrawn',
    superseded: 'superseded',
    withdrawnTooLate: 'ordered',
    gone: 'gone',
  },
  looking: { gone: 'gone', stillThere: 'ordered' },
  gone: { confirmed: 'gone' },
  // What was on its way when it was taken back is learnt first, then cancelled.
  withdrawnWhileOrdering: { orderCancelled: 'withdrawnWhileOrdering', ordered: 'withdrawn' },
  supersededWhileOrdering: { orderCancelled: 'supersededWhileOrdering', ordered: 'superseded' },
  withdrawn: { orderCancelled: 'withdrawn' },
  superseded: { orderCancelled: 'superseded' },
  kept: { orderCancelled: 'kept' },
  nothingToRemove: { orderCancelled: 'nothingToRemove' },
  refused: {},
};
/** Where a removal's record may stop, and what that is called. Nothing held: it stops where it was proposed. */
const REMOVAL_ENDS: Readonly<Record<string, string>> = {
  gone: 'removed',
  withdrawn: 'withdrawn',
  withdrawnUnlessOrdered: 'withdrawn',
  superseded: 'superseded',
  supersededUnlessOrdered: 'superseded',
  kept: 'kept',
  nothingToRemove: 'nothingToRemove',
  deciding: 'nothingToRemove',
  refused: 'refused',
};

const LEAVER: Steps = {
  begin: { leaves: 'scheduled', refused: 'refused' },
  scheduled: { begun: 'begun', dateChanged: 'scheduled', stayed: 'stayed', gone: 'gone', removed: 'looking' },
  begun: {
    tookOver: 'begun',
    warned: 'begun',
    detached: 'begun',
    stillAttached: 'begun',
    attachedAgain: 'begun',
    // Something is attached again, or the date moved back.
    begun: 'begun',
    removed: 'looking',
    dateChanged: 'scheduled',
    stayed: 'stayed',
    gone: 'gone',
  },
  looking: { gone: 'gone', stillThere: 'begun' },
  gone: { confirmed: 'gone' },
  stayed: {},
  refused: {},
};
const LEAVER_ENDS: Readonly<Record<string, string>> = {
  gone: 'removed',
  stayed: 'stayed',
  scheduled: 'nothingToRemove',
  refused: 'refused',
};

/** @param toUndo the start came with time to undo it. @returns what of a record the process does not allow. */
export function orderProblems(end: CaseEnd, employee: Employee, office: Office, toUndo: boolean): string[] {
  const [steps, ends] = end.process === 'removal' ? [REMOVAL, REMOVAL_ENDS] : [LEAVER, LEAVER_ENDS];
  const problems: string[] = [];
  let state = toUndo ? 'beginToUndo' : 'begin';
  let at = '';
  for (const entry of end.record) {
    if (entry.at < at) problems.push(`${entry.step} at ${entry.at} is written after ${at}`);
    at = entry.at;
    if (!NOTICES.includes(entry.step)) {
      const next = steps[state]?.[entry.step];
      if (next === undefined) return [...problems, `${entry.step} after ${before(end.record, entry)}`];
      state = next;
    }
    problems.push(...whyNotBy(entry, employee, office));
  }
  if (ends[state] !== end.outcome) problems.push(`its record stops at ${state}, but it ended as ${end.outcome}`);
  return problems;
}

const before = (record: readonly Entry[], entry: Entry): string =>
  record
    .slice(0, record.indexOf(entry))
    .map(({ step }) => step)
    .join(', ') || 'nothing';

/** Who may take a step, from the register at the start of the run. */
function whyNotBy({ step, by, assignments }: Entry, employee: Employee, office: Office): string[] {
  if (by === undefined) return [];
  const deciders = [employee.manager, employee.deputy];
  const isIn = (allowed: readonly string[]) => (allowed.includes(by) ? [] : [`${step} by ${by}`]);
  switch (step) {
    case 'decided':
    case 'kept':
    case 'undone':
    case 'withdrawn':
    case 'withdrawnTooLate':
      return isIn(deciders);
    case 'proposed':
      return isIn([employee.id, ...office.authorisationAdministration, ...deciders]);
    case 'removed':
    case 'returned':
      return isIn(office.authorisationAdministration);
    case 'leaves':
    case 'dateChanged':
    case 'stayed':
      return isIn([...deciders, ...office.humanResources]);
    case 'detached':
      return employee.assignments
        .filter(({ id }) => assignments.includes(id))
        .flatMap((assignment) => isIn(detachersOf(assignment, employee, office)));
    default:
      return [];
  }
}

function detachersOf(assignment: Assignment, employee: Employee, office: Office): string[] {
  const { role, organisation, intervention } = assignment;
  if (organisation === `own-${employee.id}`) return office.authorisationAdministration;
  const colleagues = office.employees.filter(({ id }) => id !== employee.id).flatMap((other) => other.assignments);
  if (role === 'participantManager')
    return [
      ...office.interventionManagers,
      ...colleagues
        .filter((each) => each.role === 'interventionManager' && each.intervention === intervention)
        .map(({ person }) => person),
    ];
  return [
    ...office.collaborationAdministrators,
    ...colleagues
      .filter((each) => each.role === 'collaborationAdministrator' && each.organisation === organisation)
      .map(({ person }) => person),
  ];
}
