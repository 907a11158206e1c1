import { setTimeout as wait } from 'node:timers/promises';
import type { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';

/** What the namespace needs before cases can run in it: search attributes, and histories that are kept. */

/** The numbers that Temporal's interface gives the kinds of search attributes, by name. */
const kinds = { Text: 1, Keyword: 2, Int: 3, Double: 4, Bool: 5, Datetime: 6, KeywordList: 7 } as const;

/** Pseudonymous only (contract, "Temporal"). The development server takes at most three keyword lists. */
export const searchAttributes = {
  Request: 'Keyword',
  Employee: 'Keyword',
  Manager: 'Keyword',
  Process: 'Keyword',
  State: 'Keyword',
  WaitsFor: 'KeywordList',
  Organisations: 'KeywordList',
  Roles: 'KeywordList',
  Since: 'Datetime',
  Due: 'Datetime',
} as const satisfies Record<string, keyof typeof kinds>;

/** Has the server keep closed histories for ten years. It lasts in the server's file, and is set at each start. */
export async function keepHistories(connection: Connection, namespace = 'default'): Promise<void> {
  await connection.workflowService.updateNamespace({
    namespace,
    config: { workflowExecutionRetentionTtl: msToTs('3650 days') },
  });
}

/**
 * Creates the search attributes that the namespace lacks; on a time-skipping test server too.
 *
 * @returns whether there were any to create.
 * @throws Error where one is there with another kind, or where the server does not allow it; it names them.
 */
export async function addSearchAttributes(connection: Connection, namespace = 'default'): Promise<boolean> {
  const present = await presentAttributes(connection, namespace);
  const missing = Object.entries(searchAttributes).filter(([name]) => present[name] === undefined);
  const others = Object.entries(searchAttributes).filter(
    ([name, kind]) => present[name] !== undefined && present[name] !== kinds[kind],
  );
  if (others.length > 0)
    throw new Error(
      `The namespace ${namespace} has search attributes of other kinds than expected: ` +
        `${others.map(([name, kind]) => `${name} must be ${kind}`).join(', ')}. Use another namespace, or rename them.`,
    );
  if (missing.length === 0) return false;
  try {
    await connection.operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(missing.map(([name, kind]) => [name, kinds[kind]])),
    });
    return true;
  } catch (error) {
    // Two starts at once: the other one was faster.
    const now = await presentAttributes(connection, namespace);
    if (missing.every(([name]) => now[name] !== undefined)) return true;
    throw new Error(
      `The search attributes ${missing.map(([name, kind]) => `${name} (${kind})`).join(', ')} are missing in the ` +
        `namespace ${namespace} and could not be created (${error instanceof Error ? error.message : error}). ` +
        'Have its administrator create them: without them no case can be written.',
    );
  }
}

/**
 * How long the parts of a server may take to see what was added, in milliseconds: each looks at its namespaces every 2 s
 * (server 1.32 on a SQL database; with Elasticsearch it may be a minute).
 */
const SEEN_WITHIN = 3000;

/**
 * As {@link addSearchAttributes}; done once the server takes cases that have them, up to 2 s too early where another
 * process has just added them.
 */
export async function haveSearchAttributes(connection: Connection, namespace = 'default'): Promise<void> {
  if (await addSearchAttributes(connection, namespace)) await wait(SEEN_WITHIN);
}

/** What is there, name and kind; nothing where the server cannot tell, which then shows when they are created. */
async function presentAttributes(connection: Connection, namespace: string): Promise<Record<string, number>> {
  try {
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
    return customAttributes;
  } catch {
    return {};
  }
}
