import {
  type AnyEventObject,
  type AnyStateMachine,
  type AnyStateNodeConfig,
  and,
  assign,
  cancel,
  createMachine,
  emit,
  enqueueActions,
  fromPromise,
  type MachineContext,
  raise,
  sendTo,
  stateIn,
} from 'xstate';

/**
 * A statechart as plain data, and the machine that it describes: built alike in a test and inside a workflow. States are
 * numbered in document order, the root first; a target or a state in a guard is such a number, modulo their count.
 */

export type GuardSpec = { if: 'more' | 'fewer'; than: number } | { if: 'in'; state: number } | { if: 'heard' };

export type ActionSpec =
  | { do: 'add'; count: number }
  | { do: 'raise' | 'send'; event: string; delay: number | null; id: string | null }
  | { do: 'cancel'; id: string }
  | { do: 'emit'; what: number }
  | { do: 'choose'; guard: GuardSpec; actions: ActionSpec[] };

export type TransitionSpec = {
  /** None: it stays where it is. */
  target: number | null;
  guard: GuardSpec | null;
  reenter: boolean;
  actions: ActionSpec[];
};

export type StateSpec = {
  kind: 'atomic' | 'compound' | 'parallel' | 'final' | 'shallow' | 'deep';
  states: StateSpec[];
  on: { event: string; transition: TransitionSpec }[];
  /** A delay of null comes from the context. */
  after: { delay: number | null; transition: TransitionSpec }[];
  always: TransitionSpec[];
  done: TransitionSpec[];
  entry: ActionSpec[];
  exit: ActionSpec[];
  /** Without a transition for an error the machine fails with it. */
  invoke: { answered: TransitionSpec[]; failed: TransitionSpec[] | null }[];
};

/** What a source is asked; the number tells one question of an invoked source from its next. */
export type Question = { id: string; number: number };

/** How long a delay of 1 is, in milliseconds: so long that what a slow machine takes is nothing beside it. */
export const UNIT = 32 * 3_600_000;

/** Transitions that need neither a person nor time use this up, so that no machine runs for ever. */
const BUDGET = 20;
const isFromOutside = (event: string) => event.startsWith('outer');
const hasBudget = ({ context }: Scope) => context.budget > 0;

type Scope = { context: MachineContext };
type Heard = Scope & { event: AnyEventObject };
type Actions = Extract<NonNullable<AnyStateNodeConfig['entry']>, readonly unknown[]>;

/**
 * @param ask what answers the machine's sources, for XState's own interpreter; the runner has an activity `ask`.
 */
