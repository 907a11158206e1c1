import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { AnyStateMachine } from 'xstate';
import { readRegisterFile } from '../../outside/registerFile.ts';
import { isRecording, recordHistory } from './histories.ts';
import { type Model, newModel } from './pathModel.ts';
import { planPaths } from './pathPlan.ts';
import { runPath } from './pathRun.ts';
import type { Steps } from './pathSteps.ts';
import { startWorld, type World } from './world.ts';

/** What paths are made from: a machine, what can happen to it, and what tells two situations apart. */
export type Paths = { machine: AnyStateMachine; steps: Steps; key: (model: Model) => string };

/** Any Monday that is far from holidays: paths are planned on it, and run on the server's days. */
const PLANNED_ON = Date.parse('2027-02-01T09:00:00Z');
const sample = join(import.meta.dirname, '..', '..', 'register.sample.json');

/**
 * Makes the paths of a process and runs each as a named test of a real case; the last test prints the coverage and
 * fails below all of it. With RECORD=1 the histories are recorded.
 */
export async function testPaths(name: string, { machine, steps, key }: Paths): Promise<void> {
  const start = newModel(machine, await readRegisterFile(sample), PLANNED_ON);
  const paths = planPaths(start, steps, key);
  const taken = new Set<string>();
  const entered = new Set<string>();

  const tests = suite<{ world?: World }>(`Paths of ${name}`);
  tests.before(async () => {
    if (isRecording) await recordHistory.begin(name);
  });
  // A world for each: what an ended case left running would hold the test server's clock.
  tests.before.each(async (context) => {
    context.world = await startWorld();
  });
  tests.after.each(async ({ world }) => world?.stop());

  paths.forEach((path, index) => {
    const number = `${index + 1}`.padStart(2, '0');
    tests(`${number}: ${path.join(' → ')}`, async ({ world }) => {
      assert.ok(world);
      const { main } = await runPath(world, start, steps, path, (model) => {
        for (const each of model.taken) taken.add(each);
        for (const each of model.entered) entered.add(each);
      });
      if (isRecording && main) await recordHistory.add(`${name}-${number}`, main);
    });
  });

  tests('cover every state and every transition', () => {
    const { names, states } = start.transitions;
    const missing = [...states.filter((each) => !entered.has(each)), ...names.filter((each) => !taken.has(each))];
    console.log(
      `\n  ${name}: ${paths.length} paths came by ${entered.size} of ${states.length} states and ` +
        `${taken.size} of ${names.length} transitions`,
    );
    assert.equal(missing, [], 'no path came by these');
  });
  tests.run();
}
