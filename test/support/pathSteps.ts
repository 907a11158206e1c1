import { contextOf, isAtRest, isDone, type Model, type Mood, nextTimer, passTime, send, settle } from './pathModel.ts';
import { rolesOf, withoutAssignments, withoutPerson, withRoles } from './pathRegister.ts';
import type { Acted, Case, World } from './world.ts';

/**
 * The vocabulary of paths: each step is one thing that happens outside the process, told twice, once for the model and
 * once as what makes it happen in the real world.
 */

/** A path under way in the real world. */
export type Run = {
  world: World;
  /** The case under test, once it has been started. */
  main: Case | null;
  /** Other cases of the same person. */
  others: Case[];
};

export type Step = {
  /** Whether it is worth trying here: keeps the model's world small. */
  when(model: Model): boolean;
  inModel(model: Model): Model;
  /** @param after the model after the step. */
  inWorld(run: Run, after: Model): Promise<void>;
};
/** By what a reader calls it. */
export type Steps = Readonly<Record<string, Step>>;

export const isStarted = (model: Model): boolean => model.snapshot !== null;
export const isOpen = (model: Model): boolean => isStarted(model) && !isDone(model);
export const isIn =
  (...states: string[]) =>
  (model: Model): boolean =>
    states.some((state) => model.snapshot?.matches(state) === true);
/** Cases of one employee. */
export const isAbout =
  (...employees: string[]) =>
  (model: Model): boolean =>
    employees.includes(contextOf(model)?.employee ?? '');
export const all =
  (...conditions: ((model: Model) => boolean)[]) =>
  (model: Model): boolean =>
    conditions.every((condition) => condition(model));

/** A person's command; in the real world it must be accepted. */
export const acts = (name: string, payload: Acting | ((model: Model) => Acting), when: Step['when']): Step => {
  const says = typeof payload === 'function' ? payload : () => payload;
  const inModel = (model: Model) => send(model, { type: name, id: `act-${model.steps}`, ...says(model) });
  return {
    when: all(isOpen, when, (model) => inModel({ ...model, taken: [] }).taken.length > 0),
    inModel,
    async inWorld({ world, main }, after) {
      if (!main) throw new Error('a case must be started before somebody can act on it');
      const answer: Acted = await world.act(main, name, says(after));
      if (answer.refused) throw new Error(`${name} was refused: ${JSON.stringify(answer)}`);
    },
  };
};

type Acting = { by: string } & Record<string, unknown>;

/** How long an activity waits at most before it is tried again. */
const RETRY = 61_000;

/** Min Support or the mail server takes everything, nothing for now, or nothing ever. */
export const mood = (part: 'minSupport' | 'mail', to: Mood, when: Step['when']): Step => ({
  when: (model) => model[part] !== to && !isDone(model) && when(model),
  inModel: (model) => {
    const held = !isAtRest(model);
    return settle({ ...model, [part]: to, now: model.now + (held && to !== 'away' ? RETRY : 0) });
  },
  async inWorld({ world }, after) {
    if (part === 'minSupport') {
      const status = to === 'away' ? 503 : 422;
      world.minSupport.behave(to === 'ok' ? { kind: 'ok' } : { kind: 'status', status, body: '{"message":"told to"}' });
    } else world.smtp.behave(to === 'ok' ? { kind: 'ok' } : { kind: 'refuse', code: to === 'away' ? 451 : 550 });
    await skipTo(world, after.now);
  },
});

/** A timer that is due then has fired for certain, and no other one. */
const SLACK = 60_000;

/** The next thing that was put off happens. */
export const timePasses: Step = {
  when: all(isOpen, isAtRest, (model) => nextTimer(model) !== undefined),
  inModel: (model) => passTime(model, (nextTimer(model)?.due ?? model.now) + SLACK),
  inWorld: ({ world }, after) => skipTo(world, after.now),
};

const LONG = 4 * 24 * 3_600_000;

/** Some days pass, a weekend perhaps included. */
export const daysPass = (when: Step['when']): Step => ({
  when: all(timePasses.when, when),
  inModel: (model) => passTime(model, model.now + LONG),
  inWorld: ({ world }, after) => skipTo(world, after.now),
});

/** Time on the server goes on until then. */
export async function skipTo(world: World, until: number): Promise<void> {
  const left = until - (await world.now()).getTime();
  if (left > 0) await world.skip(left);
}

/** Somebody who works in SUS leaves the employee exactly these roles. */
export const rolesByHand = (employee: string, roles: string[], when: Step['when']): Step => ({
  when: (model) =>
    isOpen(model) && isAbout(employee)(model) && `${rolesOf(model.register, employee)}` !== `${roles}` && when(model),
  inModel: (model) => ({ ...model, register: withRoles(model.register, employee, roles) }),
  inWorld: ({ world }) => world.outside.register.setRoles(employee, 'SUS', roles),
});

/** Somebody who works in SUS takes an assignment away. */
export const detachedByHand = (assignment: string, when: Step['when']): Step => ({
  when: (model) => isOpen(model) && model.register.assignments.some(({ id }) => id === assignment) && when(model),
  inModel: (model) => ({ ...model, register: withoutAssignments(model.register, [assignment]) }),
  async inWorld({ world }) {
    await world.outside.register.detachAssignment(assignment);
  },
});

/** A person is no longer in the register. */
export const disappears = (person: string, when: Step['when']): Step => ({
  when: (model) => isOpen(model) && model.register.people.some(({ id }) => id === person) && when(model),
  inModel: (model) => ({ ...model, register: withoutPerson(model.register, person) }),
  inWorld: ({ world }, after) => world.outside.register.importFile(after.register),
});
