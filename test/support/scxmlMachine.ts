import {
  type AnyEventObject,
  type AnyStateMachine,
  type AnyStateNodeConfig,
  assign,
  cancel,
  createMachine,
  enqueueActions,
  log,
  type MachineContext,
  not,
  raise,
  sendParent,
  sendTo,
  stateIn,
} from 'xstate';
import type { Element } from './scxml.ts';

/**
 * An SCXML document as an XState machine, for tests: what XState's own test-suite takes of SCXML. It takes the document
 * as plain data and no XML library, so that a workflow can be given one as its input and build the machine itself.
 */

type Action = NonNullable<AnyStateNodeConfig['entry']>;
type Actions = Extract<Action, readonly unknown[]>;
type Scope = { context: MachineContext; event: AnyEventObject };

/** @throws Error that names an element which is not handled. */
export function scxmlMachine(document: Element): AnyStateMachine {
  const reader = new Reader(document);
  return reader.machine();
}

/** The documents that are invoked by a document, in its order: the source `child0`, `child1` … of its machine. */
export const childrenOf = (document: Element): Element[] =>
  within(document)
    .filter(({ name }) => name === 'invoke')
    .map((invoke) =>
      required(named(named(invoke.children, 'content')[0]?.children ?? [], 'scxml')[0], 'an inline <scxml>'),
    );

const STATES = ['state', 'parallel', 'final', 'history'];

class Reader {
  #document: Element;
  #invokes: Element[];
  #unnamed = 0;
  /** All event names of the document: a name matches longer ones too (SCXML 3.12.1), which XState writes `name.*`. */
  #events: string[];

  constructor(document: Element) {
    this.#document = document;
    this.#invokes = within(document).filter(({ name }) => name === 'invoke');
    this.#events = within(document).flatMap(({ attributes }) => (attributes.event ?? '').split(/\s+/));
  }

