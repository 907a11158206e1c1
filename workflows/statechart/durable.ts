/**
 * The machines that were found to run durably (`refuse.ts`). Loaded once for all workflows of a worker (`setup/bundle.ts`),
 * so that a machine which they share is looked through once.
 */
export const durable = new WeakSet<object>();
