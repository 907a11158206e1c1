import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { NativeConnection, Worker } from '@temporalio/worker';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseStatus } from '../activities/caseStatus.ts';
import { queryCase } from '../activities/queryCase.ts';
import { removalId } from '../machines/requestNumber.ts';
import { replayHistories } from '../scripts/replay.ts';
import { installRuntime } from '../worker.ts';
import type { CaseStatus } from '../workflows/caseStatus.ts';
import { type Deployment, startDeployment, until } from './support/deployment.ts';
import { assignmentOf, managerOf, registerOf } from './support/killPoints.ts';

/** Somebody asks where a case stands, at the worst of moments: whatever comes of it must come of it on a replay too. */

const employees = Array.from({ length: 8 }, (_, index) => String(100 + index));
const others = Array.from({ length: 12 }, (_, index) => String(200 + index));
const crowded = Array.from({ length: 6 }, (_, index) => String(250 + index));
const ending = Array.from({ length: 20 }, (_, index) => String(300 + index));

/** How often each of those who act at once does. */
const ROUNDS = 15;

const query = suite<{ d: Deployment }>('a query');
query.before(async (context) => {
  installRuntime();
  context.d = await startDeployment(registerOf([...employees, ...others, ...crowded, ...ending]));
});
query.after(({ d }) => d.stop());

query('that waited for a worker does not run ahead: every case can be replayed, and goes on', async ({ d }) => {
  const first = await d.startWorker();
  d.minSupport.behave({ kind: 'deaf' });
  const cases = await Promise.all(
    employees.map((employee) =>
      d.client.workflow.start('removal', {
        taskQueue: 'aterkalla',
        workflowId: removalId(employee),
        args: [{ id: employee, employee, system: 'SUS', by: managerOf(employee) }],
      }),
    ),
  );
  await until('all orders are under way', () => d.minSupport.calls.length >= cases.length);
  await first.kill();

  const asked = cases.map((handle) => handle.query<CaseStatus>('status'));
  await takeOrders(d, cases.length);
  const detach = (employee: string, id: string) =>
    d.client.workflow
      .getHandle(removalId(employee))
      .executeUpdate('detached', { args: [{ id, by: 'other', assignments: [assignmentOf(employee)] }] })
      // One that comes before the case knows of its order is refused, and may come again.
      .catch(() => {});
  const acts = employees.map((employee) => detach(employee, 'early'));
  await d.startWorker();
  await Promise.all([...asked, ...acts]);
  await Promise.all(employees.map((employee) => detach(employee, 'again')));
  for (const handle of cases)
    await until('it is to be removed', async () => (await handle.query<CaseStatus>('status')).state === 'removing');

  assert.equal(await notReplayed(cases), []);
});

query('comes again and again while signals out of order are dealt with: every case can be replayed', async ({ d }) => {
  d.minSupport.behave({ kind: 'ok' });
  const cases = await Promise.all(
    others.map(async (employee) => {
      const id = removalId(employee);
      const start = { id: employee, employee, system: 'SUS', by: managerOf(employee) };
      const handle = await d.client.workflow.start('removal', {
        taskQueue: 'aterkalla',
        workflowId: id,
        args: [start],
      });
      const signal = (name: string, round: number, payload: object) =>
        handle.signal(name, { id: `${name}-${round}`, ...payload }).catch(() => {});
      const lastAnswers = askAgainAndAgain(handle);
      await until('it is removed', async () => {
        const round = Date.now();
        await Promise.all([
          signal('removed', round, { by: 'admin' }),
          signal('detached', round, { by: 'other', assignments: [assignmentOf(employee)] }),
        ]);
        return (await handle.describe()).status.name === 'COMPLETED';
      });
      await lastAnswers();
      return handle;
    }),
  );
  assert.equal(await notReplayed(cases), []);
});

