import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { at, commandLine, inJson } from './support/commandLine.ts';
import { type PortalSystem, startPortalSystem } from './support/portalSystem.ts';
import { visitor } from './support/visitor.ts';

/** The command line where logins are real: the device flow, against a real provider. */

const test = suite('the login of the command line');
let portal: PortalSystem;
const home = mkdtempSync(join(tmpdir(), 'aterkalla-home-'));
const file = join(home, 'aterkalla', 'login.json');
let env: Record<string, string>;
test.before(async () => {
  portal = await startPortalSystem();
  env = {
    ...portal.env,
    XDG_CONFIG_HOME: home,
    OIDC_ISSUER: `${portal.url}/development-login`,
    OIDC_CLIENT_ID: 'aterkalla',
  };
});
test.after(async () => {
  await portal?.stop();
  rmSync(home, { recursive: true, force: true });
});

const run = (...words: string[]) => commandLine(env)(...words);
const json = (...words: string[]) => inJson(commandLine(env))(...words);

/** Goes where the command line says, and logs in there. */
async function confirm(where: string, person: string): Promise<void> {
  const browser = visitor(portal.url);
  const form = (text: string) =>
    new URLSearchParams(
      [...text.matchAll(/name="(\w+)" value="([^"]*)"/g)].map(([, name = '', value = '']): [string, string] => [
        name,
        value,
      ]),
    );
  const post = (path: string, body: URLSearchParams) =>
    browser.fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: body.toString(),
    });
  let page = await browser.fetch(where);
  for (let steps = 0; steps < 12; steps++) {
    const location = page.headers.get('location');
    if (location)
      page = location.includes('/choose/')
        ? await post(location, new URLSearchParams({ person }))
        : await browser.fetch(location);
    else {
      const text = await page.text();
      const action = /action="([^"]+)"/.exec(text)?.[1];
      if (!action) return;
      page = await post(action, form(text));
    }
  }
  throw new Error('the confirmation goes round in circles');
}

test('without a login nothing is done, and the person may not be named instead', async () => {
  const nobody = await run('tasks');
  assert.is(nobody.exit, 3);
  assert.match(nobody.err, 'aterkalla login');
  const named = await run('tasks', '--as', '1000');
  assert.is(named.exit, 3);
  assert.match(named.err, '--as');
  assert.is((await run('doctor')).exit, 0, 'the doctor takes no login');
});

test('log in in a browser, and act as who is logged in', async () => {
  const child = spawn(process.execPath, ['client.ts', 'login', '--json'], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  const ended = new Promise<number | null>((done) => child.on('close', done));
  await new Promise<void>((done) => {
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      err += text;
      if (/https?:\S+/.test(err) && err.endsWith('\n')) done();
    });
    child.on('close', () => done());
  });
  const where = /https?:\S+/.exec(err)?.[0];
  assert.ok(where, err);
  await confirm(where, '1000');
  assert.is(await ended, 0, err);
  assert.equal(JSON.parse(out), { person: '1000' });
  assert.is(statSync(file).mode & 0o777, 0o600);
  const { exit, value } = await json('remove', '1001');
  assert.is(exit, 0, JSON.stringify(value));
  const record = (await json('record', String(at(value, 'request')))).value;
  assert.equal([at(record, '0.step'), at(record, '0.by')], ['decided', '1000']);
});

test('a login that somebody wrote themselves is none', async () => {
  const good = readFileSync(file, 'utf8');
  const login: unknown = JSON.parse(good);
  const [head, , mark] = String(at(login, 'idToken')).split('.');
  const claims = { sub: '1009', aud: 'aterkalla', iss: env.OIDC_ISSUER, exp: 4_000_000_000 };
  const forged = [head, Buffer.from(JSON.stringify(claims)).toString('base64url'), mark].join('.');
  const none = Buffer.from('{"alg":"none"}').toString('base64url');
  for (const idToken of [forged, `${none}.${forged.split('.')[1]}.`, 'x', '']) {
    writeFileSync(file, JSON.stringify({ issuer: env.OIDC_ISSUER, idToken }));
    assert.is((await run('tasks')).exit, 3);
  }
  writeFileSync(file, good);
  assert.is((await run('tasks')).exit, 0);
});

test('after a logout nobody is logged in', async () => {
  assert.is((await run('logout')).exit, 0);
  assert.is((await run('tasks')).exit, 3);
});

test.run();
