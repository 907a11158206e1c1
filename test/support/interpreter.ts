import { setImmediate as turn } from 'node:timers/promises';
import { type AnyEventObject, createActor, SimulatedClock } from 'xstate';
import { type Question, randomMachine, type StateSpec } from './randomMachine.ts';

/** A random machine in XState's own interpreter, on a clock that moves when it is told to: what the runner must equal. */
export type Interpreter = ReturnType<typeof interpret>;

type Pending = { question: Question; stopped: AbortSignal; resolve(output: unknown): void; reject(error: Error): void };

export function interpret(spec: StateSpec) {
  const simulated = new SimulatedClock();
  /** The open timers, in the order they were set: when each is due, and the stimulus from which it came. */
  const timers = new Map<number, { due: number; stimulus: number }>();
  let stimuli = 0;
  /** What is being handled: something from outside, or a timer that goes back to it. */
  let stimulus = 0;
  const clock = {
    setTimeout(fire: () => void, delay: number) {
      const timer = { due: simulated.now() + delay, stimulus };
      const id = simulated.setTimeout(() => {
        timers.delete(id);
        stimulus = timer.stimulus;
        fire();
      }, delay);
      timers.set(id, timer);
      return id;
    },
    clearTimeout(id: number) {
      timers.delete(id);
      simulated.clearTimeout(id);
    },
  };
  const nextDue = () => Math.min(...[...timers.values()].map(({ due }) => due));
  /**
   * On a real server two stimuli are never at quite the same time. Timers of one due time that were set in another order
   * than that of their stimuli fire differently there.
   */
  const isAmbiguous = (due: number) => {
    const atOnce = [...timers.values()].filter((timer) => timer.due === due);
    return atOnce.some((timer, index) => index > 0 && timer.stimulus < (atOnce[index - 1]?.stimulus ?? 0));
  };
  let pending: Pending[] = [];
  const emitted: AnyEventObject[] = [];
  const machine = randomMachine(spec, (question, stopped) => {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    pending.push({ question, stopped, resolve, reject });
    return promise;
  });
  const actor = createActor(machine, { clock, logger: () => {} });
  actor.on('*', (event) => emitted.push(event));
  // A machine that fails says so here; otherwise it would end the process.
  actor.subscribe({ error: () => {} });
  actor.start();
  const snapshot = () => actor.getSnapshot();

  /** The questions of the sources that run, oldest first. */
  const open = (): Question[] => {
    // Not by its id among the children: a root that is entered again has its sources twice.
    pending = pending.filter(({ stopped }) => !stopped.aborted);
    return pending.map(({ question }) => question);
  };

  return {
    snapshot,
    emitted,
    send(event: AnyEventObject) {
      stimulus = ++stimuli;
      actor.send(event);
    },
    /**
     * Goes on to when the next timer is due, at most for this time.
     *
     * @returns how much time has passed; null where no clock but this one would fire those that are due in this order: what
     *   comes then says nothing.
     */
    pass(time: number): number | null {
      const due = nextDue();
      const passed = Math.min(time, due - simulated.now());
      if (passed < time && isAmbiguous(due)) return null;
      simulated.increment(passed);
      return passed;
    },
    open,
    async answer(question: Question, output: number | null) {
      stimulus = ++stimuli;
      const one = pending.find((each) => each.question === question);
      pending = pending.filter((each) => each !== one);
      if (output === null) one?.reject(new Error('failed'));
      else one?.resolve(output);
      await turn();
    },
    stop: () => actor.stop(),
  };
}
