import { runStatechart } from '../../workflows/statechart.ts';
import * as machines from './runnerCases.ts';

/** The machines of `runnerCases.ts` as workflows, and those that they invoke, each by its source's name. */

const caseNamed = (name: string) => {
  const found = machines.cases[name];
  if (!found) throw new Error(`there is no case "${name}"`);
  return found;
};

export function whole(name: string) {
  const { machine, input } = caseNamed(name);
  return runStatechart(machine, { input });
}

/** In a new run as soon as a history has this many events. */
export function cut(name: string) {
  const { machine, input } = caseNamed(name);
  return runStatechart(machine, { input, args: [name], continueAsNewAt: 8 });
}

export async function refused(name: string) {
  const found = machines.refused[name];
  if (found) await runStatechart(found.machine(), { input: undefined });
}

/** Ends by itself, while a signal waits for facts that cannot be had. */
export const endsWhileAway = () =>
  runStatechart(machines.endsByItself, {
    input: undefined,
    events: { go: { safeParse: (data) => ({ success: true, data }) } },
    lookUp: () => Promise.reject(new Error('the facts cannot be had')),
  });

/** Never gives the thread back. */
export function loops() {
  for (;;);
}

export const kid = () => runStatechart(machines.kid, { input: undefined });
export const quietKid = () => runStatechart(machines.quietKid, { input: undefined });
export const tellingKid = () => runStatechart(machines.tellingKid, { input: undefined });
