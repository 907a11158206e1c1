import { randomUUID } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { routes } from '../portal/api.ts';
import { at } from './support/commandLine.ts';
import { type PortalSystem, startPortalSystem } from './support/portalSystem.ts';
import { type Got, loggedIn, visitor } from './support/visitor.ts';

/** What people do in the portal, through its API, against the whole system; and what bad people try. */

const test = suite('the portal');
let portal: PortalSystem;
let sample: unknown;
test.before(async () => {
  portal = await startPortalSystem({ UNDO_SECONDS: '600' });
  sample = await portal.library.register.show();
});
test.after(() => portal?.stop());

const id = () => randomUUID();
const list = (value: unknown, path: string): unknown[] => {
  const found = at(value, path);
  return Array.isArray(found) ? found : [];
};
const column = (value: unknown, path: string, field: string) => list(value, path).map((entry) => at(entry, field));
const isProblem = (got: Got, status: number, code: string) => {
  assert.is(got.status, status, got.text);
  assert.is(got.headers.get('content-type'), 'application/problem+json');
  assert.equal([at(got.json, 'status'), at(got.json, 'code')], [status, code]);
  for (const field of ['type', 'title', 'detail']) assert.type(at(got.json, field), 'string');
};

test('without a login there is a page, and nobody is logged in', async () => {
  const someone = visitor(portal.url);
  const page = await someone.get('/', { accept: 'text/html' });
  assert.is(page.status, 200);
  assert.match(page.headers.get('content-type') ?? '', 'text/html');
  const policy = page.headers.get('content-security-policy') ?? '';
  assert.match(policy, "script-src 'self';");
  assert.not.match(policy, 'unsafe');
  const { json } = await someone.get('/api/me');
  assert.equal([at(json, 'person'), at(json, 'language'), at(json, 'login.kind')], [null, 'sv', 'development']);
});

test('a login tells who somebody is, in the language of the register until they choose another', async () => {
  const someone = await loggedIn(portal.url, '1005');
  const me = (await someone.get('/api/me')).json;
  assert.equal([at(me, 'person.id'), at(me, 'person.name'), at(me, 'language')], ['1005', 'Siân Hallbäck', 'en']);
  assert.match((await someone.get('/api/cases/leaves-1001-aaaaaa')).text, 'There is no such thing');
  await someone.send('PUT', '/api/language', { language: 'sv' });
  assert.is(at((await someone.get('/api/me')).json, 'language'), 'sv');
  assert.match((await someone.get('/api/cases/leaves-1001-aaaaaa')).text, 'Det finns inte');
});

let ordered = '';
test('a manager orders, and undoes it; what was undone survives a restart of everything', async () => {
  const manager = await portal.as('1000');
  const preview = (await manager.get('/api/employees/1001/preview')).json;
  assert.equal([at(preview, 'isDecision'), at(preview, 'warnings')], [true, []]);
  assert.equal(at(preview, 'names.people.1003'), 'Jörgen Ekeblad');
  const order = { id: id(), employee: '1001', reason: 'Byter arbetsuppgifter' };
  const answer = await manager.post('/api/removals', order);
  assert.is(at(answer.json, 'state'), 'undoable');
  const request = String(at(answer.json, 'request'));
  await portal.restart();
  const shown = (await manager.get(`/api/cases/${request}`)).json;
  assert.equal(at(shown, 'may'), ['undone', 'withdrawn']);
  assert.ok(Date.parse(String(at(shown, 'undoUntil'))) > Date.now());
  assert.is(at((await manager.post(`/api/cases/${request}/undone`, { id: id() })).json, 'outcome'), 'withdrawn');
});

test('the same form sent twice at once, and again later, is one case', async () => {
  const manager = await portal.as('1000');
  const order = { id: id(), employee: '1001' };
  const both = await Promise.all([manager.post('/api/removals', order), manager.post('/api/removals', order)]);
  ordered = String(at(both[0].json, 'request'));
  assert.equal(
    both.map(({ status, json }) => [status, at(json, 'request')]),
    [
      [200, ordered],
      [200, ordered],
    ],
  );
  assert.is(at((await manager.post('/api/removals', order)).json, 'request'), ordered);
  const other = await manager.post('/api/removals', { ...order, id: id() });
  isProblem(other, 409, 'AlreadyOpen');
  assert.is(at(other.json, 'request'), ordered);
  // The same id of somebody else is another command.
  isProblem(await (await portal.as('1002')).post('/api/removals', order), 409, 'AlreadyOpen');
  await manager.post(`/api/cases/${ordered}/withdrawn`, { id: id(), reason: 'nästa' });
});

