import { Context } from '@temporalio/activity';

/** How often an activity says that it is still under way, in milliseconds; the SDK passes on what the server needs. */
const EVERY = 1000;

/**
 * An interceptor that has every activity say that it is under way. Temporal then notices within the heartbeat timeout that an activity was
 * lost with its worker, instead of when its time is up.
 */
export const saysItIsAlive = () => ({
  inbound: {
    async execute<Input, Result>(input: Input, next: (input: Input) => Promise<Result>): Promise<Result> {
      const { info, heartbeat } = Context.current();
      if (!info.heartbeatTimeoutMs) return next(input);
      const beat = setInterval(heartbeat, EVERY);
      try {
        return await next(input);
      } finally {
        clearInterval(beat);
      }
    },
  },
});
