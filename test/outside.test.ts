import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createTables, openPostgres } from '../outside/database.ts';
import { openOutside } from '../outside/index.ts';
import { openRegister } from '../outside/register.ts';
import { startPostgres } from './support/postgres.ts';

const sample = JSON.parse(readFileSync('register.sample.json', 'utf8'));

const outside = suite('outside');

outside('the first start takes the register file in, the next keeps what has changed since', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'aterkalla-outside-'));
  const settings = { dataDir, registerFile: 'register.sample.json', mailFrom: 'aterkalla@localhost' };
  const first = await openOutside(settings);
  await first.register.detachAssignment('a1');
  await first.close();
  const second = await openOutside({ ...settings, registerFile: 'not-needed-any-more.json' });
  assert.equal((await second.register.facts('1001', 'SUS')).assignments, []);
  await second.close();
  rmSync(dataDir, { recursive: true });
});

outside('a register file that does not fit stops the first start, with every fault', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'aterkalla-outside-'));
  const registerFile = join(dataDir, 'register.json');
  writeFileSync(registerFile, JSON.stringify({ ...sample, organisations: [], interventions: [] }));
  const settings = { dataDir, registerFile, mailFrom: 'aterkalla@localhost' };
  const error = await openOutside(settings).catch((reason: unknown) => reason);
  assert.ok(error instanceof Error && error.message.includes('a1') && error.message.includes('a12'));
  rmSync(dataDir, { recursive: true });
});

outside('PostgreSQL that is killed and comes back is used again, with what was acknowledged', async () => {
  const server = await startPostgres();
  const database = openPostgres(server.url);
  await createTables(database);
  const register = openRegister(database);
  await register.importFile(sample);
  await register.detach('1001', 'SUS', ['a1']);
  await server.kill();
  const error = await register.facts('1001', 'SUS').catch((reason: unknown) => reason);
  assert.instance(error, Error);
  await server.start();
  assert.equal((await register.facts('1001', 'SUS')).assignments, []);
  await database.close();
  await server.stop();
});

outside.run();
