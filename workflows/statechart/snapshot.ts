import {
  type AnyEventObject,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  getNextTransitions,
  type StateValue,
} from 'xstate';

/** A snapshot as plain data, to be carried over a continue-as-new. */
export type PlainSnapshot = { value: StateValue; context: unknown; history: Record<string, string[]> };

export function toPlain(snapshot: AnyMachineSnapshot): PlainSnapshot {
  const history = Object.entries(snapshot.historyValue ?? {}).map(([id, nodes]) => [id, nodes.map((node) => node.id)]);
  return { value: snapshot.value, context: snapshot.context, history: Object.fromEntries(history) };
}

export function fromPlain(machine: AnyStateMachine, { value, context, history }: PlainSnapshot): AnyMachineSnapshot {
  const nodes = Object.entries(history).map(([id, ids]) => [
    id,
    ids.map((each) => machine.getStateNodeById(`#${each}`)),
  ]);
  return machine.resolveState({ value, context, historyValue: Object.fromEntries(nodes) });
}

/** The names of the events that the present state knows, whether or not a guard lets them through. */
export function acceptedEvents(snapshot: AnyMachineSnapshot): string[] {
  if (snapshot.status !== 'active') return [];
  const names = getNextTransitions(snapshot).map(({ eventType }) => eventType);
  return [...new Set(names)].filter((name) => name !== '' && !name.startsWith('xstate.'));
}

/** Whether an event's name fits a descriptor of the machine: the name itself, `*`, or a prefix such as `door.*`. */
export const fits = (name: string, descriptor: string): boolean =>
  descriptor === name ||
  descriptor === '*' ||
  (descriptor.endsWith('.*') && (name === descriptor.slice(0, -2) || name.startsWith(descriptor.slice(0, -1))));

/** The top-level state; of a parallel machine all of them. */
export const topState = ({ value }: AnyMachineSnapshot): string =>
  typeof value === 'string' ? value : Object.keys(value).join(',');

/**
 * Adds the time to an event without making it part of what a machine may keep: `{ ...event }` leaves it out. What somebody
 * sent as `at` stays as it is; schemas keep it out where it matters.
 */
export function stamped(event: AnyEventObject, at: string): AnyEventObject {
  return 'at' in event ? event : Object.defineProperty({ ...event }, 'at', { value: at, enumerable: false });
}