test('a removal in which four people take part', async () => {
  const [employee, manager, detacher, administration] = [
    await portal.as('1001'),
    await portal.as('1000'),
    await portal.as('1003'),
    await portal.as('1009'),
  ];
  const proposal = await employee.post('/api/removals', { id: id(), employee: '1001' });
  const request = String(at(proposal.json, 'request'));
  assert.is(at(proposal.json, 'state'), 'deciding');
  const waits = async (who: typeof manager, task: string) => {
    for (const limit = Date.now() + 10_000; ; ) {
      const { json } = await who.get(`/api/tasks?task=${task}&search=Lindqvist`);
      if (at(json, 'total') === 1) return json;
      if (Date.now() > limit) throw new Error(`nothing waits: ${JSON.stringify(json)}`);
    }
  };
  await waits(manager, 'decide');
  await manager.post(`/api/cases/${request}/decided`, { id: id(), decision: 'remove' });
  const detaching = await waits(detacher, 'detach');
  assert.equal(at(detaching, 'tasks.0.assignments'), ['a1']);
  assert.equal(at(detaching, 'tasks.0.guidance'), ['detach.finsam.collaborationAdministrator']);
  assert.is(at(detaching, 'names.organisations.finsam-ovre.name'), 'Samordningsförbundet Övre Ådalen');
  const done = { id: id(), assignments: ['a1'] };
  assert.is((await detacher.post(`/api/cases/${request}/detached`, done)).status, 200);
  // Done already: told so at once; the same command again gets its first answer, also from one who may no longer look.
  isProblem(await detacher.post(`/api/cases/${request}/detached`, { ...done, id: id() }), 404, 'NotFound');
  assert.is((await detacher.post(`/api/cases/${request}/detached`, done)).status, 200);
  await waits(administration, 'remove');
  await administration.post(`/api/cases/${request}/removed`, { id: id() });
  await portal.reaches(request, 'removed');
  const shown = (await manager.get(`/api/cases/${request}`)).json;
  assert.equal(column(shown, 'way', 'state'), [
    'starting',
    'deciding',
    'ordering',
    'detaching',
    'removing',
    'verifying',
    'confirming',
    'removed',
  ]);
  await portal.library.register.import(sample);
});

test('what a form refuses, the API refuses the same way, field by field', async () => {
  const manager = await portal.as('1000');
  const refused = await manager.post('/api/removals', { id: 'a b', employee: 'å', reason: '', roles: [] });
  isProblem(refused, 400, 'InvalidInput');
  assert.equal(column(refused.json, 'errors', 'field').toSorted(), ['employee', 'id', 'reason', 'roles']);
  isProblem(await manager.post('/api/removals', { id: id(), employee: '1001', by: '900' }), 400, 'InvalidInput');
  isProblem(await manager.post('/api/removals', { id: id(), employee: '1001', undoFor: 0 }), 400, 'InvalidInput');
  isProblem(
    await manager.post('/api/removals', { id: id(), employee: '1001', roles: ['nosuch'] }),
    400,
    'InvalidInput',
  );
  isProblem(await manager.get("/api/cases?state=x'%20OR%201=1"), 400, 'InvalidInput');
  isProblem(await manager.get('/api/cases?limit=100000'), 400, 'InvalidInput');
  isProblem(await manager.post('/api/removals', '{"id":'), 400, 'InvalidInput');
  isProblem(
    await manager.send('POST', '/api/removals', 'x', { 'content-type': 'text/xml' }),
    415,
    'UnsupportedMediaType',
  );
  isProblem(
    await manager.post('/api/removals', { id: id(), employee: '1001', reason: 'x'.repeat(10_000_000) }),
    413,
    'TooLarge',
  );
});

test('a known path with another method says which can be used, whoever asks and whatever comes with it', async () => {
  const someone = visitor(portal.url);
  const allowed = {
    '/api/removals': 'POST',
    '/api/language': 'PUT',
    '/api/tasks': 'GET',
    '/api/cases/removal-SUS-1001-aaaaaa': 'GET',
    '/api/openapi.json': 'GET',
    '/health': 'GET',
    '/login': 'GET',
    '/icon.svg': 'GET, HEAD',
  };
  for (const [path, allow] of Object.entries(allowed))
    for (const method of ['DELETE', 'PATCH', ...(allow === 'POST' ? ['GET'] : ['POST'])]) {
      const answer = await someone.send(method, path, method === 'GET' ? undefined : '{"not JSON');
      isProblem(answer, 405, 'MethodNotAllowed');
      assert.is(answer.headers.get('allow'), allow, `${method} ${path}`);
    }
  const manager = await portal.as('1000');
  isProblem(await manager.send('DELETE', '/api/removals'), 405, 'MethodNotAllowed');
  isProblem(await manager.send('DELETE', '/api/nowhere'), 404, 'NotFound');
});