query('comes while several people act at once: every case can be replayed, and goes on', async ({ d }) => {
  d.minSupport.behave({ kind: 'ok' });
  const cases = await Promise.all(
    crowded.map(async (employee) => {
      const handle = await d.client.workflow.start('removal', {
        taskQueue: 'aterkalla',
        workflowId: removalId(employee),
        args: [{ id: employee, employee, system: 'SUS', by: managerOf(employee) }],
      });
      await until(
        'it waits for those who detach',
        async () => parseStatus(await queryCase(handle, 'status')).state === 'detaching',
      );
      const assignments = [assignmentOf(employee)];
      // Whoever may not changes nothing, so that there is no end to it.
      const act = (person: number, round: number) =>
        handle.executeUpdate('detached', { args: [{ id: `${person}-${round}`, by: 'admin', assignments }] }).then(
          () => assert.unreachable('only those who detach may'),
          () => {},
        );
      const people = Array.from({ length: 4 }, async (_, person) => {
        for (let round = 0; round < ROUNDS; round++) await act(person, round);
      });
      const lastAnswers = askAgainAndAgain(handle);
      await Promise.all(people);
      await lastAnswers();
      await handle.executeUpdate('detached', { args: [{ id: 'last', by: 'other', assignments }] });
      return handle;
    }),
  );
  assert.equal(await notReplayed(cases), []);
});

query('that comes just as a case ends is answered too', async ({ d }) => {
  const keep = async (employee: string) => {
    const start = { id: employee, employee, system: 'SUS', by: employee };
    const workflowId = removalId(employee);
    const handle = await d.client.workflow.start('removal', { taskQueue: 'aterkalla', workflowId, args: [start] });
    const lastAnswers = askAgainAndAgain(handle);
    await until('it waits', async () => parseStatus(await queryCase(handle, 'status')).state === 'deciding');
    await handle.executeUpdate('decided', { args: [{ id: 'no', by: managerOf(employee), decision: 'keep' }] });
    await lastAnswers();
    assert.is(parseStatus(await queryCase(handle, 'status')).state, 'kept');
    // Nobody reads it here, and it would cost a tenth of a worker's work (setup/workflowThreads.ts).
    assert.is(await queryCase(handle, '__stack_trace'), '');
  };
  const all = Promise.all(ending.map(keep));
  await Promise.race([all, wait(40_000).then(() => assert.unreachable('a question was never answered'))]);
});

/** Three at once ask where a case stands. @returns what has them stop, and waits for their last answers. */
function askAgainAndAgain(handle: WorkflowHandle): () => Promise<unknown> {
  let isOver = false;
  const asking = Promise.all(
    Array.from({ length: 3 }, async () => {
      while (!isOver) await queryCase(handle, 'status');
    }),
  );
  // It is waited for at the end.
  asking.catch(() => {});
  return () => {
    isOver = true;
    return asking;
  };
}

/** Why histories of these cases do not replay; nothing where all do. */
async function notReplayed(cases: readonly WorkflowHandle[]): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'aterkalla-histories-'));
  for (const handle of cases)
    writeFileSync(join(folder, `${handle.workflowId}.json`), historyToJSON(await handle.fetchHistory()));
  const { faults } = await replayHistories(folder);
  rmSync(folder, { recursive: true });
  return faults;
}

/** Has the orders taken by a worker that does nothing else: workflow tasks and queries wait for another. */
async function takeOrders({ server, client }: Deployment, count: number): Promise<void> {
  const connection = await NativeConnection.connect({ address: server.address });
  let taken = 0;
  const order = async () => ({ orderNumber: `T-${++taken}` });
  const worker = await Worker.create({ connection, taskQueue: 'aterkalla', activities: { order } });
  const running = worker.run();
  await until('all orders are taken', async () => {
    if (taken < count) return false;
    const histories = employees.map((employee) => client.workflow.getHandle(removalId(employee)).fetchHistory());
    return (await Promise.all(histories)).every(({ events }) =>
      events?.some((event) => event.activityTaskCompletedEventAttributes),
    );
  });
  worker.shutdown();
  await running;
  await connection.close();
}

query.run();
