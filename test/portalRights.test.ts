import { randomUUID } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type RouteName, routes } from '../portal/api.ts';
import { at } from './support/commandLine.ts';
import { type PortalSystem, startPortalSystem } from './support/portalSystem.ts';

/** Every route × every kind of person. A route or a kind without an expectation does not compile. */

const people = {
  nobody: null,
  employee: '1001',
  manager: '1000',
  deputy: '1002',
  detacher: '1003',
  administration: '1009',
  humanResources: '901',
  auditor: '902',
  colleague: '1004',
  otherManager: '2000',
  managersManager: '900',
} as const;
type Kind = keyof typeof people;
const kinds = Object.keys(people).filter((kind): kind is Kind => kind in people);

type Expected = Record<Kind, number>;
const everybody = (status: number): Expected => ({
  nobody: status,
  employee: status,
  manager: status,
  deputy: status,
  detacher: status,
  administration: status,
  humanResources: status,
  auditor: status,
  colleague: status,
  otherManager: status,
  managersManager: status,
});
const loggedInOnly = { ...everybody(200), nobody: 401 };
/** Those who may know of 1001's case: all others are told that there is none. */
const strangers = { ...everybody(404), nobody: 401 };
const readers = {
  ...strangers,
  employee: 200,
  manager: 200,
  deputy: 200,
  administration: 200,
  humanResources: 200,
  auditor: 200,
};
/** Who may know of it, but not do it, before those who may are put in. */
const refused = {
  ...strangers,
  employee: 403,
  manager: 403,
  deputy: 403,
  administration: 403,
  humanResources: 403,
  auditor: 403,
};
const deciders = { ...refused, manager: 200, deputy: 200 };
const administration = { ...refused, administration: 200 };
const leaverDeciders = { ...deciders, humanResources: 200 };

const matrix: Record<RouteName, Expected> = {
  me: everybody(200),
  language: everybody(200),
  logout: loggedInOnly,
  staff: loggedInOnly,
  deputies: loggedInOnly,
  preview: readers,
  order: { ...deciders, employee: 200, administration: 200 },
  leaves: leaverDeciders,
  tasks: loggedInOnly,
  cases: loggedInOnly,
  casesCsv: loggedInOnly,
  case: { ...readers, detacher: 200 },
  events: { ...readers, detacher: 200 },
  chart: loggedInOnly,
  undone: deciders,
  withdrawn: { ...deciders, detacher: 403 },
  decided: deciders,
  detached: { ...refused, detacher: 200 },
  strandedAccepted: { ...administration, detacher: 403 },
  removed: administration,
  returned: administration,
  dateChanged: leaverDeciders,
  stays: leaverDeciders,
  alive: everybody(200),
  health: everybody(200),
  metrics: everybody(200),
  openapi: everybody(200),
};

const test = suite('rights in the portal');
let portal: PortalSystem;
test.before(async () => {
  portal = await startPortalSystem();
});
test.after(() => portal?.stop());

let open: string[] = [];
/** Ends what is open and makes the register as it was, so that the next one starts alike. */
async function fresh(): Promise<void> {
  for (const request of open) {
    const who = { by: '1000', reason: 'the next one' };
    const end = request.startsWith('leaves-') ? portal.library.stays : portal.library.withdraw;
    // It may have ended, or be about to.
    await end(request, who).catch(() => {});
    for (const limit = Date.now() + 30_000; (await portal.library.status(request)).outcome === null; )
      if (Date.now() > limit) throw new Error(`${request} does not end`);
  }
  open = [];
  await portal.library.register.import(sample);
}
let sample: unknown;

const keep = async (answer: Promise<{ request: string }>): Promise<string> => {
  const { request } = await answer;
  open.push(request);
  return request;
};
/** A case of 1001 as each route needs it. */
const cases = {
  ordered: () => keep(portal.library.remove('1001', { by: '1000' })),
  undoable: () => keep(portal.library.remove('1001', { by: '1000', undoFor: 600 })),
  proposed: () => keep(portal.library.remove('1001', { by: '1001' })),
  detached: async () => {
    const request = await cases.ordered();
    await portal.reaches(request, 'detaching');
    await portal.library.detached(request, ['a1'], { by: '1003' });
    return request;
  },
  leaves: () => keep(portal.library.leaves('1001', { by: '1000', on: '2090-06-01' })),
  leftAlready: () => keep(portal.library.leaves('1001', { by: '1000', on: '2024-01-02' })),
};

const make: { [Name in RouteName]?: { case?: () => Promise<string>; state?: string; body?: Record<string, unknown> } } =
  {
    language: { body: { language: 'sv' } },
    order: { body: { employee: '1001' } },
    leaves: { body: { employee: '1001', lastWorkingDay: '2090-06-01' } },
    case: { case: cases.ordered, state: 'detaching' },
    events: { case: cases.ordered, state: 'detaching' },
    undone: { case: cases.undoable, body: {} },
    withdrawn: { case: cases.ordered, state: 'detaching', body: { reason: 'r' } },
    decided: { case: cases.proposed, body: { decision: 'keep' } },
    detached: { case: cases.ordered, state: 'detaching', body: { assignments: ['a1'] } },
    strandedAccepted: { case: cases.leftAlready, state: 'detaching', body: { assignments: ['a1'], note: 'n' } },
    removed: { case: cases.detached, body: {} },
    returned: { case: cases.detached, body: { reason: 'r' } },
    dateChanged: { case: cases.leaves, body: { lastWorkingDay: '2090-06-02' } },
    stays: { case: cases.leaves, body: { reason: 'r' } },
  };

