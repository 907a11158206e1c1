import { setCurrentDetails } from '@temporalio/workflow';

/**
 * What Temporal UI shows of a workflow, written when somebody looks: few do, and each step would pay for it. The SDK
 * (1.24.0) wants it written beforehand, but asks for it by a query that an interceptor sees first (`workflows/inbound.ts`).
 */

const METADATA_QUERY = '__temporal_workflow_metadata';
let write: (() => string) | null = null;

/** @param details writes what is to be shown at that moment, as Markdown. */
export function showDetails(details: () => string): void {
  write = details;
}

/** Called before each query is answered. @param query its name. */
export function refreshDetails(query: string | null | undefined): void {
  if (write && query === METADATA_QUERY) setCurrentDetails(write());
}