export function randomMachine(
  root: StateSpec,
  ask?: (question: Question, stopped: AbortSignal) => Promise<unknown>,
): AnyStateMachine {
  const numbers = new Map(inDocumentOrder(root).map((state, number) => [state, number]));
  const id = (number: number) => `s${number % numbers.size}`;

  const guard = (spec: GuardSpec) => {
    switch (spec.if) {
      case 'more':
        return ({ context }: Scope) => context.count > spec.than;
      case 'fewer':
        return ({ context }: Scope) => context.count < spec.than;
      case 'heard':
        return ({ event }: Heard) => Number(event.n ?? event.output) % 2 === 1;
      case 'in':
        return stateIn(`#${id(spec.state)}`);
    }
  };

  const action = (spec: ActionSpec): Actions[number] => {
    switch (spec.do) {
      case 'add':
        return assign(({ context, event }: Heard) => ({
          count: (context.count + spec.count + Number(event.n ?? event.output ?? 0)) % 10,
          trace: [...context.trace, `${event.type} +${spec.count}`].slice(-30),
        }));
      case 'raise':
      case 'send': {
        const event = ({ context }: Scope) => ({ type: spec.event, n: context.count });
        const options = { ...(spec.delay && { delay: spec.delay * UNIT }), ...(spec.id && { id: spec.id }) };
        return spec.do === 'raise' ? raise(event, options) : sendTo(({ self }) => self, event, options);
      }
      case 'cancel':
        return cancel(spec.id);
      case 'emit':
        return emit(({ context }: Scope) => ({ type: 'told', what: spec.what, count: context.count }));
      case 'choose': {
        const when = guard(spec.guard);
        const then = spec.actions.map(action);
        return enqueueActions(({ enqueue, check }) => {
          if (check(when)) for (const each of then) enqueue(each);
        });
      }
    }
  };

  const transition = (spec: TransitionSpec, isFree: boolean) => {
    const own = spec.guard && guard(spec.guard);
    const pay = assign(({ context }: Scope) => ({ budget: context.budget - 1 }));
    return {
      ...(spec.target !== null && { target: `#${id(spec.target)}` }),
      ...(own && isFree && { guard: own }),
      ...(!isFree && { guard: own ? and([hasBudget, own]) : hasBudget }),
      reenter: spec.reenter,
      actions: [...(isFree ? [] : [pay]), ...spec.actions.map(action)],
    };
  };

  const enter = assign(({ context }: Scope) => ({ entered: context.entered + 1 }));

  const node = (spec: StateSpec): AnyStateNodeConfig => {
    const number = numbers.get(spec) ?? 0;
    const name = id(number);
    if (spec.kind === 'shallow' || spec.kind === 'deep') return { id: name, type: 'history', history: spec.kind };
    const states = spec.states.map((state) => [id(numbers.get(state) ?? 0), node(state)] as const);
    const first = spec.states.find(({ kind }) => kind !== 'shallow' && kind !== 'deep');
    const grouped = <Item, Value>(items: Item[], key: (item: Item) => string, value: (item: Item) => Value) =>
      Object.fromEntries(
        Object.entries(Object.groupBy(items, key)).map(([name, group]) => [name, (group ?? []).map(value)]),
      );
    if (spec.kind === 'final')
      return {
        id: name,
        type: 'final',
        entry: spec.entry.map(action),
        output: ({ context }: Scope) => context.count,
      };
    return {
      id: name,
      ...(spec.kind === 'parallel' && { type: 'parallel' }),
      ...(spec.kind === 'compound' && first && { initial: id(numbers.get(first) ?? 0) }),
      ...(states.length > 0 && { states: Object.fromEntries(states) }),
      on: grouped(
        spec.on,
        ({ event }) => event,
        ({ event, transition: each }) => transition(each, isFromOutside(event)),
      ),
      after: grouped(
        spec.after,
        ({ delay }) => (delay === null ? 'counted' : String(delay * UNIT)),
        ({ transition: each }) => transition(each, true),
      ),
      always: spec.always.map((each) => transition(each, false)),
      ...(spec.kind !== 'atomic' && { onDone: spec.done.map((each) => transition(each, false)) }),
      entry: [...(spec.invoke.length > 0 ? [enter] : []), ...spec.entry.map(action)],
      exit: spec.exit.map(action),
      invoke: spec.invoke.map(({ answered, failed }, index) => ({
        src: 'ask',
        id: `${name}/${index}`,
        input: ({ context }: Scope): Question => ({
          id: `${name}/${index}`,
          number: context.entered,
        }),
        onDone: answered.map((each) => transition(each, false)),
        ...(failed && { onError: failed.map((each) => transition(each, false)) }),
      })),
    };
  };

  return createMachine({
    ...node(root),
    context: { count: 0, entered: 0, budget: BUDGET, trace: [] },
    output: ({ context }: Scope) => ({ count: context.count, trace: context.trace }),
  }).provide({
    actors: {
      ask: fromPromise(({ input, signal }) => ask?.(input, signal) ?? Promise.reject(new Error('nobody to ask'))),
    },
    delays: { counted: ({ context }) => ((context.count % 3) + 1) * UNIT },
  });
}

/** A state and all below it, in document order. */
function inDocumentOrder(state: StateSpec): StateSpec[] {
  return [state, ...state.states.flatMap(inDocumentOrder)];
}
