import {
  Connection,
  type ConnectionOptions,
  defaultGrpcRetryOptions,
  makeGrpcRetryInterceptor,
} from '@temporalio/client';

/** The way to Temporal's server, and what it answers with where it cannot do what was asked, as gRPC counts it. */

/** The gRPC status behind an error, where there is one. */
export function grpcCode(error: unknown): number | null {
  for (let at = error; at instanceof Error; at = at.cause)
    if ('code' in at && typeof at.code === 'number') return at.code;
  return null;
}

/** True where nobody answered in time: 4 or 1, by who notices first that the time is over. */
export const isTooLate = (error: unknown): boolean => [4, 1].includes(grpcCode(error) ?? 0);

/** True where a server lacks what was asked of it: the time-skipping test server lists nothing, old ones no activities. */
export const cannot = (error: unknown): boolean => grpcCode(error) === 12;

const ordinary = defaultGrpcRetryOptions();
/** How long a busy case is left alone before it is asked again, in milliseconds: at first, and at most. */
const BUSY = { first: 20, longest: 500 };

/** A case with a workflow task under way, which takes no query beside it (`setup/server.ts`): over in a moment. */
const isBusyCase = ({ code, details }: Parameters<typeof ordinary.retryableDecider>[1]) =>
  code === 8 && details.includes('query buffer is full');

/** The SDK's own tries, but a busy case is asked again at once, until it is too late. */
const retries = makeGrpcRetryInterceptor({
  retryableDecider: (attempt, status) => isBusyCase(status) || ordinary.retryableDecider(attempt, status),
  delayFunction: (attempt, status) =>
    isBusyCase(status)
      ? Math.min(BUSY.first * 1.5 ** (attempt - 1), BUSY.longest)
      : ordinary.delayFunction(attempt, status),
});

/** So large an answer is taken, in bytes. The SDK (1.24.0) means to do so, but misspells it: then it is 4 MB. */
const LARGEST = 128 * 2 ** 20;

/**
 * Connects a client to Temporal's server; whoever starts cases or asks about them goes through here.
 *
 * @throws Error where it cannot be reached within `connectTimeout` (10 s unless said).
 */
export const connectClient = (options: ConnectionOptions): Promise<Connection> =>
  Connection.connect({
    ...options,
    channelArgs: { 'grpc.max_receive_message_length': LARGEST, ...options.channelArgs },
    interceptors: [retries],
  });
