import {
  type AnyEventObject,
  type AnyStateMachine,
  type AnyStateNodeConfig,
  assign,
  createMachine,
  emit,
  enqueueActions,
  forwardTo,
  fromCallback,
  fromObservable,
  fromPromise,
  fromTransition,
  log,
  type MachineContext,
  type ProvidedActor,
  raise,
  type Spawner,
  sendParent,
  sendTo,
  setup,
  spawnChild,
  stopChild,
} from 'xstate';

/** Small machines, each for something that once ran otherwise than in XState's interpreter, and what happens to them. */

export type Step =
  /** Sent to both, then compared. */
  | { send: AnyEventObject; as?: 'update' }
  /** Time passes, in milliseconds of the wall clock: as little as will do. */
  | { pass: number };

export type RunnerCase = { machine: AnyStateMachine; input?: unknown; steps: Step[] };

/** What the machines' sources do, as activities and for the interpreter. */
export const activities = {
  ok: async (input: unknown) => ({ got: input }),
  throwsText: () => Promise.reject('only a text'),
};

const send = (type: string, payload: object = {}): Step => ({ send: { ...payload, type } });
const times = (count: number, step: Step): Step[] => Array.from({ length: count }, () => step);
const noted = assign({ trace: ({ context, event }) => [...context.trace, { ...event }] });
const notes = (what: string) => assign({ trace: ({ context }) => [...context.trace, what] });

type Scope = { context: MachineContext };
type Context =
  | MachineContext
  | (({ spawn, input }: { spawn: Spawner<ProvidedActor>; input: unknown }) => MachineContext);
const bare = (config: AnyStateNodeConfig, context: Context): AnyStateMachine => createMachine({ ...config, context });

export const endsByItself = createMachine({
  initial: 'waiting',
  states: { waiting: { on: { go: 'gone' }, after: { 3000: 'ended' } }, gone: {}, ended: { type: 'final' } },
});

export const kid = bare(
  {
    initial: 'a',
    on: { note: { actions: assign({ heard: ({ context, event }) => [...context.heard, { ...event }] }) } },
    states: {
      a: {
        on: {
          finish: 'z',
          fail: {
            actions: assign(() => {
              throw new RangeError('the child failed');
            }),
          },
        },
      },
      z: { type: 'final' },
    },
    output: ({ context }: Scope) => context.heard,
  },
  { heard: [] },
);
export const quietKid = createMachine({
  initial: 'a',
  states: { a: { on: { finish: 'z' } }, z: { type: 'final' } },
});
export const tellingKid = createMachine({
  initial: 'a',
  entry: sendParent({ type: 'hello', id: 'same', n: 1 }),
  states: {
    a: {
      on: { poke: { actions: enqueueActions(({ enqueue }) => enqueue.sendParent({ type: 'hello', id: 'same' })) } },
    },
  },
});

const machine = (config: AnyStateNodeConfig, context: Context = { trace: [] }) =>
  bare(config, context).provide({
    actors: {
      ok: fromPromise(({ input }) => activities.ok(input)),
      throwsText: fromPromise(activities.throwsText),
      kid,
      quietKid,
      tellingKid,
    },
    delays: { never: Number.POSITIVE_INFINITY },
  });

/** A state that invokes a child and hands on what it is to hear. */
const withKid = (src: 'kid' | 'quietKid' | 'tellingKid', state: object = {}, on: object = {}) =>
  machine({
    initial: 'a',
    states: {
      a: {
        invoke: {
          src,
          id: 'k',
          onDone: { target: 'b', actions: noted },
          onError: {
            target: 'b',
            actions: assign({ trace: ({ event }) => [String(event.error), event.error instanceof Error] }),
          },
        },
        on: {
          finish: { actions: forwardTo('k') },
          fail: { actions: forwardTo('k') },
          poke: { actions: forwardTo('k') },
          ...on,
        },
        ...state,
      },
      b: {},
    },
  });

const counting = machine({ on: { more: { actions: assign({ n: ({ context }) => context.n + 1 }) } } }, { n: 0 });
/** Leaves a state and comes back to where it was. */
const returning = (id: string, two: string) =>
  machine({
    id,
    initial: 'off',
    on: { on: { target: `#${two.replaceAll('.', '\\.')}` }, off: '.off', back: '.a.h' },
    states: {
      off: {},
      a: { initial: 'one', states: { one: {}, two: { id: two }, h: { type: 'history' } } },
    },
  });

