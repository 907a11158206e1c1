import {
  type AnyEventObject,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  type AnyStateNode,
  createActor,
  createEmptyActor,
  fromTransition,
  getNextTransitions,
  type StateValue,
} from 'xstate';

/** A snapshot as plain data, to be carried over a continue-as-new. */
export type PlainSnapshot = {
  value: StateValue;
  context: unknown;
  history: Record<string, string[]>;
  /** The children that have ended and whose states are still active: they are known, and hear nothing. */
  children: string[];
};

/** Only while no child is under way. */
export function toPlain(snapshot: AnyMachineSnapshot): PlainSnapshot {
  const history = Object.entries(snapshot.historyValue ?? {}).map(([id, nodes]) => [id, nodes.map((node) => node.id)]);
  return {
    value: snapshot.value,
    context: snapshot.context,
    history: Object.fromEntries(history),
    children: Object.keys(snapshot.children),
  };
}

export function fromPlain(
  machine: AnyStateMachine,
  { value, context, history, children }: PlainSnapshot,
): AnyMachineSnapshot {
  const nodes = allNodes(machine.root);
  const remembered = Object.entries(history).map(([id, ids]) => [id, nodes.filter((node) => ids.includes(node.id))]);
  const snapshot = machine.resolveState({ value, context, historyValue: Object.fromEntries(remembered) });
  const parent = createEmptyActor();
  const inert = fromTransition((state: null) => state, null);
  return Object.assign(snapshot, {
    children: Object.fromEntries(children.map((id) => [id, createActor(inert, { id, parent })])),
  });
}

/** XState's own look-up by id takes a dot in it for a path. */
const allNodes = (node: AnyStateNode): AnyStateNode[] => [node, ...Object.values(node.states).flatMap(allNodes)];

/**
 * Where a value holds something that would be another once it has been written as JSON and read again, such as a date, a
 * function or a reference to a child.
 *
 * @returns its path, such as `context.orders[1].at`; null where all can be carried over.
 */
export function notPlain(value: unknown, path: string, around: object[] = []): string | null {
  if (value === null || value === undefined || typeof value === 'string' || typeof value === 'boolean') return null;
  if (typeof value === 'number') return Number.isFinite(value) ? null : path;
  if (typeof value !== 'object' || around.includes(value) || !isRecordOrList(value)) return path;
  const inside = [...around, value];
  if (Array.isArray(value)) return firstOf(value, (each, index) => notPlain(each, `${path}[${index}]`, inside));
  return firstOf(Object.entries(value), ([key, each]) => notPlain(each, `${path}.${key}`, inside));
}

function isRecordOrList(value: object): boolean {
  if (Array.isArray(value)) return !value.includes(undefined);
  const prototype = Object.getPrototypeOf(value);
  // An object's own prototype has none, in whichever realm it was made.
  return !('toJSON' in value) && (prototype === null || Object.getPrototypeOf(prototype) === null);
}

function firstOf<Item>(items: Item[], look: (item: Item, index: number) => string | null): string | null {
  for (const [index, item] of items.entries()) {
    const found = look(item, index);
    if (found !== null) return found;
  }
  return null;
}

/** Why a value cannot be written as JSON, such as that it has a cycle or a BigInt in it; null where it can. */
export function whyNotWritten(value: unknown): string | null {
  try {
    JSON.stringify(value);
    return null;
  } catch (error) {
    return `(not plain data: ${String(error)})`;
  }
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
