import { setTimeout as wait } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { defineSearchAttributeKey } from '@temporalio/common';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type CaseStatus, parseStatus } from '../activities/caseStatus.ts';
import { createCaseActivities } from '../activities/cases.ts';
import { followCases } from '../activities/followCases.ts';
import { type CaseFilters, listAll } from '../activities/listCases.ts';
import { tasksOf } from '../activities/mayAct.ts';
import { createAsk } from '../client/ask.ts';
import { createAterkalla } from '../client/aterkalla.ts';
import { startWorld, type World } from './support/world.ts';

/** What waits for a person, from the list of cases and the register: however many are open, no case is asked. */

const tasks = suite<{ world?: World }>('The tasks of a person');
const everybody = ['1000', '1001', '1002', '1003', '1004', '1005', '1009', '1010', '2000'];
const FINISHED_BEFORE = '2024-01-02';

tasks.before(async (context) => {
  context.world = await startWorld({ isDevelopmentServer: true });
});
tasks.after(({ world }) => world?.stop());

/** The world's client, on which each case that is asked is noted. */
function watched({ env }: World): { client: Client; asked: string[] } {
  const asked: string[] = [];
  const getHandle: typeof env.client.workflow.getHandle = (workflowId, ...more) => {
    asked.push(workflowId);
    return env.client.workflow.getHandle(workflowId, ...more);
  };
  const workflow = new Proxy(env.client.workflow, {
    get: (target, name) => (name === 'getHandle' ? getHandle : Reflect.get(target, name)),
  });
  const client = new Proxy(env.client, {
    get: (target, name) => (name === 'workflow' ? workflow : Reflect.get(target, name)),
  });
  return { client, asked };
}

/** Waits until the list shows these open cases alone: it follows the cases within moments. */
async function listed({ env }: World, states: string[]): Promise<void> {
  const query = "ExecutionStatus = 'Running'";
  for (const end = Date.now() + 30_000; ; ) {
    const found = (await listAll(env.client, query)).map(({ state }) => state).sort();
    if (found.join() === states.toSorted().join()) return;
    if (Date.now() > end) assert.equal(found, states.toSorted());
  }
}

tasks('aside, the list of an employee follows what is started and what ends, page by page', async ({ world }) => {
  assert.ok(world);
  // First of all, while there are no other cases.
  await world.fresh();
  const { client } = world.env;
  const { register } = world.outside;
  const { cases } = createCaseActivities({ register, client, kept: followCases(client) });
  const list = async (reader: string, filters: CaseFilters = {}) => {
    const pages: string[] = [];
    let next: string | undefined;
    do {
      const page = await cases({ reader, filters, atMost: 2, ...(next && { next }) });
      pages.push(page.cases.map(({ request, state }) => `${request} ${state}`).join(', '));
      next = page.next ?? undefined;
    } while (next);
    return pages;
  };
  const shows = async (expected: string[], reader: string, filters?: CaseFilters) => {
    for (const end = Date.now() + 30_000; ; ) {
      const found = await list(reader, filters);
      if (found.join('; ') === expected.join('; ')) return;
      if (Date.now() > end) assert.equal(found, expected);
    }
  };
  const names: string[] = [];
  for (let n = 0; n < 3; n++) {
    const handle = await world.remove('1005', '1000');
    const { request } = await world.inState(handle, 'removing');
    const before = names.toReversed().map((name) => `${name} withdrawn`);
    const all = [`${request} removing`, ...before];
    await shows(n < 2 ? [all.join(', ')] : [all.slice(0, 2).join(', '), all.slice(2).join(', ')], '1000');
    await shows([`${request} removing`], '1000', { open: true });
    await world.act(handle, 'withdrawn', { by: '1000', reason: 'behövs' });
    await world.ended(handle);
    names.push(request);
  }
  const [third, second, first] = names.toReversed().map((name) => `${name} withdrawn`);
  for (const filters of [{}, { employees: ['1005', '1004'] }, { ended: true }])
    await shows([`${third}, ${second}`, `${first}`], '1000', filters);
  await shows([''], '1000', { open: true });
  await shows([`${third}, ${second}`, `${first}`], '1005');
  await shows(['', ''], '2000', { employee: '1005' });
  await shows([''], '2000');
});

