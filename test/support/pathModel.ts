import {
  type AnyEventObject,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  createActor,
  isMachineSnapshot,
} from 'xstate';
import * as z from 'zod';
import type { CaseContext } from '../../machines/case.ts';
import type { Reader } from '../../machines/sources.ts';
import type { RegisterFile } from '../../outside/registerFileForm.ts';
import { afterRemoval, factsOf, withoutAssignments } from './pathRegister.ts';
import { type Transitions, transitionsOf } from './pathTransitions.ts';

/**
 * The model that paths are made from: a machine together with all that is outside it, as one value that pure functions
 * move on. Sources answer as the register, Min Support and the mail server of the model would; what a source cannot
 * answer yet is held until they can.
 */

export type Mood = 'ok' | 'away' | 'refuses';

export type Model = {
  machine: AnyStateMachine;
  transitions: Transitions;
  /** Null before the start. */
  snapshot: AnyMachineSnapshot | null;
  /** In milliseconds since 1970. */
  now: number;
  timers: { id: string; event: AnyEventObject; due: number }[];
  running: { id: string; source: string; input: unknown }[];
  register: RegisterFile;
  minSupport: Mood;
  mail: Mood;
  orders: number;
  /** The request number of a leaver's case of the same person whose work has begun. */
  leaver: string | null;
  /** The request number of an open removal of the same person. */
  openRemoval: string | null;
  /** The transitions and states of the machine that were come by since this was last emptied. */
  taken: string[];
  entered: string[];
  /** How many steps have been taken. */
  steps: number;
};

/** The world before anything has happened. */
export const newModel = (machine: AnyStateMachine, register: RegisterFile, now: number): Model => ({
  machine,
  transitions: transitionsOf(machine),
  snapshot: null,
  now,
  timers: [],
  running: [],
  register,
  minSupport: 'ok',
  mail: 'ok',
  orders: 0,
  leaver: null,
  openRemoval: null,
  taken: [],
  entered: [],
  steps: 0,
});

export const iso = (at: number): string => new Date(at).toISOString();

export const contextOf = (model: Model): CaseContext | null => model.snapshot?.context ?? null;

/** True while the process waits for somebody or for a day, and not for an answer from outside. */
export const isAtRest = (model: Model): boolean => model.running.length === 0;

export const isDone = (model: Model): boolean => model.snapshot?.status === 'done';

/** Starts the machine. */
export const begin = (model: Model, input: object): Model =>
  settle(move(model, null, { ...input, at: iso(model.now) }));

/** A person's command, or another process's, with what the register shows when it is handled. */
export function send(model: Model, event: AnyEventObject): Model {
  const context = contextOf(model);
  if (!context) return model;
  const { employee, attached } = context;
  const leaver = model.leaver ? { leaver: { request: model.leaver, atWork: true } } : {};
  const facts = { ...factsOf(model.register, employee, attached, iso(model.now)), ...leaver };
  return settle(move(model, { ...event, facts }));
}

/** Time goes on until then; each timer that is due fires at its own time. */
export function passTime(model: Model, until: number): Model {
  const next = nextTimer(model);
  if (!next || next.due > until) return { ...model, now: until };
  const timers = model.timers.filter((timer) => timer !== next);
  return passTime(settle(move({ ...model, timers, now: Math.max(model.now, next.due) }, next.event)), until);
}

/** The timer that is due first. */
export const nextTimer = ({ timers }: Model): Model['timers'][number] | undefined =>
  timers.toSorted((a, b) => a.due - b.due)[0];

/** Answers every source that can be answered, and those that they set off, until all that is left is held. */
export function settle(model: Model): Model {
  for (const source of model.running) {
    const answered = answer({ ...model, running: model.running.filter((each) => each !== source) }, source);
    if (answered) return settle(answered);
  }
  // What is due already, e.g. past a deadline, does not wait for time to pass.
  const next = nextTimer(model);
  if (!next || next.due > model.now || isDone(model)) return model;
  return settle(move({ ...model, timers: model.timers.filter((timer) => timer !== next) }, next.event));
}