test('the sample register is there', async () => {
  sample = await portal.library.register.show();
});

for (const [name, expected] of Object.entries(matrix)) {
  if (!isRoute(name)) continue;
  const { method, path } = routes[name];
  const changes = method !== 'GET' && !['language', 'logout'].includes(name);

  test(`${method} ${path}`, async () => {
    await fresh();
    const made = make[name] ?? {};
    const begin = async () => {
      const request = (await made.case?.()) ?? '';
      if (request && made.state) await portal.reaches(request, made.state);
      return request;
    };
    let request = await begin();
    // First those who are refused, all on one case; then each of the others on one of their own.
    for (const kind of kinds.toSorted((a, b) => expected[b] - expected[a])) {
      const before = request && changes ? await portal.library.status(request) : null;
      const someone = await portal.as(people[kind]);
      const url = path.replace(':request', request).replace(':employee', '1001').replace(':process', 'removal');
      const abort = new AbortController();
      const ids = ['language', 'logout'].includes(name) ? {} : { id: randomUUID() };
      const answer =
        method === 'GET'
          ? await someone.fetch(url, { signal: abort.signal })
          : await someone.send(method, url, name === 'logout' ? undefined : { ...ids, ...made.body });
      assert.is(answer.status, expected[kind], `${method} ${url} as ${kind}`);
      abort.abort();
      if (name === 'logout' && people[kind] !== null) await someone.login(people[kind] ?? '');
      if (!changes) continue;
      if (answer.status === 200) {
        if (name === 'order' || name === 'leaves')
          open.push(String(at('json' in answer ? answer.json : null, 'request')));
        await fresh();
        request = await begin();
      } else if (before) {
        // What the process does by itself, a reminder e.g., may come in between.
        const acts = ({ record }: typeof before) => record.filter(({ by }) => by);
        assert.equal(acts(await portal.library.status(request)), acts(before), `${kind} changed it`);
      }
    }
  });
}

test('who may not know of a case is told the same as of one that does not exist', async () => {
  await fresh();
  const request = await cases.ordered();
  await portal.reaches(request, 'detaching');
  const stranger = await portal.as(people.colleague);
  const other = 'removal-SUS-1001-zzzzzz';
  for (const [there, missing] of [
    [await stranger.get(`/api/cases/${request}`), await stranger.get(`/api/cases/${other}`)],
    [await stranger.get(`/api/cases/${request}/events`), await stranger.get(`/api/cases/${other}/events`)],
    [await stranger.get('/api/employees/1001/preview'), await stranger.get('/api/employees/9999/preview')],
    [
      await stranger.post(`/api/cases/${request}/removed`, { id: 'x' }),
      await stranger.post(`/api/cases/${other}/removed`, { id: 'x' }),
    ],
    [
      await stranger.post('/api/removals', { id: 'x', employee: '1001' }),
      await stranger.post('/api/removals', { id: 'x', employee: '9999' }),
    ],
  ] as const) {
    assert.is(there.status, 404);
    assert.equal([there.status, there.text], [missing.status, missing.text]);
  }
});

test('lists hold what may be read, and nothing else; as JSON and as CSV', async () => {
  await fresh();
  const request = await cases.ordered();
  await portal.reaches(request, 'detaching');
  for (const kind of kinds.filter((kind) => kind !== 'nobody')) {
    const someone = await portal.as(people[kind]);
    const mayRead = matrix.case[kind] === 200;
    // The list of cases follows within moments.
    for (const limit = Date.now() + 10_000; ; ) {
      const [list, csv] = [await someone.get('/api/cases?is=open'), await someone.get('/api/cases.csv?is=open')];
      const found = [list.text.includes(request), csv.text.includes(request)];
      if (found.every((isThere) => isThere === mayRead)) break;
      if (Date.now() > limit) assert.equal(found, [mayRead, mayRead], kind);
    }
    const { json } = await someone.get('/api/tasks');
    assert.is(at(json, 'total'), kind === 'detacher' ? 1 : 0, `tasks of ${kind}`);
  }
});

test('only auditors get a link to Temporal UI', async () => {
  const [request = ''] = open;
  for (const kind of ['auditor', 'manager', 'administration'] as const) {
    const { json } = await (await portal.as(people[kind])).get(`/api/cases/${request}`);
    assert.is(typeof at(json, 'temporalUi') === 'string', kind === 'auditor', kind);
    const list = (await (await portal.as(people[kind])).get('/api/cases')).json;
    assert.is(typeof at(list, 'cases.0.temporalUi') === 'string', kind === 'auditor', `the list of ${kind}`);
  }
});

test('a role that is taken away during a session takes the rights with it at once', async () => {
  const [request = ''] = open;
  const detacher = await portal.as(people.detacher);
  assert.is((await detacher.get(`/api/cases/${request}`)).status, 200);
  await portal.library.register.set('1003', ['interventionManager']);
  assert.is((await detacher.get(`/api/cases/${request}`)).status, 404);
  assert.is((await detacher.post(`/api/cases/${request}/detached`, { id: 'd', assignments: ['a1'] })).status, 404);
  assert.is(at((await detacher.get('/api/tasks')).json, 'total'), 0);
  assert.is((await portal.library.status(request)).state, 'detaching');
});

function isRoute(name: string): name is RouteName {
  return name in routes;
}

test.run();