tasks(
  'aside, the list of open cases finds what leaves no trace of its time: looked for beside, now and then',
  async ({ world }) => {
    assert.ok(world);
    await world.fresh();
    const { client } = world.env;
    const never = Number.POSITIVE_INFINITY;
    const usual = { listedWithin: 0, listedLate: 120_000, lookBack: never, load: never };
    const followed = {
      byChanges: followCases(client, usual),
      lookingBack: followCases(client, { ...usual, lookBack: 100 }),
      loading: followCases(client, { ...usual, lookBack: 100, load: 200 }),
    };
    const has = async (kept: keyof typeof followed, id: string) =>
      (await followed[kept].open()).some(({ workflowId }) => workflowId === id);
    const until = async (kept: keyof typeof followed, id: string, isThere: boolean) => {
      for (const end = Date.now() + 30_000; (await has(kept, id)) !== isThere; )
        assert.ok(Date.now() < end, `${kept}: ${id} is ${isThere ? 'not there' : 'still there'}`);
    };
    // The first to ask sees it listed; the others list all that is open when they are asked first.
    const kinds = ['loading', 'lookingBack', 'byChanges'] as const;

    // Ended from outside, a case does not say so itself.
    const handle = await world.remove('1005', '1000');
    await world.inState(handle, 'removing');
    for (const kept of kinds) await until(kept, handle.workflowId, true);
    await handle.terminate('by the operator');
    await until('lookingBack', handle.workflowId, false);
    await until('loading', handle.workflowId, false);
    assert.ok(await has('byChanges', handle.workflowId), 'its attributes have not changed');

    // Nobody has begun with it, so that it has no time of its own yet.
    const waiting = await client.workflow.start('removal', {
      workflowId: 'removal-SUS-1004',
      taskQueue: 'nobody-works-here',
      typedSearchAttributes: [
        { key: defineSearchAttributeKey('Process', 'KEYWORD'), value: 'removal' },
        { key: defineSearchAttributeKey('Employee', 'KEYWORD'), value: '1004' },
      ],
    });
    await until('loading', waiting.workflowId, true);
    assert.not.ok(await has('lookingBack', waiting.workflowId), 'no change of it is dated');
    await waiting.terminate('the next test');
  },
);

tasks('are the same as what each case says itself, and no case is asked', async ({ world }) => {
  assert.ok(world);
  await world.fresh();
  const { register } = world.outside;
  const cases = [
    await world.remove('1002', '1000', { roles: ['participantManager'] }),
    await world.remove('1004', '1004', { reason: 'Behövs inte' }),
    await world.remove('1005', '1000'),
    // Nobody else is a collaboration administrator there: that falls to the authorisation administration.
    await world.remove('2001', '2000', { acknowledged: ['last-administrator:finsam-sodra'] }),
    await world.leaves('2003', '2000', FINISHED_BEFORE),
  ];
  const states = ['detaching', 'deciding', 'removing', 'detaching', 'detaching'];
  const statuses: CaseStatus[] = [];
  for (const [index, handle] of cases.entries())
    statuses.push(parseStatus(await world.inState(handle, states[index] ?? '')));
  await listed(world, states);

  const { client, asked } = watched(world);
  const { tasks: tasksFor } = createCaseActivities({ register, client, kept: followCases(client) });
  for (const person of everybody) {
    const found = await tasksFor({ person });
    const expected: typeof found = [];
    for (const status of statuses)
      expected.push(...tasksOf(await register.facts(status.employee, 'SUS'), status, person));
    const plain = (all: typeof found) =>
      all
        .map(({ asOf: _, ...task }) => task)
        .sort((a, b) => (a.request + a.assignments < b.request + b.assignments ? -1 : 1));
    assert.equal(plain(found), plain(expected), person);
    assert.ok(
      found.every(({ guidance }) => guidance),
      'each says what to do in SUS',
    );
    assert.equal(
      asked.filter((workflowId) => !workflowId.startsWith('leaves')),
      [],
      'a removal',
    );
    // Of a leaver's assignments some may have been accepted as stranded, which the case alone knows.
    if (found.some(({ process }) => process !== 'removal')) assert.ok(asked.length > 0);
  }
});

tasks('are asked of the case where the register no longer shows what it waits for', async ({ world }) => {
  assert.ok(world);
  await world.fresh();
  const handle = await world.remove('1002', '1000', { roles: ['participantManager'] });
  const { request } = await world.inState(handle, 'detaching');
  await listed(world, ['detaching']);
  const { register } = world.outside;
  await register.detachAssignment('a5');
  const { client, asked } = watched(world);
  const [task] = await createCaseActivities({ register, client, kept: followCases(client) }).tasks({
    person: '1003',
  });
  assert.equal([task?.request, task?.assignments], [request, ['a5']], 'whoever was asked still finds it, and says so');
  assert.is(asked.length, 1);
});

