import { runStatechart } from '../../workflows/statechart.ts';
import type { Element } from './scxml.ts';
import { scxmlMachine } from './scxmlMachine.ts';

/** Runs an SCXML document durably, with nothing but the runner. */
export const scxml = (document: Element) => runStatechart(scxmlMachine(document), { input: document });

/** A document that another one invokes: its workflow type is the source's name. */
export { scxml as child0 };
