import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createCaseSources } from '../activities/otherCases.ts';
import { leavesId, removalId } from '../machines/requestNumber.ts';
import type { CaseStatus } from '../workflows/caseStatus.ts';
import { type Deployment, startDeployment, until } from './support/deployment.ts';
import { failedTasks } from './support/failedTasks.ts';
import { finish, type Held, managerOf, type Point, points, type Run, registerOf } from './support/killPoints.ts';

/** A worker is killed in the middle of each activity, and between doing and reporting; another one takes over. */

const waves = { before: wave('before', 100), after: wave('after', 200) };
function wave(when: Held, from: number) {
  return points
    .filter((point) => point.when.includes(when))
    .map((point, index) => ({ point, employee: String(from + index) }));
}

const kill = suite<{ d: Deployment }>('a killed worker');
kill.before(async (context) => {
  context.d = await startDeployment(registerOf([...waves.before, ...waves.after].map(({ employee }) => employee)));
});
kill.after(({ d }) => d.stop());

for (const when of ['before', 'after'] as const)
  kill(
    `${when} the effect of each activity: ${waves[when].map(({ point }) => point.name).join(', ')}`,
    async ({ d }) => {
      const first = await d.startWorker();
      const all = waves[when].map(({ point, employee }) => ({
        point,
        run: { d, employee, id: `start-${employee}`, handle: d.client.workflow.getHandle(removalId(employee)) },
      }));
      await Promise.all(all.map(({ point, run }) => point.prepare?.(run)));
      const answers: Promise<unknown>[] = [];
      const reach = async (some: typeof all) => {
        const held = some.map(({ point, run }) => point.hold(run, when));
        answers.push(...some.map(({ point, run }) => point.trigger(run)));
        await Promise.all(held.map((each, index) => within(10_000, `${some[index]?.point.name} is not reached`, each)));
      };
      await reach(all.filter(({ point }) => !point.short));
      await reach(all.filter(({ point }) => point.short));
      await first.kill();
      d.proxy.release();
      for (const { run } of all) releaseMoods(run);
      const killed = Date.now();

      const second = await d.startWorker();
      await Promise.all(answers);
      const took: Record<string, number> = {};
      await Promise.all(
        all.map(async ({ point, run }) => {
          await until(`${point.name} is over`, async () => point.over(await run.handle.query<CaseStatus>('status')));
          took[point.name] = Date.now() - killed;
        }),
      );
      console.log(`\nkilled ${when} the effect; went on after ms: ${JSON.stringify(took)}`);
      for (const { point, run } of all) await check(point, run, await finish(run));
      await second.kill();
    },
  );

function releaseMoods({ d, employee }: Run) {
  void d.minSupport.behaveTo(employee, { kind: 'ok' });
  for (const person of [employee, managerOf(employee)]) void d.smtp.behaveTo(`${person}@example.org`, 'ok');
}

async function within<T>(milliseconds: number, otherwise: string, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(new Error(otherwise)), milliseconds);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Nothing is lost and nothing done twice: record, orders, mails, register, history. */
async function check(point: Point, { d, employee, handle }: Run, status: CaseStatus) {
  const { name } = point;
  assert.equal(
    status.record.map(({ step }) => step),
    point.steps,
    name,
  );
  const orders = d.minSupport.orders.filter(({ order }) => order.employee === employee);
  assert.equal(
    orders.map(({ cancelled }) => (cancelled ? 'cancelled' : 'sent')),
    point.orders ?? ['sent'],
    name,
  );
  if (status.outcome === 'removed') {
    assert.equal((await d.register.facts(employee, 'SUS')).roles, [], name);
    for (const person of [employee, managerOf(employee)]) {
      const mails = d.smtp.mails.filter(
        ({ to, headers }) => to.includes(`${person}@example.org`) && headers['x-aterkalla-occasion'] === 'confirmation',
      );
      assert.ok(mails.length > 0, `${name}: ${person} has a confirmation`);
      assert.equal(new Set(mails.map(({ headers, text }) => headers['message-id'] + text)).size, 1, name);
    }
  }
  assert.equal(await failedTasks(handle), [], name);
}

kill(
  'a leaver’s case that was killed while it took over goes on, and taking over again answers the same',
  async ({ d }) => {
    const at = waves.before.find(({ point }) => point.name === 'supersedeRemoval');
    assert.ok(at);
    const { employee } = at;
    await d.startWorker();
    const run = { d, employee, id: 'leaver', handle: d.client.workflow.getHandle(leavesId(employee)) };
    const end = await finish(run);
    assert.equal(
      end.record.map(({ step }) => step),
      ['leaves', 'begun', 'tookOver', 'escalated', 'detached', 'removed', 'gone', 'confirmed', 'confirmed'],
    );
    const removal = await d.client.workflow.getHandle(removalId(employee)).query<CaseStatus>('status');
    assert.is(removal.outcome, 'superseded');
    assert.is(end.record.find(({ step }) => step === 'tookOver')?.note, removal.request);
    const again = createCaseSources(d.client).supersedeRemoval({ employee, system: 'SUS', by: end.request });
    assert.equal(await again, { superseded: removal.request });
    assert.equal(await failedTasks(run.handle), []);
  },
);

kill.run();
