import { setCurrentDetails } from '@temporalio/workflow';

/**
 * What Temporal UI shows of a workflow, written when somebody looks: few do, and each step would pay for it. The SDK
 * (1.24.0) wants it written beforehand, but asks for it by a query that an interceptor sees first (`workflows/inbound.ts`).
 */

const METADATA_QUERY = '__temporal_workflow_metadata';

declare global {
  /** Each workflow has its own `globalThis`; modules are shared by all of them (`setup/bundle.ts`). */
  var aterkallaWritesDetails: (() => string) | undefined;
}

/** @param details writes what is to be shown at that moment, as Markdown. */
export function showDetails(details: () => string): void {
  globalThis.aterkallaWritesDetails = details;
}

/** Called before each query is answered. @param query its name. */
export function refreshDetails(query: string | null | undefined): void {
  if (query !== METADATA_QUERY) return;
  const details = globalThis.aterkallaWritesDetails?.();
  if (details !== undefined) setCurrentDetails(details);
}
