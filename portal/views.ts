import * as z from 'zod/mini';
import type { Waiting } from '../activities/caseStatus.ts';
import type { ListedCase as Listed } from '../activities/listCases.ts';
import type { Task as OpenTask } from '../activities/mayAct.ts';
import type { Employee, Place, SeenCase } from '../activities/portal.ts';
import type { NamedIds } from '../activities/ports.ts';
import { type Assignment, type CaseView, type ListedCase, recordEntry, type Task } from './api.ts';

/** What the worker answers, in the form that the API promises. */

const isPast = (due: string | null | undefined, now: number) => typeof due === 'string' && Date.parse(due) < now;

/** @param temporalUi a link to the case there, for those who may see it. */
export const listedView = (
  { workflowId: _lock, runId: _run, ...listed }: Listed,
  temporalUi: string | null = null,
  now = Date.now(),
): ListedCase => ({
  ...listed,
  temporalUi,
  overdue: listed.open && isPast(listed.due, now),
});

/** The texts of what to do, by what is asked and where. */
function guidanceOf(task: string, places: readonly { role: string; form: string }[]): string[] {
  if (task !== 'detach') return [task];
  const named = places.map(({ form, role }) => `detach.${form}.${role}`);
  return named.length > 0 ? [...new Set(named)] : ['detach'];
}

export function taskView(task: OpenTask, now = Date.now()): Task {
  const places: Assignment[] = (task.places ?? []).map(({ assignment, ...place }) => ({ id: assignment, ...place }));
  const { request, process, employee, system, roles, state, assignments, mayAct } = task;
  return {
    request,
    process,
    employee,
    system,
    roles,
    state,
    task: task.task,
    assignments,
    places,
    mayAct,
    guidance: guidanceOf(task.task, places),
    since: task.since ?? null,
    due: task.due ?? null,
    overdue: isPast(task.due, now),
    for: task.for ?? null,
    mayAcceptStranded: task.mayAcceptStranded ?? false,
  };
}

/** @param temporalUi a link to the case there, for those who may see it. */
export function caseView(seen: SeenCase, temporalUi: string | null): Omit<CaseView, 'names'> {
  const { status, tasks, may, places } = seen;
  const now = Date.now();
  const waiting = ({ task, assignments = [], mayAct, since, due }: Waiting) => ({
    task,
    assignments,
    mayAct,
    guidance: guidanceOf(
      task,
      places.filter(({ id }) => assignments.includes(id)),
    ),
    since: since ?? null,
    due: due ?? null,
    overdue: isPast(due, now),
  });
  return {
    request: status.request,
    process: status.process === 'employeeLeaves' ? 'employeeLeaves' : 'removal',
    employee: status.employee,
    manager: status.manager ?? null,
    system: status.system,
    roles: status.roles,
    state: status.state,
    since: status.since ?? null,
    outcome: status.outcome,
    lastWorkingDay: status.lastWorkingDay ?? null,
    undoUntil: status.undoUntil ?? null,
    warnings: status.warnings.map(({ id, acknowledgedBy }) => ({ id, acknowledgedBy: acknowledgedBy ?? null })),
    waitingFor: status.waitingFor.map(waiting),
    order: status.order ? { number: status.order.number ?? null, state: status.order.state } : null,
    places,
    record: status.record.map((entry) => z.parse(recordEntry, entry)),
    ignored: status.ignored.map(({ event, by, at, reason }) => ({
      event,
      by: textOr(by, null),
      at: textOr(at, ''),
      reason: textOr(reason, ''),
    })),
    tasks: tasks.map((task) => taskView(task, now)),
    may,
    way: status.way.map(({ state, at }) => ({ state, at })),
    temporalUi,
  };
}

const textOr = <Otherwise>(value: unknown, otherwise: Otherwise): string | Otherwise =>
  typeof value === 'string' ? value : otherwise;

/** The ids in answers, so that they can be named. */
type Mentions = {
  people?: readonly (string | null | undefined)[];
  places?: readonly Pick<Place, 'organisation' | 'intervention'>[];
  organisations?: readonly string[];
  interventions?: readonly string[];
};

const there = (id: string | null | undefined): id is string => typeof id === 'string' && id !== '';

/** Collects the ids of everything that answers mention. */
export const mentioned = (...all: Mentions[]): NamedIds => ({
  people: all.flatMap(({ people = [] }) => people.filter(there)),
  organisations: all.flatMap(({ places = [], organisations = [] }) => [
    ...places.map(({ organisation }) => organisation),
    ...organisations,
  ]),
  interventions: all.flatMap(({ places = [], interventions = [] }) => [
    ...places.map(({ intervention }) => intervention).filter(there),
    ...interventions,
  ]),
});

export const inListed = ({ employee, manager }: ListedCase): Mentions => ({ people: [employee, manager] });

export const inTask = ({ employee, mayAct, places, for: manager }: Task): Mentions => ({
  people: [employee, manager, ...mayAct],
  places,
});

/** A warning names an organisation or an intervention. */
export function inWarnings(ids: readonly string[]): Mentions {
  const where = (kind: string) => ids.filter((id) => id.startsWith(`${kind}:`)).map((id) => id.slice(kind.length + 1));
  return { organisations: where('last-administrator'), interventions: where('last-manager') };
}

export const inEmployee = ({ id, manager, assignments, open }: Employee): Mentions => ({
  people: [id, manager, ...open.flatMap((listed) => [listed.employee, listed.manager])],
  places: assignments,
});

export const inCase = (view: Omit<CaseView, 'names'>): Mentions[] => [
  { people: [view.employee, view.manager], places: view.places },
  { people: view.waitingFor.flatMap(({ mayAct }) => mayAct) },
  { people: view.record.flatMap((entry) => [entry.by, entry.for, ...(entry.to ?? [])]) },
  { people: view.ignored.map(({ by }) => by) },
  { people: view.warnings.map(({ acknowledgedBy }) => acknowledgedBy) },
  inWarnings([...view.warnings.map(({ id }) => id), ...view.record.flatMap(({ warnings = [] }) => warnings)]),
  ...view.tasks.map(inTask),
];
