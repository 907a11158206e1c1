import { Context } from '@temporalio/activity';
import pLimit from 'p-limit';

/** How many questions a worker answers at once: they share the register with those who act. */
const AT_ONCE = 100;

/**
 * An interceptor that has questions, which belong to no case, wait for each other: a worker has places for many more
 * activities, since orders and mails may wait for long.
 */
export function answersSoManyAtOnce() {
  const limit = pLimit(AT_ONCE);
  return () => ({
    inbound: {
      execute: <Input, Result>(input: Input, next: (input: Input) => Promise<Result>): Promise<Result> =>
        Context.current().info.inWorkflow ? next(input) : limit(() => next(input)),
    },
  });
}
