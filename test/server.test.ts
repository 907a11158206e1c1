import { once } from 'node:events';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { startServer } from '../setup/server.ts';
import { temporalCli } from '../setup/temporal.ts';
import { freePort } from './support/postgres.ts';

test('a server that is killed comes back also where something keeps it from starting at first', async () => {
  const dataDir = realpathSync(mkdtempSync(join(tmpdir(), 'aterkalla-server-')));
  const [cli, port, uiPort] = await Promise.all([temporalCli(), freePort(), freePort()]);
  const restarted = Promise.withResolvers<Error | undefined>();
  const server = await startServer({ cli, dataDir, port, uiPort, onRestart: restarted.resolve });
  try {
    process.kill(server.pid, 'SIGKILL');
    const intruder = await listenOn(uiPort);
    await pause(3000);
    intruder.close();
    assert.is(await restarted.promise, undefined);
    const connection = await Connection.connect({ address: server.address });
    await connection.workflowService.describeNamespace({ namespace: 'default' });
    await connection.close();
  } finally {
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
});

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
