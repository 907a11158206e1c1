import { setTimeout as pause } from 'node:timers/promises';
import { type Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { InternalWorkflowStartOptionsSymbol } from '@temporalio/client/lib/internal.js';
import { defineSearchAttributeKey, type SearchAttributePair } from '@temporalio/common';
import { type Answer, parseAnswerOrNull, parseStatus } from '../activities/caseStatus.ts';
import { type FoundCase, findCase } from '../activities/findCase.ts';
import { grpcCode, isTooLate } from '../activities/grpc.ts';
import { queryCase } from '../activities/queryCase.ts';
import { requestNumber } from '../machines/requestNumber.ts';
import { problems, startRefusal } from '../texts/problems.ts';
import { taskQueue } from './ask.ts';
import { ClientError } from './errors.ts';

/** How long the first answer of a start is waited for, in milliseconds: a busy worker, or one that just began. */
const patience = 30_000;

const keyword = (name: string, value: string): SearchAttributePair => ({
  key: defineSearchAttributeKey(name, 'KEYWORD'),
  value,
});

/**
 * Has the server itself answer with the run that it has already made, also where that has ended in the meantime: of a
 * doubled click both may have seen that there was none. The SDK (1.24.0) has this for its own Nexus handlers alone.
 */
const startedOnce = (request: string) => ({ [InternalWorkflowStartOptionsSymbol]: { requestId: request } });

/** A case to start: its workflow type, its lock, its input. */
export type Start = {
  process: 'removal' | 'employeeLeaves';
  lock: string;
  input: { id: string; employee: string; by: string };
  /** The employee's manager, where the register could be asked. */
  manager?: string | null;
  /** One line for Temporal UI; ids only. */
  summary: string;
};

/** The case that a start command made before, if it did (contract, "Cases"). */
export async function madeBefore(client: Client, lock: string, id: string): Promise<FoundCase | null> {
  const request = requestNumber(lock, id);
  const found = await findCase(client, request);
  return found?.request === request ? found : null;
}

/**
 * Starts a case and waits for its first answer.
 *
 * @throws {@link ClientError}: `AlreadyOpen`, naming the open case; `Refused`, with the reason, where the start was not
 *   allowed; `TryAgain` where no worker answers.
 */
export async function startCase(client: Client, start: Start): Promise<Answer> {
  const { process, lock, input, manager, summary } = start;
  const request = requestNumber(lock, input.id);
  const attributes = [keyword('Request', request), keyword('Employee', input.employee), keyword('Process', process)];
  if (manager) attributes.push(keyword('Manager', manager));
  try {
    await client.workflow.start(process, {
      ...startedOnce(request),
      workflowId: lock,
      taskQueue,
      args: [input],
      workflowIdConflictPolicy: 'FAIL',
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      memo: { request },
      typedSearchAttributes: attributes,
      staticSummary: summary,
      staticDetails: `Request ${request}, employee ${input.employee}, started by ${input.by}.`,
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    const other = await findCase(client, lock);
    if (other && other.request !== request) {
      // It has ended since, so that there is room for this one.
      if (!other.open) return startCase(client, start);
      throw new ClientError('AlreadyOpen', problems.alreadyOpen(input.employee, other.request), {
        request: other.request,
      });
    }
  }
  const made = await madeBefore(client, lock, input.id);
  if (made === null) throw new ClientError('TryAgain', problems.unexpected(`${request} is not there yet`), { request });
  return firstAnswer(made, input.id);
}

/** What a case answered to the command that started it. Throws as {@link startCase} where that was a refusal. */
export async function firstAnswer(made: FoundCase, id: string): Promise<Answer> {
  const answer = await waitForAnswer(made, id);
  if (answer.outcome !== 'refused') return answer;
  const status = parseStatus(await query(made, 'status'));
  const last = status.record.at(-1);
  const reason = startRefusal(typeof last?.note === 'string' ? last.note : 'refused', status.process);
  throw new ClientError('Refused', problems.startRefused(answer.request, reason), {
    request: answer.request,
    state: answer.state,
    outcome: answer.outcome,
  });
}

async function waitForAnswer(made: FoundCase, id: string): Promise<Answer> {
  const until = Date.now() + patience;
  for (let wait = 20; ; wait = Math.min(wait * 2, 500)) {
    const answer = parseAnswerOrNull(await query(made, 'answer', id));
    if (answer) return answer;
    if (Date.now() > until) throw new ClientError('TryAgain', problems.noWorker(), { request: made.request });
    await pause(wait);
  }
}

/** Asks a case, and says plainly where no worker is there to answer. */
export async function query(found: FoundCase, name: string, ...args: string[]): Promise<unknown> {
  try {
    return await queryCase(found.read, name, ...args);
  } catch (error) {
    if (!isTooLate(error) && grpcCode(error) !== 9) throw error;
    throw new ClientError('TryAgain', problems.noWorker(), { request: found.request }, error);
  }
}
