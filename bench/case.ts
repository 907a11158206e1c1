import { setTimeout as wait } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import { defineSearchAttributeKey } from '@temporalio/common';
import { removalId, requestNumber } from '../machines/requestNumber.ts';
import type { Deployment } from './deployment.ts';
import { assignmentOf, detacherOf, managerOf, remover } from './people.ts';

/** What clients do with one case, the same for the statechart and for the workflow written by hand. */

export type WorkflowType = 'removal' | 'handwritten';

/** The task queue of those written by hand. */
export const byHand = 'byHand';

const keyword = (name: string, value: string) => ({ key: defineSearchAttributeKey(name, 'KEYWORD'), value });

/** What starts a case, as the client sends it. @param by who orders it, or proposes it. */
async function start(
  { client }: Deployment,
  type: WorkflowType,
  employee: string,
  by: string,
): Promise<WorkflowHandle> {
  const workflowId = removalId(employee);
  const id = `${employee}-start`;
  const request = requestNumber(workflowId, id);
  return client.workflow.start(type, {
    workflowId,
    taskQueue: type === 'handwritten' ? byHand : 'aterkalla',
    args: [{ id, by, employee, system: 'SUS' }],
    memo: { request },
    typedSearchAttributes: [
      keyword('Request', request),
      keyword('Employee', employee),
      keyword('Process', 'removal'),
      keyword('Manager', managerOf(employee)),
    ],
    staticSummary: `Removal of the SUS authorisation of employee ${employee}`,
  });
}

/** How long cases of a kind lately took until they waited, in milliseconds: each question that comes early costs. */
const lately = new Map<string, number>();

/** For when so many clients begin that what was learnt is of no use. */
export const forgetHowLong = (): void => lately.clear();

/** Waits until a case waits for somebody. The server alone is asked, for all kinds alike: a query is work of the worker's. */
async function comesTo(state: 'deciding' | 'detaching', kind: string, handle: WorkflowHandle): Promise<void> {
  const begun = performance.now();
  const usual = lately.get(kind) ?? 5;
  let pause = usual * 0.75;
  for (let next = Math.max(5, usual / 4); ; next = Math.min(next * 2, 200)) {
    await wait(pause);
    const { searchAttributes } = await handle.describe();
    if (searchAttributes.State?.[0] === state) break;
    pause = next;
  }
  lately.set(kind, usual + (performance.now() - begun - usual) / 4);
}

/** Starts a case by the manager's decision; done once it waits for somebody to detach. */
export async function openCase(deployment: Deployment, type: WorkflowType, employee: string): Promise<WorkflowHandle> {
  const ordered = deployment.minSupport.behaveTo(employee, { kind: 'ok' });
  const handle = await start(deployment, type, employee, managerOf(employee));
  await ordered;
  await comesTo('detaching', type, handle);
  return handle;
}

/** Has the employee propose it; done once the case waits for the manager to decide. */
export async function proposeCase(deployment: Deployment, employee: string): Promise<void> {
  await comesTo('deciding', 'proposed', await start(deployment, 'removal', employee, employee));
}

/** @returns how long it took until the act was answered, in seconds. */
async function act(handle: WorkflowHandle, name: string, payload: object): Promise<number> {
  const begun = performance.now();
  await handle.executeUpdate(name, { args: [payload] });
  return (performance.now() - begun) / 1000;
}

export const detach = (handle: WorkflowHandle, employee: string): Promise<number> =>
  act(handle, 'detached', {
    id: `${employee}-d`,
    by: detacherOf(employee),
    assignments: [assignmentOf(employee)],
  });

/** A whole removal. @returns the handle of the ended case, and how long each act took, in seconds. */
export async function removeOne(
  deployment: Deployment,
  type: WorkflowType,
  employee: string,
): Promise<{ handle: WorkflowHandle; acts: number[] }> {
  const handle = await openCase(deployment, type, employee);
  const acts = [await detach(handle, employee), await act(handle, 'removed', { id: `${employee}-r`, by: remover })];
  const { state } = await handle.result();
  if (state !== 'removed') throw new Error(`the case of ${employee} ended as ${state}, expected removed`);
  return { handle, acts };
}
