import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { lightenWorkflowThreads } from '../setup/workflowThreads.ts';
import { prepareRunnerWorlds, type RunnerWorld, startRunnerWorld } from './support/runnerWorld.ts';

/** The SDK's workflow threads with one watchdog for each activation. */

const threads = suite<{ world?: RunnerWorld }>('A workflow thread');

threads.before(async (context) => {
  lightenWorkflowThreads();
  const bundle = await prepareRunnerWorlds(new URL('support/runnerCaseWorkflows.ts', import.meta.url));
  context.world = await startRunnerWorld(bundle, { isDevelopmentServer: true });
});
threads.after(({ world }) => world?.stop());

threads(
  'stops a workflow that loops for ever, which fails its task, and goes on with the others',
  async ({ world }) => {
    assert.ok(world);
    // One thread, so that whoever holds it would hold up everybody.
    await world.work('one', { workflowThreadPoolSize: 1 });
    const looping = await world.env.client.workflow.start('loops', { taskQueue: 'one', workflowId: 'looping' });
    const failure = await world.until('the task of the looping workflow fails', async () => {
      const { events } = await looping.fetchHistory();
      return events?.find(({ workflowTaskFailedEventAttributes }) => workflowTaskFailedEventAttributes);
    });
    assert.match(String(failure.workflowTaskFailedEventAttributes?.failure?.message), /timed out after 5000ms/);
    const other = await world.start('endsWhileAway', null, 'one');
    assert.equal((await other.result()).value, 'ended');
    assert.is((await looping.describe()).status.name, 'RUNNING');
    await looping.terminate();
  },
);

threads.run();
