import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { freePort } from '../setup/ports.ts';
import { at } from './support/commandLine.ts';
import { type PortalSystem, startPortalSystem } from './support/portalSystem.ts';
import { startProvider, type TestProvider } from './support/provider.ts';
import { visitor } from './support/visitor.ts';

/** The portal with a provider by settings: a claim says who somebody is, the register what they may do. */

const test = suite('the portal with a real provider');
let provider: TestProvider;
let portal: PortalSystem;
let next = '';
const accounts = {
  'birgitta@example.org': { employee_id: '1000', functions: ['authorisationAdministration'], role: 'admin' },
  'stranger@example.org': { employee_id: '9999' },
  'guest@example.org': {},
  'odd@example.org': { employee_id: "1000' or '1'='1" },
  'number@example.org': { employee_id: 1000 },
};
test.before(async () => {
  const port = await freePort(0, 'nothing', 'the portal');
  const client = { id: 'aterkalla', secret: 'secret', redirectUri: `http://127.0.0.1:${port}/login/callback` };
  provider = await startProvider(accounts, () => next, client);
  portal = await startPortalSystem({
    PORTAL_PORT: String(port),
    OIDC_ISSUER: provider.issuer,
    OIDC_CLIENT_ID: client.id,
    OIDC_CLIENT_SECRET: client.secret,
    OIDC_SCOPE: 'openid employee',
    OIDC_CLAIM: 'employee_id',
  });
});
test.after(() => portal?.stop());

/** Logs in as an account of the provider; @returns where that leads. */
async function enter(account: string) {
  next = account;
  const browser = visitor(portal.url);
  const elsewhere = visitor(provider.issuer);
  let location = (await browser.fetch('/login?to=/uppgifter?a=1')).headers.get('location');
  for (let steps = 0; steps < 8 && location; steps++) {
    const to: URL = new URL(location, provider.issuer);
    if (to.origin === portal.url && to.pathname !== '/login/callback') break;
    const from = to.origin === portal.url ? browser : elsewhere;
    location = (await from.fetch(to.href)).headers.get('location');
    if (to.pathname === '/login/callback') break;
  }
  return { browser, location };
}

test('a claim says who it is, the register what they may do', async () => {
  const { browser, location } = await enter('birgitta@example.org');
  assert.is(location, '/uppgifter?a=1');
  const { json } = await browser.get('/api/me');
  assert.equal([at(json, 'person.id'), at(json, 'person.functions')], ['1000', []]);
  assert.is(at(json, 'login.kind'), 'openid');
  assert.is((await browser.get('/api/staff')).status, 200);
});

test('whoever the register does not know, and whoever says no, is not logged in', async () => {
  for (const [account, why] of [
    ['stranger@example.org', 'unknown'],
    ['guest@example.org', 'unknown'],
    ['odd@example.org', 'unknown'],
    ['number@example.org', 'unknown'],
    ['', 'cancelled'],
  ] as const) {
    const { browser, location } = await enter(account);
    assert.is(location, `/?login=${why}`, account);
    assert.is(at((await browser.get('/api/me')).json, 'person'), null);
  }
});

test('there is no login for development beside it', async () => {
  const someone = visitor(portal.url);
  for (const path of ['/development-login/.well-known/openid-configuration', '/development-login/choose/x'])
    assert.is((await someone.get(path)).status, 404);
});

test('logging out ends the session at the provider too', async () => {
  const { browser } = await enter('birgitta@example.org');
  const answer = await browser.post('/api/logout');
  assert.match(String(at(answer.json, 'to')), provider.issuer);
});

test('a provider that is away is said on the start page, and who is logged in stays so', async () => {
  const { browser } = await enter('birgitta@example.org');
  await provider.stop();
  await portal.restart();
  const answer = await visitor(portal.url).get('/login');
  assert.equal([answer.status, answer.headers.get('location')], [302, '/?login=away']);
  assert.is((await browser.get('/api/staff')).status, 200);
  assert.equal((await browser.post('/api/logout')).json, { to: '/' });
});

test.run();
