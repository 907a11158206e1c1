import { readFileSync, statSync } from 'node:fs';
import { WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { bundleFile, payloadConverterPath, workflowBundle } from '../setup/bundle.ts';
import { temporalTestServer } from '../setup/temporal.ts';

/** What every worker loads, and evaluates for each case: small, and still saying where something went wrong. */

const bundle = suite('the bundle of workflows');

bundle('is under 260 KB', async () => {
  const { size } = statSync(await bundleFile());
  console.log(`\nworkflow bundle: ${size} bytes`);
  assert.ok(size < 260_000, `${size} bytes`);
});

bundle('holds each package of the SDK once, from its sources', async () => {
  const { sources } = JSON.parse(readFileSync(`${await bundleFile()}.map`, 'utf8'));
  const sdk = sources.filter((path: string) => /@temporalio.(workflow|common)|nexus-rpc/.test(path));
  assert.ok(sdk.length > 10, 'the map names its sources');
  assert.equal(
    sdk.filter((path: string) => !/.src.(\w|-|.)+\.ts$/.test(path)),
    [],
  );
});

bundle('lets a failing workflow name the line of its source', async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const executable = { type: 'existing-path', path: await temporalTestServer() } as const;
  const server = await TestWorkflowEnvironment.createTimeSkipping({ server: { executable } });
  try {
    const workflowsPath = new URL('support/failing.ts', import.meta.url).pathname;
    const worker = await Worker.create({
      connection: server.nativeConnection,
      taskQueue: 'failing',
      workflowBundle: await workflowBundle(workflowsPath),
      dataConverter: { payloadConverterPath },
    });
    const failure = await worker.runUntil(
      server.client.workflow.execute('failing', { taskQueue: 'failing', workflowId: 'failing' }).then(
        () => assert.unreachable('it fails'),
        (error: unknown) => error,
      ),
    );
    assert.ok(failure instanceof WorkflowFailedError && failure.cause instanceof ApplicationFailure);
    assert.match(failure.cause.stack ?? '', /support.failing\.ts:5:/);
  } finally {
    await server.teardown();
  }
});

bundle.run();
