import * as assert from 'uvu/assert';
import type { CaseStatus } from '../../workflows/caseStatus.ts';
import { contextOf, isDone, type Model } from './pathModel.ts';
import { takeStep } from './pathPlan.ts';
import { type Run, type Steps, skipTo } from './pathSteps.ts';
import type { World } from './world.ts';

/** Runs paths as real cases, each step held against the model. */

const DAY = 24 * 3_600_000;
/** In UTC: forenoon in Stockholm, summer and winter. */
const HOUR = 9;

/** Goes on to the next Monday forenoon, so that every path runs on the same days of the week. */
async function nextMonday(world: World): Promise<number> {
  const now = await world.now();
  const today = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate(), HOUR);
  const monday = today + ((8 - now.getUTCDay()) % 7 || 7) * DAY;
  await skipTo(world, monday);
  return monday;
}

/**
 * Runs one path in the real world.
 *
 * @param start the model before anything has happened; its time is that of the world.
 * @param saw takes the model after each step that the real case has followed.
 * @returns the case, which has ended.
 * @throws where the case is not where the model is after a step, naming the step and both.
 */
export async function runPath(
  world: World,
  start: Model,
  steps: Steps,
  path: string[],
  saw: (model: Model) => void,
): Promise<Run> {
  await world.fresh();
  world.minSupport.orders.length = 0;
  const run: Run = { world, main: null, others: [] };
  try {
    let model = { ...start, now: await nextMonday(world) };
    for (const name of path) {
      const now = (await world.now()).getTime();
      model = takeStep({ ...model, now: Math.max(now, model.now) }, steps, name);
      await steps[name]?.inWorld(run, model);
      if (run.main) await follow(world, run.main, model, `after "${name}" in: ${path.join(' → ')}`);
      saw(model);
    }
    assert.ok(isDone(model), 'a path goes to an end');
    return run;
  } finally {
    await endAll(run);
  }
}

async function follow(world: World, handle: NonNullable<Run['main']>, model: Model, where: string): Promise<void> {
  const expected = situationOf(model.snapshot?.value, contextOf(model)?.record ?? []);
  let last: CaseStatus | undefined;
  const isThere = (status: CaseStatus) => {
    last = status;
    return JSON.stringify(situationOf(status.value, status.record)) === JSON.stringify(expected);
  };
  await world.until(handle, isThere).catch((error: unknown) => {
    if (!last) throw error;
    assert.equal(situationOf(last.value, last.record), expected, where);
  });
}

/** What model and real case must agree in: the state value, and what has happened, where two things at once have no order. */
const situationOf = (value: unknown, record: CaseStatus['record']) => ({
  value: sorted(value),
  record: record
    .map(({ step, by, for: deputyFor, roles, assignments, warnings, to }) =>
      JSON.stringify({ step, by: by?.replace(/-.*$/, ''), for: deputyFor, roles, assignments, warnings, to }),
    )
    .toSorted(),
});

/** The regions of a parallel state in one order. */
const sorted = (value: unknown): unknown =>
  typeof value === 'object' && value !== null
    ? Object.fromEntries(
        Object.entries(value)
          .toSorted(([a], [b]) => (a < b ? -1 : 1))
          .map(([key, inner]) => [key, sorted(inner)]),
      )
    : value;

/** No case is left that would act on the next path's people. */
async function endAll({ main, others }: Run): Promise<void> {
  // One that has ended by itself cannot be ended.
  for (const handle of [main, ...others]) await handle?.terminate('the path is over').catch(() => {});
}
