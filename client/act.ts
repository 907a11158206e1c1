import { randomUUID } from 'node:crypto';
import { type Client, WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure, WorkflowNotFoundError } from '@temporalio/common';
import { type Answer, parseAnswer, parseAnswerOrNull, parseStatus } from '../activities/caseStatus.ts';
import { type FoundCase, findCase } from '../activities/findCase.ts';
import { grpcCode } from '../activities/grpc.ts';
import { problems } from '../texts/problems.ts';
import { ClientError } from './errors.ts';
import { query } from './startCase.ts';

/** How long an act may take to be answered, in milliseconds. */
const patience = 60_000;

/** @throws {@link ClientError} with exit status 4 where there is no such case. */
export async function caseOf(client: Client, request: string): Promise<FoundCase> {
  const found = await findCase(client, request);
  if (found === null) throw new ClientError('NotFound', problems.noSuchCase(request), { request });
  return found;
}

/** What a case answered to this command before; null where it has not seen it. */
export const answeredBefore = async (found: FoundCase, id: string): Promise<Answer | null> =>
  parseAnswerOrNull(await query(found, 'answer', id));

/**
 * Sends an event to a case and gives its answer. The same id again gets the first answer again, also from a case that
 * has ended.
 *
 * @param payload already checked; holds the command's own `id`.
 * @throws {@link ClientError} where the case does not take it.
 */
export async function act(client: Client, found: FoundCase, name: string, payload: { id: string }): Promise<Answer> {
  if (!found.open) return afterTheEnd(found, payload.id);
  const send = (updateId: string) =>
    client.withDeadline(Date.now() + patience, () =>
      found.act.executeUpdate<unknown, [{ id: string }]>(name, { args: [payload], updateId }),
    );
  try {
    try {
      return parseAnswer(await send(payload.id));
    } catch (error) {
      // The server would repeat an earlier "try again" for this id, and it drops an update whose task came to nothing (9);
      // the case itself counts by the payload's id.
      if (failureType(error) !== 'TryAgain' && grpcCode(error) !== 9) throw error;
      return parseAnswer(await send(`${payload.id}~${randomUUID()}`));
    }
  } catch (error) {
    const ended = error instanceof WorkflowNotFoundError || failureType(error) === 'AcceptedUpdateCompletedWorkflow';
    if (!ended) throw error;
    return afterTheEnd(await caseOf(client, found.request), payload.id);
  }
}

const failureType = (error: unknown): string | null =>
  error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure
    ? (error.cause.type ?? null)
    : null;

async function afterTheEnd(found: FoundCase, id: string): Promise<Answer> {
  const before = await answeredBefore(found, id);
  if (before) return before;
  const status = parseStatus(await query(found, 'status'));
  const outcome = status.outcome ?? status.state;
  throw new ClientError('NotAccepted', problems.ended(found.request, outcome, found.closedAt?.slice(0, 10) ?? ''), {
    request: found.request,
    state: status.state,
    accepts: [],
    outcome,
  });
}
