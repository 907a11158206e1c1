import * as fc from 'fast-check';
import type { ActionSpec, GuardSpec, StateSpec, TransitionSpec } from './randomMachine.ts';

/**
 * What to do to a machine: let time pass (so many units, and a little), then perhaps send or answer something. The test
 * server's clock stands while a source runs, and may stand for ever after one was stopped (1.40.0): so time passes for
 * machines without sources alone; those that have some set and cancel their timers all the same.
 */
export type Step = {
  units: number;
  act:
    | { do: 'send'; event: string; n: number; as: 'signal' | 'update' }
    /** Answers one of the questions that are open, by its number modulo how many there are. */
    | { do: 'answer'; question: number; output: number | null }
    | { do: 'nothing' };
};

export type Case = { machine: StateSpec; steps: Step[] };

const outer = fc.constantFrom('outer0', 'outer1', 'outer2', 'outer3');
const inner = fc.constantFrom('inner0', 'inner1');
const number = fc.nat(30);
const id = fc.constantFrom('a', 'b');
const nothing = fc.constant<never[]>([]);
const delay = fc.integer({ min: 1, max: 3 });

const guard: fc.Arbitrary<GuardSpec> = fc.oneof(
  fc.record({ if: fc.constantFrom('more', 'fewer'), than: fc.nat(8) }),
  fc.record({ if: fc.constant('in'), state: number }),
  fc.constant({ if: 'heard' }),
);

const simpleAction: fc.Arbitrary<ActionSpec> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('add'), count: fc.integer({ min: 1, max: 5 }) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom('raise', 'send'),
      event: inner,
      delay: fc.option(delay),
      id: fc.option(id),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('cancel'), id }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('emit'), what: fc.nat(3) }) },
);
const simpleActions = fc.array(simpleAction, { maxLength: 2 });
const action: fc.Arbitrary<ActionSpec> = fc.oneof(
  { weight: 6, arbitrary: simpleAction },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('choose'), guard, actions: simpleActions }) },
);
const actions = fc.array(action, { maxLength: 2 });

const transition: fc.Arbitrary<TransitionSpec> = fc.record({
  target: fc.option(number, { freq: 4 }),
  guard: fc.option(guard, { freq: 1 }),
  reenter: fc.boolean(),
  actions,
});
const some = <Item>(item: fc.Arbitrary<Item>, maxLength: number) => fc.array(item, { maxLength });

const behaviour = {
  on: fc.array(
    fc.record({
      event: fc.oneof(
        { weight: 8, arbitrary: outer },
        { weight: 4, arbitrary: inner },
        { weight: 1, arbitrary: fc.constant('*') },
      ),
      transition,
    }),
    { maxLength: 5 },
  ),
  after: some(fc.record({ delay: fc.option(delay, { freq: 4 }), transition }), 2),
  always: fc.oneof({ weight: 3, arbitrary: nothing }, { weight: 1, arbitrary: some(transition, 2) }),
  done: some(transition, 1),
  entry: actions,
  exit: actions,
};
const sources: fc.Arbitrary<StateSpec['invoke']> = fc.oneof(
  { weight: 2, arbitrary: nothing },
  {
    weight: 1,
    arbitrary: some(
      fc.record({ answered: some(transition, 2), failed: fc.option(some(transition, 2), { freq: 6 }) }),
      2,
    ),
  },
);
const final: fc.Arbitrary<StateSpec> = fc.record({
  kind: fc.constant('final'),
  states: nothing,
  on: nothing,
  after: nothing,
  always: nothing,
  done: nothing,
  entry: actions,
  exit: nothing,
  invoke: nothing,
});
const history: fc.Arbitrary<StateSpec> = fc.record({
  kind: fc.constantFrom('shallow', 'deep'),
  states: nothing,
  on: nothing,
  after: nothing,
  always: nothing,
  done: nothing,
  entry: nothing,
  exit: nothing,
  invoke: nothing,
});

/** A state that holds others down to this depth. */
const holding = (depth: number, invoke: typeof sources): fc.Arbitrary<StateSpec> => {
  const atomic = fc.record({ kind: fc.constant('atomic' as const), states: nothing, ...behaviour, invoke });
  const inside =
    depth > 1
      ? fc.oneof({ weight: 3, arbitrary: atomic }, { weight: 2, arbitrary: holding(depth - 1, invoke) })
      : atomic;
  const within = (kind: 'compound' | 'parallel', states: fc.Arbitrary<StateSpec[]>) =>
    fc.record({ kind: fc.constant(kind), states, ...behaviour, invoke });
  return fc.oneof(
    within(
      'compound',
      fc
        .tuple(
          inside,
          some(
            fc.oneof(
              { weight: 4, arbitrary: inside },
              { weight: 1, arbitrary: final },
              { weight: 1, arbitrary: history },
            ),
            3,
          ),
        )
        .map(([first, rest]) => [first, ...rest]),
    ),
    within('parallel', fc.array(inside, { minLength: 2, maxLength: 3 })),
  );
};

const sends = fc.record({
  do: fc.constant('send' as const),
  event: outer,
  n: fc.nat(9),
  as: fc.constantFrom('signal', 'update'),
});
const answers = fc.record({
  do: fc.constant('answer' as const),
  question: fc.nat(5),
  output: fc.option(fc.nat(9), { freq: 2 }),
});
const waits = fc.constant({ do: 'nothing' as const });

const caseOf = (invoke: typeof sources, step: fc.Arbitrary<Step>): fc.Arbitrary<Case> =>
  fc.record({ machine: holding(3, invoke), steps: fc.array(step, { minLength: 3, maxLength: 10 }) });

/** A random machine and what is done to it. */
export const randomCase: fc.Arbitrary<Case> = fc.oneof(
  caseOf(
    nothing,
    fc.record({
      units: fc.nat(2),
      act: fc.oneof({ weight: 5, arbitrary: sends }, { weight: 2, arbitrary: waits }),
    }),
  ),
  caseOf(
    sources,
    fc.record({
      units: fc.constant(0),
      act: fc.oneof({ weight: 5, arbitrary: sends }, { weight: 3, arbitrary: answers }),
    }),
  ),
);
