import { ApplicationFailure } from '@temporalio/workflow';

/** Fails on a line that its stack trace should name. */
export async function failing(): Promise<void> {
  throw ApplicationFailure.nonRetryable('on purpose');
}