  machine(): AnyStateMachine {
    const data = within(this.#document, false).filter(({ name }) => name === 'data');
    const context: MachineContext = {};
    for (const { attributes } of data)
      context[required(attributes.id, 'data with an id')] =
        attributes.expr && evaluate(attributes.expr, { context: {}, event: { type: '' } });
    const actors = childrenOf(this.#document).map((child, index) => [`child${index}`, scxmlMachine(child)]);
    return createMachine({ ...this.#node(this.#document), id: '(scxml)', context }).provide({
      actors: Object.fromEntries(actors),
    });
  }

  #node(element: Element): AnyStateNodeConfig {
    const { name, attributes, children } = element;
    const id = key(attributes.id ?? `unnamed${this.#unnamed++}`);
    const transitions = named(children, 'transition');
    if (name === 'history') {
      const target = transitions[0]?.attributes.target;
      const kind = attributes.type === 'deep' ? 'deep' : 'shallow';
      return { id, type: 'history', history: kind, ...(target && { target: reference(target) }) };
    }
    const states = children.filter((child) => STATES.includes(child.name));
    // A state without an id gets its key here and its id when it is read: both from the same element.
    const keyed = states.map((state): [string, AnyStateNodeConfig] => {
      const config = this.#node(state);
      return [String(config.id), config];
    });
    const first =
      attributes.initial ?? named(named(children, 'initial')[0]?.children ?? [], 'transition')[0]?.attributes.target;
    const events = transitions.flatMap((transition) =>
      (transition.attributes.event ?? '')
        .split(/\s+/)
        .map((event) => [this.#descriptor(event), this.#transition(transition)] as const),
    );
    const on = Object.groupBy(
      events.filter(([event]) => event !== ''),
      ([event]) => event,
    );
    return {
      id,
      ...(name === 'parallel' && { type: 'parallel' }),
      ...(name === 'final' && { type: 'final' }),
      ...(name !== 'parallel' && keyed[0] && { initial: first ? key(first) : keyed[0][0] }),
      ...(keyed.length > 0 && { states: Object.fromEntries(keyed) }),
      on: Object.fromEntries(
        Object.entries(on).map(([event, found]) => [event, (found ?? []).map(([, config]) => config)]),
      ),
      always: events.filter(([event]) => event === '').map(([, config]) => config),
      entry: this.#actions(named(children, 'onentry').flatMap((entry) => entry.children)),
      exit: this.#actions(named(children, 'onexit').flatMap((exit) => exit.children)),
      invoke: named(children, 'invoke').map((invoke) => {
        const index = this.#invokes.indexOf(invoke);
        return {
          src: `child${index}`,
          id: invoke.attributes.id ?? `child${index}`,
          input: () => childrenOf(this.#document)[index],
        };
      }),
    };
  }

  #transition({ attributes, children }: Element) {
    return {
      ...(attributes.target && { target: attributes.target.trim().split(/\s+/).map(reference) }),
      ...(attributes.cond && { guard: guard(attributes.cond) }),
      // In SCXML a transition leaves its source unless it says otherwise.
      reenter: attributes.type !== 'internal',
      actions: this.#actions(children),
    };
  }

  #descriptor(event: string): string {
    if (event === '' || event === '*' || event.endsWith('.*')) return event;
    const name = event.replace(/^done\.state\b/, 'xstate.done.state').replace(/^done\.invoke\b/, 'xstate.done.actor');
    const isPrefix =
      name === 'xstate.done.actor' ||
      name === 'xstate.done.state' ||
      this.#events.some((other) => other.startsWith(`${event}.`));
    return isPrefix ? `${name}.*` : name;
  }

  #actions(elements: Element[]): Actions {
    return elements.map((element) => this.#action(element));
  }

  #action({ name, attributes, children }: Element): Actions[number] {
    switch (name) {
      case 'raise':
        return raise({ type: required(attributes.event, 'raise with an event') });
      case 'assign': {
        const location = required(attributes.location, 'assign with a location');
        const expression = required(attributes.expr, 'assign with an expr');
        return assign((scope: Scope) => ({ [location]: evaluate(expression, scope) }));
      }
      case 'log':
        return log((scope: Scope) => attributes.expr && evaluate(attributes.expr, scope), attributes.label);
      case 'cancel': {
        const { sendid, sendidexpr } = attributes;
        return cancel(sendid ?? ((scope: Scope) => String(evaluate(required(sendidexpr, 'a sendid'), scope))));
      }
      case 'send':
        return this.#send(attributes, named(children, 'param'));
      case 'if':
        return this.#branches(attributes, children);
      default:
        throw new Error(`<${name}> is not handled`);
    }
  }

  #send(attributes: Element['attributes'], params: Element[]): Actions[number] {
    const { event, eventexpr, target, id, delay, delayexpr } = attributes;
    const sent = (scope: Scope) => ({
      ...Object.fromEntries(
        params.map(({ attributes }) => [attributes.name ?? '', evaluate(attributes.expr ?? '', scope)]),
      ),
      type: event ?? String(evaluate(required(eventexpr, 'send with an event'), scope)),
    });
    if (target === '#_internal') return raise(sent);
    const options = {
      ...(id && { id }),
      ...(delay && { delay: milliseconds(delay) }),
      ...(delayexpr && { delay: (scope: Scope) => milliseconds(String(evaluate(delayexpr, scope))) }),
    };
    // The tests use `targetexpr` only for the session itself.
    if (target === undefined) return sendTo(({ self }) => self, sent, options);
    if (target === '#_parent') return sendParent(sent, options);
    return sendTo(target.replace(/^#_/, ''), sent, options);
  }

  /** `<if>`, in which `<elseif/>` and `<else/>` stand between the branches. */
  #branches(attributes: Element['attributes'], children: Element[]): Actions[number] {
    const branches: { cond: string | undefined; actions: Element[] }[] = [{ cond: attributes.cond, actions: [] }];
    for (const child of children)
      if (child.name === 'elseif' || child.name === 'else') branches.push({ cond: child.attributes.cond, actions: [] });
      else branches.at(-1)?.actions.push(child);
    const ready = branches.map(({ cond, actions }) => ({
      guard: cond && guard(cond),
      actions: this.#actions(actions),
    }));
    return enqueueActions(({ enqueue, check }) => {
      const taken = ready.find((branch) => !branch.guard || check(branch.guard));
      for (const action of taken?.actions ?? []) enqueue(action);
    });
  }
}

const named = (elements: Element[], name: string) => elements.filter((element) => element.name === name);

/** The elements inside one, in document order, those of invoked documents left out. */
function within({ children }: Element, deep = true): Element[] {
  return children.flatMap((child) =>
    child.name === 'content' || (!deep && STATES.includes(child.name)) ? [] : [child, ...within(child, deep)],
  );
}

/** XState takes a dot in a state's id for a way down. */
const key = (id: string) => id.trim().replaceAll('.', '$');
const reference = (id: string) => `#${key(id)}`;

function guard(cond: string) {
  const [, isNot, state] = /^\s*(!?)\s*In\('(.*)'\)\s*$/.exec(cond) ?? [];
  if (state === undefined) return (scope: Scope) => Boolean(evaluate(cond, scope));
  return isNot ? not(stateIn(reference(state))) : stateIn(reference(state));
}

/** Evaluates an ECMAScript expression of a test, in which the datamodel's names stand for their values. */
function evaluate(expression: string, { context, event }: Scope): unknown {
  const scope = { ...context, _sessionid: 'this', _event: { name: event.type, data: event } };
  return new Function(...Object.keys(scope), `return (${expression});`)(...Object.values(scope));
}

function milliseconds(delay: string): number {
  const [, amount, unit] = /^\s*(\d*\.?\d+)(ms|s)\s*$/.exec(delay) ?? [];
  if (amount === undefined) throw new Error(`"${delay}" is not a delay: expected e.g. 10ms or .5s`);
  return Number(amount) * (unit === 's' ? 1000 : 1);
}

function required<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`expected ${what}`);
  return value;
}
