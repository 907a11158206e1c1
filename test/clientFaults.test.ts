import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readSettings } from '../settings.ts';
import { temporalTestServer } from '../setup/temporal.ts';
import { type System, startSystem } from '../start.ts';
import { at, commandLine, inJson } from './support/commandLine.ts';
import { freePort, type Postgres, startPostgres } from './support/postgres.ts';

/** What the command line says where a part of the system is away. */

const faults = suite('the command line without');
const folder = mkdtempSync(join(tmpdir(), 'aterkalla-faults-'));
const undo: (() => Promise<unknown>)[] = [];
faults.after(async () => {
  for (const step of undo.reverse()) await step();
  rmSync(folder, { recursive: true, force: true });
});

function settings(name: string, env: NodeJS.ProcessEnv) {
  const ports = { TEMPORAL_PORT: '0', TEMPORAL_UI_PORT: '0', PORTAL_PORT: '0' };
  return readSettings({ PATH: process.env.PATH, DATA_DIR: join(folder, name), ...ports, ...env });
}

faults('a running system says where it was looked for and what to do', async () => {
  const run = commandLine({ DATA_DIR: join(folder, 'nothing') });
  const { exit, err } = await run('tasks', '--as', '1000');
  assert.is(exit, 5);
  for (const text of ['running.json', 'npm start', 'DATA_DIR', 'TEMPORAL_ADDRESS']) assert.match(err, text);
  const doctor = await run('doctor', '--lang', 'en');
  assert.is(doctor.exit, 5);
  assert.match(doctor.out, '✗ temporal');
  assert.match(doctor.out, 'npm start');
});

faults('a Temporal server that answers names its address', async () => {
  const address = `127.0.0.1:${await freePort()}`;
  const json = inJson(commandLine({ TEMPORAL_ADDRESS: address }));
  const { exit, value } = await json('status', 'removal-SUS-1001', '--lang', 'en');
  assert.is(exit, 5);
  assert.is(at(value, 'error.code'), 'Unreachable');
  assert.match(String(at(value, 'error.message')), address);
});

let postgres: Postgres;
let system: System;

faults('a register says to try again, and trying again with the same id works', async () => {
  postgres = await startPostgres();
  undo.push(() => postgres.stop());
  system = await startSystem(settings('register', { DATABASE_URL: postgres.url }));
  undo.push(() => system.stop());
  const json = inJson(commandLine({ DATA_DIR: join(folder, 'register') }));
  const request = String(at((await json('remove', '1001', '--as', '1001')).value, 'request'));

  await postgres.kill();
  const started = await json('remove', '1004', '--as', '1004', '--lang', 'en');
  assert.is(started.exit, 6);
  assert.match(String(at(started.value, 'error.message')), /try again/i);
  const id = String(at(started.value, 'error.id'));
  const decided = await json('decide', request, 'remove', '--as', '1000', '--id', 'decide-1');
  assert.is(decided.exit, 6, JSON.stringify(decided.value));
  assert.is((await json('doctor')).exit, 6);

  await postgres.start();
  const again = await json('remove', '1004', '--as', '1004', '--id', id);
  assert.is(again.exit, 0, JSON.stringify(again.value));
  const decidedAgain = await json('decide', request, 'remove', '--as', '1000', '--id', 'decide-1');
  assert.is(decidedAgain.exit, 0, JSON.stringify(decidedAgain.value));
});

faults('a worker says so', async () => {
  const { workflowService } = system.client;
  const { config } = await workflowService.describeNamespace({ namespace: 'default' });
  const retention = config?.workflowExecutionRetentionTtl ?? null;
  await workflowService.registerNamespace({ namespace: 'empty', workflowExecutionRetentionPeriod: retention });
  const env = { TEMPORAL_ADDRESS: system.addresses.temporal, TEMPORAL_NAMESPACE: 'empty' };
  for (let known = false; !known; )
    known = await workflowService.describeTaskQueue({ namespace: 'empty', taskQueue: { name: 'x' } }).then(
      () => true,
      () => false,
    );
  const { exit, err } = await commandLine(env)('preview', '1001', '--lang', 'en');
  assert.is(exit, 6, err);
  assert.match(err, 'No worker answers');
  const doctor = await commandLine(env)('doctor', '--lang', 'en');
  assert.is(doctor.exit, 6);
  assert.match(doctor.out, '✗ worker');
});

faults('standalone activities still starts and acts', async () => {
  const port = await freePort();
  const server: ChildProcess = spawn(await temporalTestServer(), [String(port)], { stdio: 'ignore' });
  const ended = once(server, 'exit');
  undo.push(() => {
    server.kill();
    return ended;
  });
  const address = `127.0.0.1:${port}`;
  const connection = await Connection.connect({ address, connectTimeout: '20s' });
  await connection.close();
  const old = await startSystem(settings('old', { TEMPORAL_ADDRESS: address }));
  undo.push(() => old.stop());

  const json = inJson(commandLine({ TEMPORAL_ADDRESS: address }));
  const { exit, value } = await json('remove', '1004', '--as', '1000', '--id', 'start-1');
  assert.is(exit, 0, JSON.stringify(value));
  const request = String(at(value, 'request'));
  assert.equal((await json('remove', '1004', '--as', '1000', '--id', 'start-1')).value, value);
  for (let state: unknown; state !== 'detaching'; ) state = at((await json('status', request)).value, 'state');
  // a6 and a7 are in interventions of two different managers.
  assert.is((await json('detached', request, 'a7', '--as', '1003')).exit, 0);
  const rest = await json('detached', request, '--as', '1002');
  assert.is(at(rest.value, 'state'), 'removing', JSON.stringify(rest.value));
  const refused = await json('removed', request, '--as', '1004');
  assert.is(refused.exit, 3);
  const tasks = await json('tasks', '--as', '1009');
  assert.is(tasks.exit, 3);
  assert.is(at(tasks.value, 'error.code'), 'NotSupported');
});

faults.run();
