import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { at } from './support/commandLine.ts';
import { type PortalSystem, startPortalSystem } from './support/portalSystem.ts';
import { loggedIn, type Visitor, visitor } from './support/visitor.ts';

/** The portal as a program of its own: it has nothing but Temporal, and asks the worker over it. */

const test = suite('the portal alone');
const dataDir = mkdtempSync(join(tmpdir(), 'aterkalla-alone-'));
let system: PortalSystem;
let isSystemThere = true;
let child: ChildProcess;
let url = '';
let manager: Visitor;

test.before(async () => {
  const key = { PORTAL_SESSION_KEY: randomBytes(32).toString('hex') };
  system = await startPortalSystem(key);
  child = spawn(process.execPath, ['portal.ts'], {
    env: {
      PATH: process.env.PATH,
      TEMPORAL_ADDRESS: system.system.addresses.temporal,
      DATA_DIR: dataDir,
      PORTAL_PORT: '0',
      ...key,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  url = await new Promise((done, fail) => {
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => {
        said += text;
        const found = /^ready: portal at (\S+),/m.exec(said)?.[1];
        if (found) done(found);
      });
    child.on('close', (status) => fail(new Error(`it ended with ${status}: ${said}`)));
  });
});
test.after(async () => {
  child?.kill('SIGKILL');
  if (isSystemThere) await system?.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

test('does what it does beside the worker', async () => {
  manager = await loggedIn(url, '1000');
  assert.is(at((await manager.get('/api/me')).json, 'person.name'), 'Birgitta Åkerhielm');
  assert.is(at((await manager.get('/health')).json, 'ready'), true);
  const ordered = await manager.post('/api/removals', { id: randomUUID(), employee: '1005' });
  assert.is(at(ordered.json, 'state'), 'undoable', ordered.text);
  const request = String(at(ordered.json, 'request'));
  const shown = await manager.get(`/api/cases/${request}`);
  assert.is(at(shown.json, 'names.people.1005'), 'Siân Hallbäck');
  const stranger = await loggedIn(url, '1004');
  assert.is((await stranger.get(`/api/cases/${request}`)).status, 404);
  assert.is((await manager.post(`/api/cases/${request}/undone`, { id: randomUUID() })).status, 200);
});

/** The same browser at another portal, as behind a proxy that chooses one of them. */
function sameBrowser(someone: Visitor, at: string): Visitor {
  const other = visitor(at);
  for (const [name, value] of someone.cookies) other.cookies.set(name, value);
  return other;
}

test('shares logins and logouts with the other portals of the same key, also after a restart', async () => {
  for (const [one, another] of [
    [url, system.url],
    [system.url, url],
  ] as const) {
    const someone = await loggedIn(one, '1000');
    const [copy, late] = [sameBrowser(someone, another), sameBrowser(someone, another)];
    assert.is((await copy.get('/api/staff')).status, 200, 'a login counts at both');
    assert.is((await someone.post('/api/logout')).status, 200);
    assert.is((await copy.get('/api/staff')).status, 401, 'a logout at once, too');
    assert.is(at((await late.get('/api/me')).json, 'person'), null);
    await late.login('1000');
    assert.is((await late.get('/api/staff')).status, 200, 'a new login is another session');
  }
  const someone = await loggedIn(url, '1000');
  const copy = sameBrowser(someone, system.url);
  await someone.post('/api/logout');
  await system.restart();
  assert.is((await copy.get('/api/staff')).status, 401);
});

test('says that it cannot just now where Temporal is away, and stays alive', async () => {
  const leaver = await loggedIn(url, '1000');
  await leaver.send('PUT', '/api/language', { language: 'sv' });
  await system.stop();
  isSystemThere = false;
  const [staff, logout] = await Promise.all([manager.get('/api/staff'), leaver.post('/api/logout')]);
  assert.is(staff.status, 503, staff.text);
  assert.match(staff.text, 'Försök igen');
  const health = await manager.get('/health');
  assert.equal([health.status, at(health.json, 'alive'), at(health.json, 'ready')], [503, true, false]);
  assert.is((await visitor(url).get('/health/alive')).status, 200);
  assert.is((await visitor(url).get('/metrics')).status, 200);
  assert.is((await visitor(url).get('/api/me')).status, 200, 'the start page works without a login');
  assert.is(logout.status, 503, 'copies of the cookie could not be ended');
  assert.is(at((await leaver.get('/api/me')).json, 'person'), null, 'this browser is logged out all the same');
});

test('ends in order when told to', async () => {
  const ended = new Promise<number | null>((done) => child.on('exit', done));
  child.kill('SIGTERM');
  assert.is(await ended, 0);
});

test.run();
