import type { Client } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';

/** A case as the list of cases shows it, without asking the case itself. */
export type ListedCase = {
  request: string;
  /** Its last run: where queries go, and where it is in Temporal UI. */
  workflowId: string;
  runId: string;
  process: string;
  employee: string;
  manager: string | null;
  /** The state it is in, or the one it ended in. */
  state: string;
  open: boolean;
  waitsFor: string[];
  /** Where assignments are to be detached. */
  organisations: string[];
  due: string | null;
  /** The roles that go, and since when it waits or is in its state; none and null where an earlier version has written it. */
  roles: string[];
  since: string | null;
  started: string;
  ended: string | null;
};

/** What narrows the list (contract, "Client", `cases`). */
export type CaseFilters = {
  employee?: string | undefined;
  /** Any of these; none at all means no case. */
  employees?: string[] | undefined;
  process?: string | undefined;
  manager?: string | undefined;
  state?: string | undefined;
  open?: boolean | undefined;
  ended?: boolean | undefined;
  overdue?: boolean | undefined;
};

const cases = "(WorkflowType = 'removal' OR WorkflowType = 'employeeLeaves') AND ExecutionStatus != 'ContinuedAsNew'";

/** A value for a query, checked to be an id, so that nobody's text becomes part of the query. */
function quoted(value: string): string {
  if (!/^[A-Za-z0-9:.-]{1,80}$/.test(value)) throw new TypeError(`${JSON.stringify(value)} is not an id`);
  return `'${value}'`;
}

/**
 * The visibility query of these filters; cases of several employees are asked for one by one (`followCases.ts`).
 *
 * @param now ISO 8601: what is due before is overdue.
 */
export function caseQuery(filters: Omit<CaseFilters, 'employees'>, now: string): string {
  const parts = [cases];
  if (filters.employee) parts.push(`Employee = ${quoted(filters.employee)}`);
  if (filters.process) parts.push(`WorkflowType = ${quoted(filters.process)}`);
  if (filters.manager) parts.push(`Manager = ${quoted(filters.manager)}`);
  if (filters.state) parts.push(`State = ${quoted(filters.state)}`);
  if (filters.open || filters.overdue) parts.push("ExecutionStatus = 'Running'");
  if (filters.ended) parts.push("ExecutionStatus != 'Running'");
  if (filters.overdue) parts.push(`Due < '${now}'`);
  return parts.join(' AND ');
}

/**
 * One page of the cases that a query finds.
 *
 * @param next where the page before ended; leave it out for the first.
 * @returns the cases and, where there are more, where to go on.
 */
export async function listPage(
  client: Client,
  query: string,
  pageSize: number,
  next?: string,
): Promise<{ cases: ListedCase[]; next: string | null }> {
  const page = await client.workflowService.listWorkflowExecutions({
    namespace: client.options.namespace,
    query,
    pageSize,
    nextPageToken: next ? Buffer.from(next, 'base64') : new Uint8Array(),
  });
  const listed = (page.executions ?? []).map((run): ListedCase => {
    const decoded = (name: string): unknown => {
      const payload = run.searchAttributes?.indexedFields?.[name];
      return payload ? defaultPayloadConverter.fromPayload(payload) : null;
    };
    // One value comes as itself, several as a list.
    const texts = (name: string): string[] => [decoded(name)].flat().filter((value) => typeof value === 'string');
    // Temporal leaves out zeros at the end: times are compared as texts.
    const moment = (name: string): string | null => {
      const [text] = texts(name);
      return text === undefined ? null : new Date(text).toISOString();
    };
    const at = (time: typeof run.startTime) =>
      time ? new Date(Number(time.seconds) * 1000 + (time.nanos ?? 0) / 1e6).toISOString() : null;
    const open = run.closeTime == null;
    return {
      request: texts('Request')[0] ?? run.execution?.workflowId ?? '',
      workflowId: run.execution?.workflowId ?? '',
      runId: run.execution?.runId ?? '',
      process: texts('Process')[0] ?? run.type?.name ?? '',
      employee: texts('Employee')[0] ?? '',
      manager: texts('Manager')[0] ?? null,
      state: texts('State')[0] ?? '',
      open,
      organisations: open ? texts('Organisations') : [],
      waitsFor: open ? texts('WaitsFor') : [],
      due: open ? moment('Due') : null,
      roles: texts('Roles'),
      since: open ? moment('Since') : null,
      started: at(run.startTime) ?? '',
      ended: at(run.closeTime),
    };
  });
  const token = page.nextPageToken ?? new Uint8Array();
  // A start whose input did not fit failed before it was a case.
  return {
    cases: listed.filter(({ employee }) => employee !== ''),
    next: token.length > 0 ? Buffer.from(token).toString('base64') : null,
  };
}

/** Where a case is in Temporal's order: open ones first, then the latest. The greater comes first. */
export const placeInList = ({ ended, started, runId }: ListedCase): string => `${ended ?? '9999'} ${started} ${runId}`;

/** @param now ISO 8601: what is due before is overdue. @returns whether these filters, the employees aside, let it through. */
export function fits(listed: ListedCase, filters: CaseFilters, now: string): boolean {
  const { process, manager, state, open, ended, overdue } = filters;
  return (
    (!process || listed.process === process) &&
    (!manager || listed.manager === manager) &&
    (!state || listed.state === state) &&
    (!open || listed.open) &&
    (!ended || !listed.open) &&
    (!overdue || (listed.due !== null && listed.due < now))
  );
}

/** So many cases at a time, at most: well below what one answer through Temporal may weigh. */
export const pageSize = 500;
/** As many as a server gives at once unless told otherwise: the embedded one looks through all before a page for each. */
const LARGE_PAGE = 1000;

/** All the cases that a query finds. */
export async function listAll(client: Client, query: string): Promise<ListedCase[]> {
  const found: ListedCase[] = [];
  let next: string | undefined;
  do {
    const page = await listPage(client, query, LARGE_PAGE, next);
    found.push(...page.cases);
    next = page.next ?? undefined;
  } while (next);
  return found;
}
