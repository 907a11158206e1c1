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

/** The manager's decision, as the client sends it. */
async function start({ client }: Deployment, type: WorkflowType, employee: string): Promise<WorkflowHandle> {
  const workflowId = removalId(employee);
  const id = `${employee}-start`;
  const request = requestNumber(workflowId, id);
  return client.workflow.start(type, {
    workflowId,
    taskQueue: type === 'handwritten' ? byHand : 'aterkalla',
    args: [{ id, by: managerOf(employee), employee, system: 'SUS' }],
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

/** How long cases lately took from their order until they waited, in milliseconds: each question that comes early costs. */
const lately: Record<WorkflowType, number> = { removal: 5, handwritten: 5 };

/** Starts a case; done once it waits for somebody to detach. */
export async function openCase(deployment: Deployment, type: WorkflowType, employee: string): Promise<WorkflowHandle> {
  const ordered = deployment.minSupport.behaveTo(employee, { kind: 'ok' });
  const handle = await start(deployment, type, employee);
  await ordered;
  const begun = performance.now();
  for (let pause = lately[type] * 0.75; ; pause = Math.max(5, lately[type] / 3)) {
    await wait(pause);
    // The server alone answers this, for both kinds alike: a query would be work of the worker's.
    const { searchAttributes } = await handle.describe();
    if (searchAttributes.State?.[0] !== 'detaching') continue;
    lately[type] += (performance.now() - begun - lately[type]) / 10;
    return handle;
  }
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
