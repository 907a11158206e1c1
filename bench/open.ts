import type { WorkflowHandle } from '@temporalio/client';
import { type AterkallaClient, createAterkalla } from '../client/aterkalla.ts';
import { ClientError } from '../client/errors.ts';
import { detach, openCase, proposeCase } from './case.ts';
import { deploy, memoryMB } from './deployment.ts';
import { quantile } from './numbers.ts';
import { detacherOf, employeeOf, managerOf, remover } from './people.ts';

/**
 * What open requests cost that wait for people: filled up to one size after the other on one system. One in ten waits for
 * somebody to detach, the others for their manager to decide, which fills it three times as fast.
 */

const SIZES = [1000, 10_000, 50_000];
/** So many requests are started at once while it is filled. */
const FILLERS = 60;
const ORDERED_OF = 10;
const ACTS = 60;
const QUESTIONS = 60;

export type OpenResult = { 'open requests': number } & Record<string, number>;

/** @param say told how it goes. @param sizes how many requests wait, growing. */
export async function measureOpen(say: (text: string) => void, sizes: readonly number[] = SIZES) {
  const largest = Math.max(...sizes);
  const deployment = await deploy({ employees: largest, program: 'worker.ts' });
  try {
    let worker = await deployment.startWorker();
    /** Those that wait for somebody to detach. */
    const open: { employee: string; handle: WorkflowHandle }[] = [];
    const results: OpenResult[] = [];
    const person = createAterkalla(deployment.client);
    /** Spreads over all that are open, so that what is asked about is as a rule not in the worker's cache. */
    const some = (count: number) =>
      Array.from({ length: count }, (_, number) => Math.floor(((number + 0.5) / count) * open.length));
    let employees = 0;

    for (const size of sizes.toSorted((a, b) => a - b)) {
      const begun = performance.now();
      const fill = async () => {
        while (employees < size) {
          const number = employees++;
          const employee = employeeOf(number);
          if (number % ORDERED_OF > 0) await proposeCase(deployment, employee);
          else open.push({ employee, handle: await openCase(deployment, 'removal', employee) });
          if ((number + 1) % 1000 === 0) say(`${number + 1} open`);
        }
      };
      await Promise.all(Array.from({ length: FILLERS }, fill));
      say(`filled to ${size} in ${Math.round((performance.now() - begun) / 1000)} s`);

      const memory = memoryMB(worker.pid);
      const acts: number[] = [];
      for (const at of some(ACTS).toReversed()) {
        const [one] = open.splice(at, 1);
        if (one) acts.push(await detach(one.handle, one.employee));
      }
      const listing = performance.now();
      await firstTasks(person);
      const listed = (performance.now() - listing) / 1000;
      const tasks: number[] = [];
      for (const at of some(QUESTIONS)) {
        const { employee = '' } = open[at] ?? {};
        for (const who of [detacherOf(employee), managerOf(employee)]) {
          const asked = performance.now();
          await person.tasks(who);
          tasks.push((performance.now() - asked) / 1000);
        }
      }
      await worker.end('SIGTERM');
      const cold = performance.now();
      worker = await deployment.startWorker();
      const [last] = open.splice(Math.floor(open.length / 2), 1);
      if (last) await detach(last.handle, last.employee);
      results.push({
        'open requests': size,
        'worker memory (MB)': memory,
        'act p50 (s)': quantile(acts, 0.5),
        'act p95 (s)': quantile(acts, 0.95),
        'first tasks after it was filled (s)': listed,
        'tasks of one person p50 (s)': quantile(tasks, 0.5),
        'tasks of one person p95 (s)': quantile(tasks, 0.95),
        'cold start to first answer (s)': (performance.now() - cold) / 1000,
      });
      say(JSON.stringify(results.at(-1)));
    }
    return results;
  } finally {
    await deployment.stop();
  }
}

/** Nobody has asked while it was filled: the worker lists first what has changed, and whoever asks may be told to try again. */
async function firstTasks(person: AterkallaClient): Promise<void> {
  for (;;) {
    try {
      await person.tasks(remover);
      return;
    } catch (error) {
      if (!(error instanceof ClientError && error.code === 'TryAgain')) throw error;
    }
  }
}