/** One event of the machine; without one its start. */
function move(model: Model, event: AnyEventObject | null, input?: object): Model {
  const actor = createActor(model.machine, { input });
  const taken: string[] = [];
  const entered: string[] = [];
  actor.system.inspect((seen) => {
    if (seen.type !== '@xstate.microstep') return;
    taken.push(...seen._transitions.map((each) => model.transitions.nameOf(each)));
    if (isMachineSnapshot(seen.snapshot)) entered.push(...seen.snapshot._nodes.map(({ id }) => id));
  });
  const actions: { type: string; params: unknown }[] = [];
  const scope = {
    self: actor,
    id: '',
    sessionId: '',
    system: actor.system,
    logger: () => {},
    defer: () => {},
    emit: () => {},
    stopChild: () => {},
    actionExecutor: (action: { type: string; params: unknown }) => void actions.push(action),
  };
  const snapshot: AnyMachineSnapshot =
    event && model.snapshot
      ? model.machine.transition(model.snapshot, { ...event, at: iso(model.now) }, scope)
      : model.machine.getInitialSnapshot(scope, input);
  if (snapshot.status === 'error') throw snapshot.error;
  entered.push(...snapshot._nodes.map(({ id }) => id));
  const moved = {
    ...model,
    snapshot,
    taken: [...model.taken, ...taken],
    entered: [...model.entered, ...entered],
  };
  const after = actions.reduce(carryOut, moved);
  return snapshot.status === 'done' ? { ...after, timers: [], running: [] } : after;
}

const asked = z.object({
  id: z.string().optional(),
  src: z.string().optional(),
  input: z.optional(z.unknown()),
  sendId: z.string().optional(),
  delay: z.number().optional(),
  event: z.looseObject({ type: z.string() }).optional(),
});

function carryOut(model: Model, { type, params }: { type: string; params: unknown }): Model {
  const { id = '', src = '', input, sendId, delay, event } = asked.parse(params);
  const { timers, running } = model;
  switch (type) {
    case 'xstate.raise':
      if (delay === undefined || !event) return model;
      return { ...model, timers: [...timers, { id, event, due: model.now + Math.max(0, delay) }] };
    case 'xstate.cancel':
      return { ...model, timers: timers.filter((timer) => timer.id !== sendId) };
    case 'xstate.spawnChild':
      return { ...model, running: [...running, { id, source: src, input }] };
    case 'xstate.stopChild':
      return { ...model, running: running.filter((source) => source.id !== id) };
    default:
      throw new Error(`the model does not know the action ${type}; teach it in pathModel.ts`);
  }
}

const sourceInput = z.looseObject({
  employee: z.string().optional(),
  assignments: z.array(z.string()).optional(),
  roles: z.array(z.string()).optional(),
  stranded: z.array(z.string()).optional(),
  to: z.array(z.union([z.object({ person: z.string() }), z.object({ helpdesk: z.literal(true) })])).optional(),
});

/** What a source answers now; nothing while whoever is asked is away. */
function answer(model: Model, { id, source, input }: Model['running'][number]): Model | undefined {
  const { employee = '', assignments = [], roles = [], stranded = [], to = [] } = sourceInput.parse(input);
  const done = (next: Model, output: unknown) => move(next, { type: `xstate.done.actor.${id}`, output, actorId: id });
  const looked = (register = model.register) => {
    const leaver = { leaver: model.leaver ? { request: model.leaver, atWork: true } : null };
    const facts = factsOf(register, employee, contextOf(model)?.attached ?? [], iso(model.now));
    return done({ ...model, register }, { ...facts, ...leaver });
  };
  switch (source) {
    case 'lookUp':
      return looked();
    case 'detach':
      return looked(withoutAssignments(model.register, assignments));
    case 'remove':
      return looked(afterRemoval(model.register, employee, roles, stranded));
    case 'tell':
      return model.mail === 'away' ? undefined : done(model, { refused: refusedBy(model, to) });
    case 'order':
      if (model.minSupport === 'away') return undefined;
      if (model.minSupport === 'refuses')
        return move(model, { type: `xstate.error.actor.${id}`, error: new Error('refused'), actorId: id });
      return done({ ...model, orders: model.orders + 1 }, { orderNumber: `T-${model.orders + 1}` });
    case 'cancelOrder':
      return model.minSupport === 'ok' ? done(model, undefined) : undefined;
    case 'supersedeRemoval':
      return done({ ...model, openRemoval: null }, { superseded: model.openRemoval });
    default:
      throw new Error(`the model does not know the source ${source}; teach it in pathModel.ts`);
  }
}

const refusedBy = ({ mail, register }: Model, to: Reader[]) =>
  to
    .filter(
      (reader) => mail === 'refuses' || ('person' in reader && !register.people.some(({ id }) => id === reader.person)),
    )
    .map((reader) => ({ reader, reason: 'refused' }));