test('a request that changes something needs the token of this session', async () => {
  const [one, other] = [await loggedIn(portal.url, '1000'), await loggedIn(portal.url, '1000')];
  const order = { method: 'POST', body: JSON.stringify({ id: id(), employee: '1001' }) };
  const type = { 'content-type': 'application/json' };
  const tokenOf = async (who: typeof one) => String(at((await who.get('/api/me')).json, 'csrf'));
  for (const token of [undefined, '', 'x', await tokenOf(other)]) {
    const answer = await one.fetch('/api/removals', {
      ...order,
      headers: { ...type, ...(token !== undefined && { 'x-csrf-token': token }) },
    });
    assert.is(answer.status, 403, `token ${token}`);
    assert.match(await answer.text(), '"code":"Csrf"');
  }
  assert.equal((await portal.library.cases({ open: true })).length, 0);
});

test('a session planted before the login is not the one after it', async () => {
  const planter = visitor(portal.url);
  const before = await planter.get('/api/me');
  const planted = planter.cookies.get('session') ?? '';
  assert.ok(planted, before.text);
  const victim = visitor(portal.url);
  victim.cookies.set('session', planted);
  await victim.login('1000');
  assert.is.not(victim.cookies.get('session'), planted);
  assert.is(at((await planter.get('/api/me')).json, 'person'), null);
  const token = String(at(before.json, 'csrf'));
  const forged = await victim.fetch('/api/logout', { method: 'POST', headers: { 'x-csrf-token': token } });
  assert.is(forged.status, 403, 'the planted token is worth nothing');
});

test('after a logout old tabs and copies of the cookie are worth nothing, also after a restart', async () => {
  const someone = await loggedIn(portal.url, '1000');
  const copy = new Map(someone.cookies);
  assert.is((await someone.post('/api/logout')).status, 200);
  isProblem(await someone.get('/api/staff'), 401, 'NotLoggedIn');
  await portal.restart();
  for (const [name, value] of copy) someone.cookies.set(name, value);
  isProblem(await someone.get('/api/staff'), 401, 'NotLoggedIn');
});

