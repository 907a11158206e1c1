import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { removeOne, type WorkflowType } from '../bench/case.ts';
import { type Deployment, deploy } from '../bench/deployment.ts';
import { employeeOf } from '../bench/people.ts';
import { type Cost, compared, costOf } from './support/history.ts';

/** What following a statechart costs, held against the same steps written by hand, on the same server and worker. */

const count = suite<{ deployment?: Deployment }>('the events of a removal');
/** Whether two mails that end at nearly the same time make one workflow task or two is chance: so several rounds. */
const ROUNDS = 5;

count.before(async (context) => {
  context.deployment = await deploy({ employees: 2 * ROUNDS, program: 'bench/worker.ts' });
  await context.deployment.startWorker();
});
count.after(({ deployment }) => deployment?.stop());

count('are at most two more than those of the same steps by hand, rights checks included', async ({ deployment }) => {
  assert.ok(deployment);
  let employees = 0;
  const remove = async (type: WorkflowType) =>
    costOf((await removeOne(deployment, type, employeeOf(employees++))).handle);
  const ours: Cost[] = [];
  const byHand: Cost[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    ours.push(await remove('removal'));
    byHand.push(await remove('handwritten'));
  }
  const [one, other] = [luckiest(ours), luckiest(byHand)];
  console.log(`\n${compared(['statechart', 'by hand'], [one, other])}`);
  console.log(`events in each round: ${ours.map(({ events }) => events)} and ${byHand.map(({ events }) => events)}`);
  assert.is(other.byType.MarkerRecorded, 5, 'by hand, too: a first look, and for each act the rights and the work');
  assert.ok(one.events - other.events <= 2, `${one.events} events, by hand ${other.events}`);
});

/** The round with the fewest events: the one in which both mails ended in one task. */
function luckiest(costs: Cost[]): Cost {
  const [first] = costs.toSorted((a, b) => a.events - b.events);
  assert.ok(first);
  return first;
}

count.run();
