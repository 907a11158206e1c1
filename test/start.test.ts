import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { searchAttributes } from '../setup/namespace.ts';
import { processInfo } from '../setup/processes.ts';
import {
  endAllOn,
  readRunning,
  type StartedSystem,
  serversOn,
  startSystemProcess,
  until,
} from './support/startedSystem.ts';

const start = suite('npm start');
const dataDir = join(realpathSync(mkdtempSync(join(tmpdir(), 'aterkalla-start-'))), 'data');
start.after(async () => {
  await endAllOn(dataDir);
  rmSync(dataDir, { recursive: true, force: true });
});

let system: StartedSystem;
const running = () => {
  const found = readRunning(dataDir);
  assert.ok(found, 'running.json is there');
  return found;
};
const isAllGone = (pid: number) => !processInfo(pid) && serversOn(dataDir).length === 0 && !readRunning(dataDir);

async function withConnection(use: (connection: Connection) => Promise<void>): Promise<void> {
  const connection = await Connection.connect({ address: running().temporal });
  await use(connection).finally(() => connection.close());
}

start('on a fresh data folder says where it is, then that it is ready', async () => {
  system = startSystemProcess(dataDir);
  await system.ready;
  const { pid, temporal, ui, portal } = running();
  assert.ok(processInfo(pid), 'the process that running.json names lives');
  assert.match(temporal, /^127\.0\.0\.1:\d+$/);
  assert.ok(ui && portal);
  for (const address of [temporal, ui, portal]) assert.ok(system.output().includes(address), system.output());
  for (const address of [ui, portal])
    assert.is((await fetch(address, { headers: { accept: 'text/html' } })).status, 200);
});

start('the server keeps histories for ten years and knows the search attributes', () =>
  withConnection(async (connection) => {
    const { config } = await connection.workflowService.describeNamespace({ namespace: 'default' });
    assert.is(Number(config?.workflowExecutionRetentionTtl?.seconds), 3650 * 24 * 60 * 60);
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace: 'default' });
    for (const name of Object.keys(searchAttributes)) assert.ok(customAttributes[name], name);
  }),
);

start('a second one on the same data folder is refused and told which process has it', async () => {
  const second = startSystemProcess(dataDir);
  assert.is(await second.ended, 1);
  assert.match(second.output(), `in use by process ${running().pid}`);
  assert.match(second.output(), 'DATA_DIR');
});

start('one that is given another Temporal server starts none, and has a portal all the same', async () => {
  const other = `${dataDir}-other`;
  const { temporal } = running();
  const second = startSystemProcess(other, { env: { TEMPORAL_ADDRESS: temporal } });
  await second.ready;
  const started = readRunning(other);
  const servers = serversOn(other);
  // Ended before anything is judged: one that was left running would keep this file from ending.
  second.child.kill('SIGTERM');
  await second.ended;
  assert.is(started?.temporal, temporal);
  assert.is(started?.ui, null);
  assert.is.not(started?.portal, null);
  assert.equal(servers, []);
  rmSync(other, { recursive: true });
});

start('a server that is killed is started again at the same address', async () => {
  const { temporal } = running();
  const [killed] = serversOn(dataDir);
  assert.ok(killed);
  process.kill(killed.pid, 'SIGKILL');
  await until('the server is started again', () => system.output().includes('started again'));
  assert.is(running().temporal, temporal);
  await withConnection(async (connection) => {
    await connection.workflowService.describeNamespace({ namespace: 'default' });
  });
});

start('SIGTERM ends all of it in order', async () => {
  const { pid } = running();
  process.kill(pid, 'SIGTERM');
  assert.is(await system.ended, 0);
  assert.ok(isAllGone(pid));
});

start('killed, it leaves a server behind that the next start takes over', async () => {
  system = startSystemProcess(dataDir);
  await system.ready;
  const { pid } = running();
  const [left] = serversOn(dataDir);
  process.kill(pid, 'SIGKILL');
  await system.ended;
  assert.ok(left && processInfo(left.pid), 'the server outlives a killed run');

  system = startSystemProcess(dataDir);
  await system.ready;
  assert.is.not(running().pid, pid);
  assert.is(processInfo(left.pid), undefined);
  assert.is(serversOn(dataDir).length, 1);
});

start('Ctrl-C ends all of it in order', async () => {
  const { pid } = running();
  // What a terminal does: every process of the group gets it, the launcher's child twice.
  for (let member = processInfo(pid); member && member.pid !== process.pid; member = processInfo(member.parent))
    process.kill(member.pid, 'SIGINT');
  await system.ended;
  await until('all is gone', () => isAllGone(pid));
  assert.match(system.output(), 'ending in order (SIGINT)');
});

start('killing npm ends all of it', async () => {
  system = startSystemProcess(dataDir);
  await system.ready;
  const { pid } = running();
  system.child.kill('SIGKILL');
  await until('all is gone', () => isAllGone(pid));
});

start('the end of the process that started npm ends all of it', async () => {
  system = startSystemProcess(dataDir, { command: ['sh', '-c', 'npm start & wait'] });
  await system.ready;
  const { pid } = running();
  system.child.kill('SIGKILL');
  await until('all is gone', () => isAllGone(pid));
});

start('a start right after npm was told to end waits for the one before', async () => {
  system = startSystemProcess(dataDir);
  await system.ready;
  const { pid } = running();
  // Npm ends at once and leaves what it ran to end by itself.
  system.child.kill('SIGTERM');
  await system.ended;
  system = startSystemProcess(dataDir);
  await system.ready;
  assert.is.not(running().pid, pid);
  process.kill(running().pid, 'SIGTERM');
  await system.ended;
});

start('told to end while it starts, it leaves nothing behind', async () => {
  system = startSystemProcess(dataDir);
  await until('the server is being started', () => serversOn(dataDir).length > 0);
  system.child.kill('SIGTERM');
  await system.ended;
  await until('the server is gone', () => serversOn(dataDir).length === 0 && !readRunning(dataDir));
});

for (const variable of ['TEMPORAL_PORT', 'TEMPORAL_UI_PORT'])
  start(`a taken ${variable} is named, with the variable to set`, async () => {
    const taken = createServer();
    await new Promise<void>((done) => taken.listen(0, '127.0.0.1', done));
    const address = taken.address();
    const port = address && typeof address === 'object' ? String(address.port) : '';
    system = startSystemProcess(dataDir, { env: { [variable]: port } });
    assert.is(await system.ended, 1);
    assert.match(system.output(), new RegExp(`Port ${port}.*${variable}`));
    assert.equal(serversOn(dataDir), []);
    taken.close();
  });

start('settings that cannot be used are all named, and nothing is started', async () => {
  system = startSystemProcess(dataDir, { env: { REGISTER_MODE: 'looks', SMTP_URL: 'nowhere' } });
  assert.is(await system.ended, 1);
  assert.match(system.output(), /REGISTER_MODE[\s\S]*SMTP_URL/);
  assert.equal(serversOn(dataDir), []);
});

start.run();