test('a callback of the login that nobody began, or that comes again, logs nobody in', async () => {
  const someone = visitor(portal.url);
  const answer = await someone.fetch('/login/callback?code=x&state=y');
  assert.is(answer.headers.get('location'), '/?login=failed');
  assert.is(at((await someone.get('/api/me')).json, 'person'), null);
  for (const to of [
    '//evil.example',
    'https://evil.example',
    '/\\evil.example',
    'javascript:alert(1)',
    '/%5cevil.example/..//evil',
  ]) {
    const victim = visitor(portal.url);
    await victim.fetch(`/login?to=${encodeURIComponent(to)}`);
    const { pathname, origin } = new URL((await finish(victim)) ?? '/', portal.url);
    assert.is(origin, portal.url, to);
    assert.not.match(pathname, /^\/\//);
  }
});

/** The rest of a login that has begun; @returns where it leads at last. */
async function finish(who: ReturnType<typeof visitor>): Promise<string | null> {
  let next = await who.fetch('/login?to=//evil.example');
  for (let steps = 0; steps < 8; steps++) {
    const location = next.headers.get('location');
    if (!location) return null;
    const to = new URL(location, portal.url);
    const isChoice = to.pathname.includes('/choose/');
    const form = {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'person=1000',
    };
    next = await who.fetch(to.href, isChoice ? form : {});
    if (to.pathname === '/login/callback') return next.headers.get('location');
  }
  return null;
}

test('a login that was under way when the portal was started anew is answered, and can begin anew', async () => {
  const someone = visitor(portal.url);
  const begun = await someone.fetch('/login?to=/');
  const choice = await someone.fetch(begun.headers.get('location') ?? '');
  await portal.restart();
  const chosen = await someone.fetch(choice.headers.get('location') ?? '', {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'person=1000',
    signal: AbortSignal.timeout(30_000),
  });
  assert.is(chosen.headers.get('location'), '/?login=failed');
  await someone.login('1000');
});

test('a person who disappears from the register is logged out', async () => {
  const someone = await loggedIn(portal.url, '1004');
  const file = sample;
  const without = (key: string, field: string) => ({
    [key]: list(file, key).filter((entry) => at(entry, field) !== '1004'),
  });
  await portal.library.register.import({
    ...Object(file),
    ...without('people', 'id'),
    ...without('authorisations', 'person'),
    ...without('assignments', 'person'),
  });
  isProblem(await someone.get('/api/tasks'), 401, 'NotLoggedIn');
  await portal.library.register.import(file);
  assert.is(at((await someone.get('/api/me')).json, 'person'), null);
});

test('tricks with paths and headers lead nowhere', async () => {
  for (const path of [
    '/../package.json',
    '/..%2fpackage.json',
    '/%2e%2e/package.json',
    '/assets/..%2f..%2fpackage.json',
    '/api/cases/..%2f..%2fhealth',
    '/api//staff',
    '/%',
    '/%00',
    '/index.html%00.js',
    '//evil.example/',
  ]) {
    const { status, body } = await raw(path);
    assert.ok([302, 400, 401, 404].includes(status), `${path}: ${status}`);
    assert.not.match(body, '"dependencies"');
  }
  assert.is((await raw('/api/me', { host: 'evil.example' })).status, 421);
  assert.is((await raw('/api/staff', { 'x-forwarded-user': '1000', 'x-http-method-override': 'GET' })).status, 401);
  assert.is((await raw('/', { host: `localhost:${new URL(portal.url).port}` })).headers.location, `${portal.url}/`);
  assert.is((await raw('/api/me', { cookie: `session=${'x'.repeat(12_000)}` })).status, 200);
  assert.ok((await raw('/api/me', { cookie: 'x'.repeat(40_000) })).status >= 400);
});

/** A request as it stands, without what `fetch` tidies up. */
function raw(path: string, headers: Record<string, string> = {}) {
  const { hostname, port } = new URL(portal.url);
  return new Promise<{ status: number; headers: Record<string, unknown>; body: string }>((done, fail) => {
    const sent = httpRequest({ hostname, port, path, headers }, (answer) => {
      let body = '';
      answer.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      answer.on('end', () => done({ status: answer.statusCode ?? 0, headers: answer.headers, body }));
    });
    sent.on('error', fail).end();
  });
}

test('search finds by name, id, request number and place; pages hold what they promise', async () => {
  const auditor = await portal.as('902');
  const find = async (text: string) =>
    column((await auditor.get(`/api/cases?search=${encodeURIComponent(text)}`)).json, 'cases', 'request');
  const all = column((await auditor.get('/api/cases?limit=200')).json, 'cases', 'request');
  assert.ok(all.length >= 3);
  for (const text of ['lindqvist', '1001', 'removal-SUS-1001', ordered]) {
    assert.ok((await find(text)).includes(ordered), text);
  }
  assert.equal(await find("'; drop table people"), []);
  const paged: unknown[] = [];
  let next: unknown = '';
  while (next !== null) {
    const { json } = await auditor.get(`/api/cases?limit=1${next ? `&next=${encodeURIComponent(String(next))}` : ''}`);
    paged.push(...column(json, 'cases', 'request'));
    next = at(json, 'next');
  }
  assert.equal(paged.toSorted(), all.toSorted());
  isProblem(await auditor.get('/api/cases?next=AAAA'), 400, 'InvalidInput');
});

test('OpenAPI names every route of the API, and no other', async () => {
  const { json } = await visitor(portal.url).get('/api/openapi.json');
  assert.is(at(json, 'openapi'), '3.1.0');
  const named = Object.entries(Object(at(json, 'paths'))).flatMap(([path, methods]) =>
    Object.keys(Object(methods)).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
  );
  assert.equal(
    named.toSorted(),
    Object.values(routes)
      .map(({ method, path }) => `${method} ${path}`)
      .toSorted(),
  );
});

test('health and numbers', async () => {
  const someone = visitor(portal.url);
  assert.equal((await someone.get('/health/alive')).json, { alive: true });
  assert.is(at((await someone.get('/health')).json, 'ready'), true);
  await (await portal.as('1000')).post('/api/removals', { id: 'not an id' });
  const { text } = await someone.get('/metrics');
  for (const line of [
    /^aterkalla_open_cases\{state="detaching"\} \d+$/m,
    /^aterkalla_overdue_cases 0$/m,
    /^aterkalla_acts_total\{act="order",status="400"\} \d+$/m,
    /^temporal_/m,
  ])
    assert.match(text, line);
  assert.not.match(text, /Lindqvist|1001/);
});

test.run();
