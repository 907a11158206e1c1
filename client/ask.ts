import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import pLimit from 'p-limit';
import type { CaseActivities } from '../activities/cases.ts';
import { isTooLate } from '../activities/grpc.ts';
import type { PortalActivities } from '../activities/portal.ts';
import type { SessionActivities } from '../activities/sessions.ts';
import { problems } from '../texts/problems.ts';
import { ClientError } from './errors.ts';

/** The task queue of the worker (contract, "Temporal"). */
export const taskQueue = 'aterkalla';

/**
 * How long a question may wait for others of this process, and then for Temporal to take it, in milliseconds: the SDK would
 * try for 40 s.
 */
const PATIENCE = 10_000;
/**
 * So many questions a process asks at once. Where they come faster than they are answered, all of them asked at once would
 * be answered too late, asked again, and nothing else be done any more.
 */
const AT_ONCE = 20;

type Questions = CaseActivities & PortalActivities & SessionActivities;
export type Question = keyof Questions & string;
export type Input<Name extends Question> = Parameters<Questions[Name]>[0];
export type Reply<Name extends Question> = Awaited<ReturnType<Questions[Name]>>;
export type Ask = <Name extends Question>(name: Name, input: Input<Name>) => Promise<Reply<Name>>;

/** The answers themselves, by the name of the question. */
export type Answers = { [Name in Question]: (input: Input<Name>) => Promise<Reply<Name>> };

/** Asks without a way over Temporal, where what answers is in this process. */
export const askHere =
  (answers: Answers): Ask =>
  <Name extends Question>(name: Name, input: Input<Name>): Promise<Reply<Name>> =>
    answers[name](input);

/**
 * Asks the worker, which has the register, through a standalone activity. Questions are no acts: once answered they are
 * deleted from the server, which keeps everything else for ten years.
 *
 * @returns a function that asks one question; it throws what the activity failed with, or a {@link ClientError}:
 *   `Unreachable` where Temporal does not take it, `TryAgain` where too many others wait.
 */
export function createAsk(client: Client): Ask {
  const limit = pLimit(AT_ONCE);
  return <Name extends Question>(name: Name, input: Input<Name>): Promise<Reply<Name>> => {
    const latest = Date.now() + PATIENCE;
    return limit(() => {
      if (Date.now() > latest) throw new ClientError('TryAgain', problems.busy());
      return askOne(client, name, input);
    });
  };
}

async function askOne<Name extends Question>(client: Client, name: Name, input: Input<Name>): Promise<Reply<Name>> {
  const id = `ask-${name}-${randomUUID()}`;
  const begin = () =>
    client.activity.start<Reply<Name>>(name, {
      id,
      taskQueue,
      args: [input],
      scheduleToStartTimeout: '10s',
      startToCloseTimeout: '60s',
      scheduleToCloseTimeout: '75s',
      // The language is asked for beside the matter itself, and has an answer without the register too.
      retry: { initialInterval: '250ms', maximumAttempts: name === 'language' ? 1 : 3 },
    });
  const activity = await client.withDeadline(Date.now() + PATIENCE, begin).catch((error: unknown) => {
    if (!isTooLate(error)) throw error;
    throw new ClientError('Unreachable', problems.unreachable('', String(error)), {}, error);
  });
  try {
    return await activity.result();
  } finally {
    await client.workflowService
      .deleteActivityExecution({ namespace: client.options.namespace, activityId: id })
      .catch(() => undefined);
  }
}
