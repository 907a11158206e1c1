import { TestWorkflowEnvironment } from '@temporalio/testing';

/**
 * Has the SDK download a Temporal server into a folder: `node download.ts dev-server|time-skipping VERSION FOLDER`. The
 * SDK offers that only together with a start, so the server is started and stopped again.
 */
const [server, version, downloadDir] = process.argv.slice(2);
if (!version || !downloadDir) throw new Error('use: download.ts dev-server|time-skipping VERSION FOLDER');

const executable = { type: 'cached-download', version, downloadDir } as const;
try {
  const environment =
    server === 'dev-server'
      ? await TestWorkflowEnvironment.createLocal({ server: { executable } })
      : await TestWorkflowEnvironment.createTimeSkipping({ server: { executable } });
  await environment.teardown();
} catch (error) {
  // One line for the list of what was tried.
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