tasks('aside, a search of cases narrows further where an employee is named too', async ({ world }) => {
  assert.ok(world);
  await world.fresh();
  for (const employee of ['1004', '1005']) await world.inState(await world.remove(employee, employee), 'deciding');
  await listed(world, ['deciding', 'deciding']);
  const { client } = world.env;
  const { register } = world.outside;
  const { cases } = createCaseActivities({ register, client, kept: followCases(client) });
  const found = async (filters: CaseFilters) =>
    (await cases({ filters: { ...filters, open: true } })).cases.map(({ employee }) => employee).sort();
  assert.equal(await found({ employees: ['1004', '1005'] }), ['1004', '1005']);
  assert.equal(await found({ employees: ['1004', '1005'], employee: '1005' }), ['1005']);
  assert.equal(await found({ employees: ['1004'], employee: '1005' }), []);
  assert.equal(await found({ employees: [] }), []);
});

tasks(
  'of the authorisation administration come and go with the cases, also where one is ended from outside',
  async ({ world }) => {
    assert.ok(world);
    await world.fresh();
    const { register } = world.outside;
    const { client } = world.env;
    const { tasks: tasksFor } = createCaseActivities({ register, client, kept: followCases(client) });
    const requests = async () => (await tasksFor({ person: '1009' })).map(({ request }) => request);
    assert.equal(await requests(), []);

    const first = await world.remove('1005', '1000');
    const { request } = await world.inState(first, 'removing');
    await listed(world, ['removing']);
    assert.equal(await requests(), [request]);
    await world.env.client.workflow.getHandle(first.workflowId).terminate();
    await listed(world, []);
    // That it ended so is looked for now and then.
    for (const end = Date.now() + 60_000; (await requests()).length > 0 && Date.now() < end; ) await wait(500);
    assert.equal(await requests(), []);

    const second = await world.remove('1005', '1000');
    const again = await world.inState(second, 'removing');
    await listed(world, ['removing']);
    assert.equal(await requests(), [again.request]);
    await world.act(second, 'removed', { by: '1009' });
    await world.ended(second);
    await listed(world, []);
    assert.equal(await requests(), []);
  },
);

tasks('are told while hundreds of orders wait for a Min Support that says nothing', async ({ world }) => {
  assert.ok(world);
  const employees = Array.from({ length: 300 }, (_, number) => `9${number}`);
  await world.fresh((file) => {
    const like = file.people.find(({ id }) => id === '1005');
    assert.ok(like);
    for (const id of employees) {
      file.people.push({ ...like, id });
      file.authorisations.push({ person: id, system: 'SUS', roles: ['participantManager'] });
    }
  });
  world.minSupport.behave({ kind: 'hang' });
  await Promise.all(employees.map((employee) => world.remove(employee, '1000')));
  await listed(
    world,
    employees.map(() => 'ordering'),
  );
  const client = createAterkalla(world.env.client);
  assert.equal(await client.tasks('1009'), []);
});

/** The same, with each call of one method told beforehand. */
const telling = <Target extends object>(target: Target, method: string, tell: () => void): Target =>
  new Proxy(target, {
    get(from, name) {
      const found: unknown = Reflect.get(from, name);
      if (name !== method || typeof found !== 'function') return found;
      return (...given: unknown[]): unknown => {
        tell();
        return Reflect.apply(found, from, given);
      };
    },
  });

tasks('aside, the questions of one process wait for each other, and all are answered', async ({ world }) => {
  assert.ok(world);
  let [asked, most] = [0, 0];
  const { client } = world.env;
  const activity = telling(client.activity, 'start', () => {
    most = Math.max(most, ++asked);
  });
  const workflowService = telling(client.workflowService, 'deleteActivityExecution', () => asked--);
  const ask = createAsk(
    new Proxy(client, {
      get: (from, name) =>
        name === 'activity' ? activity : name === 'workflowService' ? workflowService : Reflect.get(from, name),
    }),
  );
  const answers = await Promise.all(Array.from({ length: 100 }, () => ask('language', { person: '1000' })));
  assert.equal([...new Set(answers)], ['sv']);
  assert.is(most, 20);
});

tasks.run();