export const cases: Readonly<Record<string, RunnerCase>> = {
  'a long history of signals': { machine: counting, steps: times(20, send('more')) },
  'a long history of updates': { machine: counting, steps: times(20, { send: { type: 'more' }, as: 'update' }) },
  'a payload that looks like a refusal': {
    machine: machine({ on: { E: { actions: noted } } }),
    steps: [
      send('E', { code: 'InvalidInput', message: null }),
      send('E', { code: 'InvalidInput', message: 'm' }),
      send('E', { id: '' }),
      send('E', { id: '' }),
    ],
  },
  'history of a machine whose id has a dot': {
    machine: machine({
      id: 'my.machine',
      initial: 'a',
      on: { off: '.off', back: '.a.h' },
      states: {
        off: {},
        a: { initial: 'one', states: { one: { on: { n: 'two' } }, two: {}, h: { type: 'history' } } },
      },
    }),
    steps: [send('n'), ...times(5, send('off')), send('back')],
  },
  'history of a state whose id is its own': {
    machine: returning('m', 'two'),
    steps: [send('on'), ...times(5, send('off')), send('back')],
  },
  'an event to a source that has ended': {
    machine: machine({
      invoke: { src: 'ok', id: 'k', onDone: { actions: notes('done') } },
      on: {
        poke: { actions: [sendTo('k', { type: 'x' }), notes('poked')] },
        pad: { actions: notes('pad') },
      },
    }),
    steps: [...times(5, send('pad')), send('poke'), send('poke')],
  },
  'an event from entry to a child that starts after it': {
    machine: withKid('kid', { entry: sendTo('k', { type: 'note', v: 1 }) }, { again: { target: 'a', reenter: true } }),
    steps: [{ pass: 300 }, send('again'), { pass: 300 }, send('finish')],
  },
  'an event with a delay to a child that has been left': {
    machine: withKid(
      'kid',
      {},
      {
        later: { actions: sendTo('k', { type: 'note', v: 1 }, { delay: 400 }) },
        again: { target: 'a', reenter: true },
      },
    ),
    steps: [send('later'), send('again'), { pass: 900 }, send('finish')],
  },
  'events to a child with one id': {
    machine: withKid('kid', {
      entry: [sendTo('k', { type: 'note', id: 'same', v: 1 }), sendTo('k', { type: 'note', id: 'same', v: 2 })],
    }),
    steps: [send('finish')],
  },
  'the answer of a source that was stopped meanwhile': {
    machine: machine(
      {
        initial: 'a',
        states: {
          a: {
            entry: assign({ r: ({ context }) => context.r + 1 }),
            invoke: [
              {
                src: 'ok',
                id: 'x',
                input: ({ context }) => context.r,
                onDone: { guard: ({ context }: Scope) => context.r < 3, target: 'a', reenter: true },
              },
              {
                src: 'ok',
                id: 'y',
                input: ({ context }) => context.r,
                onDone: {
                  actions: assign(({ context, event }) => (event.output.got === context.r ? {} : { trace: ['stale'] })),
                },
              },
            ],
          },
        },
      },
      { trace: [], r: 0 },
    ),
    steps: [],
  },
  'sources spawned by an assigner': {
    machine: machine({
      on: {
        E: { actions: assign({ ref: ({ spawn }) => void spawn('ok', { id: 's', input: 1 }) }) },
        K: { actions: assign({ ref: ({ spawn }) => void spawn('kid', { id: 'k' }) }) },
        note: { actions: sendTo('k', ({ event }) => event) },
        finish: { actions: sendTo('k', { type: 'finish' }) },
        'xstate.done.actor.s': { actions: noted },
        'xstate.done.actor.k': { actions: noted },
      },
    }),
    steps: [send('E'), send('K'), send('note', { v: 1 }), send('finish')],
  },
  'a source spawned by the factory of the context': {
    machine: machine({ on: { 'xstate.done.actor.s': { actions: noted } } }, ({ spawn }) => {
      spawn('ok', { id: 's', input: 1 });
      return { trace: [] };
    }),
    steps: [],
  },
  'a child that its id names by a function': {
    machine: machine({
      on: {
        E: { actions: spawnChild('ok', { id: ({ event }: { event: AnyEventObject }) => `s${event.v}`, input: 3 }) },
        X: { actions: stopChild('s1') },
        'xstate.done.actor.s1': { actions: noted },
      },
    }),
    steps: [send('E', { v: 1 }), send('X')],
  },
  'what a child sends its parent': {
    machine: withKid('tellingKid', {}, { hello: { actions: noted } }),
    steps: [{ pass: 200 }, send('poke'), { pass: 200 }, send('poke')],
  },
  'a child without an output': { machine: withKid('quietKid'), steps: [send('finish')] },
  'a child that fails': { machine: withKid('kid'), steps: [send('fail')] },
  'a source that throws a text': {
    machine: machine({
      invoke: { src: 'throwsText', onError: { actions: assign({ trace: ({ event }) => [event.error] }) } },
    }),
    steps: [],
  },
  'a machine that needs its input to come to rest': {
    machine: machine(
      {
        initial: 'a',
        states: {
          a: {
            always: [
              { guard: ({ context }: Scope) => context.n >= context.max, target: 'b' },
              { actions: assign({ n: ({ context }) => context.n + 1 }) },
            ],
          },
          b: { on: { E: 'c' } },
          c: {},
        },
      },
      ({ input }) => ({ n: 0, max: input }),
    ),
    input: 3,
    steps: [send('E')],
  },
  'where an action sees its machine': {
    machine: machine({
      initial: 'a',
      states: {
        a: { on: { E: { target: 'b', actions: assign({ trace: ({ self }) => [self.getSnapshot().value] }) } } },
        b: { on: { E: { target: 'a', actions: assign({ trace: ({ self }) => [self.getSnapshot().value] }) } } },
      },
    }),
    steps: [send('E'), send('E')],
  },
  'a child known by its name in the system': {
    machine: machine({
      initial: 'a',
      states: {
        a: {
          invoke: { src: 'kid', id: 'k', systemId: 'sys', onDone: { target: 'b', actions: noted } },
          on: {
            n: { actions: sendTo(({ system }) => system.get('sys'), { type: 'note' }) },
            finish: { actions: sendTo(({ system }) => system.get('sys'), { type: 'finish' }) },
          },
        },
        b: {},
      },
    }),
    steps: [send('n'), send('finish')],
  },
  'delays that have no end': {
    machine: machine({
      initial: 'a',
      entry: raise({ type: 'x' }, { delay: Number.NaN }),
      states: { a: { after: { never: 'b' }, on: { go: 'b' } }, b: {} },
      on: { x: '.b' },
    }),
    steps: [{ pass: 100 }, send('go')],
  },
  'a log of what is not plain': {
    machine: machine({
      on: { E: { actions: [log(({ self }) => self), log(() => 10n), log(() => () => 1), emit({ type: 'e' }), noted] } },
    }),
    steps: [send('E'), send('E')],
  },
  'a context that is not plain': {
    machine: machine(
      {
        on: {
          pad: { actions: notes('pad') },
          look: { actions: assign({ trace: ({ context }) => [context.f(), context.at instanceof Date] }) },
        },
      },
      { trace: [], f: () => 'called', at: new Date(0) },
    ),
    steps: [...times(6, send('pad')), send('look')],
  },
};

