import type { Client } from '@temporalio/client';
import { version } from '../activities/version.ts';
import { doctorTexts } from '../texts/client.ts';
import type { Text } from '../texts/problems.ts';
import { type Ask, taskQueue } from './ask.ts';
import { asClientError, type Exit, exits } from './errors.ts';

/** One thing that was looked at: what was found and, where it is not well, what to do. */
export type Check = { name: string; ok: boolean; found: string; advice: Text | null; exit: Exit | 0 };

/** The oldest versions that the system is tried with. */
const oldest = { node: 24, server: '1.29' };

const atLeast = (version: string, least: string): boolean => {
  const [a = [], b = []] = [version, least].map((text) => text.split('.').map(Number));
  const at = b.findIndex((part, index) => (a[index] ?? 0) !== part);
  return at === -1 || (a[at] ?? 0) > (b[at] ?? 0);
};

const well = (name: string, found: string): Check => ({ name, ok: true, found, advice: null, exit: 0 });
const bad = (name: string, found: string, advice: Text, exit: Exit): Check => ({
  name,
  ok: false,
  found,
  advice,
  exit,
});

/** Node here, for the client. */
export function checkNode(version = process.versions.node): Check {
  const ok = Number(version.split('.')[0]) >= oldest.node;
  return ok ? well('node', version) : bad('node', version, doctorTexts.node, exits.tryAgain);
}

/** Temporal that could not be reached at all. */
export const unreachable = (advice: Text): Check => bad('temporal', '-', advice, exits.unreachable);

/** Looks at everything that the client needs, over a connection that stands. */
export async function check(client: Client, ask: Ask): Promise<Check[]> {
  const { serverVersion } = await client.workflowService.getSystemInfo({});
  const version = serverVersion ?? '';
  // Not every server tells its version; one that does must be new enough to be asked through standalone activities.
  const temporal =
    version && !atLeast(version, oldest.server)
      ? bad('temporal', version, doctorTexts.server, exits.unreachable)
      : well('temporal', version || '?');
  return [checkNode(), temporal, await checkWorker(client), await checkRegister(ask)];
}

async function checkWorker(client: Client): Promise<Check> {
  const { pollers } = await client.workflowService.describeTaskQueue({
    namespace: client.options.namespace,
    taskQueue: { name: taskQueue },
    taskQueueType: 1,
  });
  const alive = (pollers ?? []).length;
  return alive > 0 ? well('worker', `${alive}`) : bad('worker', '0', doctorTexts.worker, exits.tryAgain);
}

async function checkRegister(ask: Ask): Promise<Check> {
  try {
    const worker = await ask('registerAnswers', {});
    const found = `${worker.version} (node ${worker.node})`;
    return worker.version === version
      ? well('register', found)
      : bad('register', found, doctorTexts.otherVersion(version), exits.tryAgain);
  } catch (error) {
    return bad('register', '-', asClientError(error).text, exits.tryAgain);
  }
}
