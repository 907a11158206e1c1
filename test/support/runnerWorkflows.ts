import { runStatechart } from '../../workflows/statechart.ts';
import { randomMachine, type StateSpec } from './randomMachine.ts';

/** Workflows that test the runner: the module that their workers bundle. */

/** A random machine, with nothing but the runner. */
export const random = (spec: StateSpec) => runStatechart(randomMachine(spec), { input: spec });

/** The same, in a new run as soon as a history has this many events. */
export const randomCut = (spec: StateSpec) => runStatechart(randomMachine(spec), { input: spec, continueAsNewAt: 8 });
