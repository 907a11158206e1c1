import { once } from 'node:events';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { defineSearchAttributeKey } from '@temporalio/common';
import { msToTs } from '@temporalio/common/lib/time.js';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { connectClient } from '../activities/grpc.ts';
import { haveSearchAttributes } from '../setup/namespace.ts';
import { type EmbeddedServer, startServer } from '../setup/server.ts';
import { temporalCli } from '../setup/temporal.ts';
import { freePort } from './support/postgres.ts';

test('a new server takes a case with its search attributes from the first moment on', () =>
  withServer(async (server) => {
    await startCase(server, 'default');
  }));

test('a namespace that lacks the search attributes takes cases as soon as they have been added', () =>
  withServer(async (server) => {
    const connection = await Connection.connect({ address: server.address });
    await connection.workflowService.registerNamespace({
      namespace: 'another',
      workflowExecutionRetentionPeriod: msToTs('1 day'),
    });
    await haveSearchAttributes(connection, 'another');
    await connection.close();
    await startCase(server, 'another');
  }));

test('an answer of the server may weigh more than 4 MB', () =>
  withServer(async (server) => {
    const connection = await connectClient({ address: server.address });
    const client = new Client({ connection });
    const handle = await client.workflow.start('removal', { taskQueue: 'nobody', workflowId: 'removal-SUS-1001' });
    for (let count = 0; count < 3; count++) await handle.signal('stays', 'x'.repeat(1.7e6));
    const { events } = await handle.fetchHistory();
    assert.ok(events?.length);
    await connection.close();
  }));

test('a server that is killed comes back also where something keeps it from starting at first', async () => {
  const [port, uiPort] = [await freePort(), await freePort()];
  const restarted = Promise.withResolvers<Error | undefined>();
  await withServer(
    async (server) => {
      process.kill(server.pid, 'SIGKILL');
      const intruder = await listenOn(uiPort);
      await pause(3000);
      intruder.close();
      assert.is(await restarted.promise, undefined);
      const connection = await Connection.connect({ address: server.address });
      await connection.workflowService.describeNamespace({ namespace: 'default' });
      await connection.close();
    },
    { port, uiPort, onRestart: restarted.resolve },
  );
});

async function withServer(
  use: (server: EmbeddedServer) => Promise<void>,
  more: Partial<Parameters<typeof startServer>[0]> = {},
): Promise<void> {
  const dataDir = realpathSync(mkdtempSync(join(tmpdir(), 'aterkalla-server-')));
  const server = await startServer({ cli: await temporalCli(), dataDir, port: 0, uiPort: 0, ...more });
  try {
    await use(server);
  } finally {
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** Starts one with a search attribute of each kind that we have. */
async function startCase(server: EmbeddedServer, namespace: string): Promise<void> {
  const connection = await Connection.connect({ address: server.address });
  const client = new Client({ connection, namespace });
  await client.workflow.start('removal', {
    taskQueue: 'nobody',
    workflowId: 'removal-SUS-1001',
    typedSearchAttributes: [
      { key: defineSearchAttributeKey('Request', 'KEYWORD'), value: 'removal-SUS-1001-7f3k9q' },
      { key: defineSearchAttributeKey('Roles', 'KEYWORD_LIST'), value: ['reader'] },
      { key: defineSearchAttributeKey('Since', 'DATETIME'), value: new Date() },
    ],
  });
  await connection.close();
}

/** Takes a port as soon as it is free. */
async function listenOn(port: number) {
  for (;;) {
    const server = createServer().listen(port, '127.0.0.1');
    const isMine = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    if (isMine) return server;
    await pause(5);
  }
}

test.run();