const nothing = () => {};

/** Machines that are refused before anything has happened, and what is said of them. */
export const refused: Readonly<Record<string, { machine: () => AnyStateMachine; says: RegExp }>> = {
  'a callback': {
    machine: () => setup({ actors: { cb: fromCallback(nothing) } }).createMachine({ invoke: { src: 'cb' } }),
    says: /"cb".*neither a promise nor a machine/,
  },
  'an observable that is spawned': {
    machine: () =>
      setup({
        actors: { seen: fromObservable(() => ({ subscribe: () => ({ unsubscribe: nothing }) })) },
      }).createMachine({ entry: spawnChild('seen') }),
    says: /"seen".*neither a promise nor a machine/,
  },
  'a transition function': {
    machine: () =>
      setup({ actors: { fn: fromTransition((state: number) => state, 0) } }).createMachine({ invoke: { src: 'fn' } }),
    says: /"fn".*neither a promise nor a machine/,
  },
  'a source that is invoked without a name': {
    machine: () => createMachine({ invoke: { src: fromPromise(activities.throwsText), id: 'i' } }),
    says: /"i".*has no name/,
  },
  'a source that is spawned without a name': {
    machine: () => createMachine({ entry: spawnChild(fromPromise(activities.throwsText), { id: 's' }) }),
    says: /"s".*has no name/,
  },
  'a source whose snapshots are waited for': {
    machine: () => machine({ invoke: { src: 'ok', onSnapshot: { actions: notes('seen') } } }),
    says: /"ok".*snapshots do not come/,
  },
  'an action without a name': { machine: () => createMachine({ entry: nothing }), says: /action "nothing"/ },
  'a machine whose first state does not exist': {
    machine: () => createMachine({ initial: 'nowhere', states: { a: {} } }),
    says: /nowhere/,
  },
};
