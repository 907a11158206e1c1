import {
  type Client,
  QueryNotRegisteredError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import * as z from 'zod';
import type { Facts } from '../machines/register.ts';
import { leavesId, removalId } from '../machines/requestNumber.ts';
import type { Sources } from '../machines/sources.ts';
import { queryCase } from './queryCase.ts';

/** What one case asks of another case of the same employee, through Temporal. */

const leaverStatus = z.object({ request: z.string(), atWork: z.boolean() });
const answered = z.object({ request: z.string() });

/** The type of the failure by which a removal says that it is past giving way. Any other is worth trying again. */
const PAST_GIVING_WAY = 'NotAccepted';

/** The open leaver's case of an employee; null where none is open. */
export async function leaverOf(client: Client, employee: string): Promise<NonNullable<Facts['leaver']> | null> {
  const handle = client.workflow.getHandle(leavesId(employee));
  try {
    const { status } = await handle.describe();
    if (status.name !== 'RUNNING') return null;
    const { request, atWork } = leaverStatus.parse(await queryCase(handle, 'status'));
    return { request, atWork };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}

export function createCaseSources(client: Client) {
  return {
    /**
     * Idempotent by the payload's id: a removal that has given way to this leaver's case answers the same again. The
     * Update's own id is another on each try, since the server would repeat an earlier "try again" for ever.
     */
    async supersedeRemoval({ employee, system, by }) {
      const handle = client.workflow.getHandle(removalId(employee, system));
      const id = `superseded-by-${by}`.replaceAll(/[^A-Za-z0-9._-]/g, '-').slice(0, 64);
      try {
        // The command's id makes it count once. It is not the Update's id too: the server keeps a refusal under that, and
        // a removal that said "try again" could never be asked again.
        const answer = await handle.executeUpdate('superseded', { args: [{ id, by }] });
        return { superseded: answered.parse(answer).request };
      } catch (error) {
        const failure = error instanceof WorkflowUpdateFailedError ? error.cause : undefined;
        if (failure instanceof ApplicationFailure && failure.type === PAST_GIVING_WAY) return { superseded: null };
        const ended =
          error instanceof WorkflowNotFoundError ||
          (failure instanceof ApplicationFailure && failure.type === 'AcceptedUpdateCompletedWorkflow');
        if (!ended) throw error;
      }
      // It has ended, or never was. A worker killed after the update, before it could report, comes by here.
      try {
        const answer = answered.safeParse(await queryCase(handle, 'answer', id));
        return { superseded: answer.data?.request ?? null };
      } catch (error) {
        if (error instanceof WorkflowNotFoundError || error instanceof QueryNotRegisteredError)
          return { superseded: null };
        throw error;
      }
    },
  } satisfies Pick<Sources, 'supersedeRemoval'>;
}
