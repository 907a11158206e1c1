import type { AnyStateMachine, AnyStateNode } from 'xstate';

/**
 * Draws an XState machine as a Mermaid `stateDiagram-v2`, for people: nested states, parallel regions, and arrows that
 * say in plain words what leads on. Left out is what changes no state, and the inside of states in which nobody acts: a
 * waiting state's reminders, the steps of an order.
 */

type Node = AnyStateNode;
type Arrow = { from: string; to: string; label: string; scope: Node };

/** Words that mean something to Mermaid and cannot name a state. */
const RESERVED = new Set(['state', 'note', 'end', 'direction', 'class', 'classDef', 'style', 'click', 'hide', 'scale']);

/**
 * @param machine any machine made with `createMachine` or `setup`.
 * @param unsaid guards that are not worth naming, since they stand at every command.
 * @returns the diagram's text, without the fence around it.
 */
export function stateDiagram(machine: AnyStateMachine, unsaid: readonly string[] = []): string {
  const { root } = machine;
  const arrows = mergeLabels([root, ...descendants(root)].flatMap((node) => arrowsFrom(node, unsaid)));
  const ends = descendants(root).filter((node) => node.type === 'final' && shown(node) === node);
  return [
    'stateDiagram-v2',
    ...drawInside(root, arrows, '  '),
    ...(ends.length > 0 ? ['  classDef ending stroke-width:4px', `  class ${ends.map(idOf).join(', ')} ending`] : []),
  ].join('\n');
}

const children = (node: Node): Node[] => Object.values(node.states);
const isAbove = (upper: Node, lower: Node) =>
  upper !== lower && upper.path.every((key, depth) => lower.path[depth] === key);
const ancestors = (node: Node): Node[] => (node.parent ? [node.parent, ...ancestors(node.parent)] : []);
const descendants = (node: Node): Node[] => children(node).flatMap((child) => [child, ...descendants(child)]);

/** The states and arrows inside one state, as lines. */
function drawInside(scope: Node, arrows: Arrow[], indent: string): string[] {
  const parallel = scope.type === 'parallel';
  const states = children(scope).flatMap((child, index) => [
    ...(parallel && index > 0 ? [`${indent}--`] : []),
    ...drawState(child, arrows, indent),
  ]);
  const [first] = parallel ? [] : (scope.initial.target ?? []);
  const own = arrows.filter((arrow) => arrow.scope === scope);
  return [
    ...states,
    ...(own.some(({ from }) => from === anywhere(scope))
      ? [`${indent}state "in any of these" as ${anywhere(scope)}`]
      : []),
    ...(first ? [`${indent}[*] --> ${idOf(shown(first))}`] : []),
    ...own.map(({ from, to, label }) => `${indent}${from} --> ${to}${label && ` : ${label}`}`),
  ];
}

function drawState(node: Node, arrows: Arrow[], indent: string): string[] {
  const name = `${indent}state "${nameOf(node)}" as ${idOf(node)}`;
  if (children(node).length === 0 || isFolded(node)) return [name];
  return [`${name} {`, ...drawInside(node, arrows, `${indent}  `), `${indent}}`];
}

/** The arrows that leave a state, each with the state in which it is to be drawn. */
function arrowsFrom(source: Node, unsaid: readonly string[]): Arrow[] {
  const from = shown(source);
  return transitionsOf(source, unsaid).flatMap(({ label, targets }) =>
    targets.map(shown).flatMap((to): Arrow[] => {
      const isInside = from === to || isAbove(from, to);
      // Inside a folded state nothing is drawn.
      if (isInside && (from !== source || isFolded(from))) return [];
      if (from === to && children(from).length === 0)
        return [{ from: idOf(from), to: idOf(to), label, scope: around(from, to) }];
      // Mermaid draws no arrow between a state and one inside it, so these begin or end inside.
      if (isInside) return [{ from: anywhere(from), to: idOf(from === to ? firstOf(to) : to), label, scope: from }];
      const reached = isAbove(to, from) ? firstOf(to) : to;
      return [{ from: idOf(from), to: idOf(reached), label, scope: around(from, reached) }];
    }),
  );
}

/** What leads on from a state, in words, and where to. */
function transitionsOf(node: Node, unsaid: readonly string[]): { label: string; targets: readonly Node[] }[] {
  const candidates = [...(node.always ? [['', node.always] as const] : []), ...node.transitions];
  return candidates.flatMap(([event, transitions]) => {
    const ways = new Set(transitions.map(({ target }) => target?.map(({ id }) => id).join()));
    const always = transitions.length > 1 && ways.size === 1 && transitions.at(-1)?.guard === undefined;
    return transitions.map(({ guard, target }, index) => {
      const conditions = guard === undefined ? [] : conditionsOf(guard).filter((name) => !unsaid.includes(name));
      const condition = conditions.map((name) => words(spoken(name, node))).join(' and ');
      const said = always ? '' : condition || (index > 0 ? 'otherwise' : '');
      return { label: [eventName(node, event), said && `[${said}]`].filter(Boolean).join(' '), targets: target ?? [] };
    });
  });
}

/** A guard's parameter that only says which part of the machine this is goes without saying. */
const spoken = (name: string, node: Node) =>
  name
    .split(' ')
    .filter((word) => !node.path.includes(word))
    .join(' ');

function eventName(node: Node, event: string): string {
  const after = event.startsWith('xstate.after.') && event.slice('xstate.after.'.length, -`.${node.id}`.length);
  if (after) return `after ${Number.isNaN(Number(after)) ? words(after) : `${after} ms`}`;
  if (event === `xstate.done.state.${node.id}`) return 'done';
  for (const { id, src } of node.invoke) {
    const source = typeof src === 'string' ? words(src) : words(id);
    if (event === `xstate.done.actor.${id}`) return `${source} done`;
    if (event === `xstate.error.actor.${id}`) return `${source} fails`;
  }
  return event === '*' ? 'any event' : words(event);
}

/** The names of all that must hold; guards made with `and`, `or`, `not`, `stateIn` have their parts on them. */
function conditionsOf(guard: unknown): string[] {
  if (typeof guard === 'string') return [guard];
  if (typeof guard !== 'function' && (typeof guard !== 'object' || guard === null)) return ['a condition'];
  const name = 'name' in guard && typeof guard.name === 'string' ? guard.name : '';
  if ('guards' in guard && Array.isArray(guard.guards)) {
    if (name === 'and') return guard.guards.flatMap(conditionsOf);
    const parts = guard.guards.map((part) => conditionsOf(part).join(' and '));
    return [name === 'not' ? `not ${parts.join()}` : parts.join(' or ')];
  }
  if ('stateValue' in guard) return [`in ${JSON.stringify(guard.stateValue)}`];
  if ('type' in guard && typeof guard.type === 'string')
    return [[guard.type, ...parametersOf('params' in guard ? guard.params : undefined)].join(' ')];
  return [name === '' || name === 'guard' ? 'a condition' : name];
}

const parametersOf = (params: unknown): unknown[] =>
  typeof params === 'object' && params !== null
    ? Object.values(params).filter((value) => typeof value === 'string')
    : [];

/** `nothingToDetach` → `nothing to detach`, without what Mermaid would read as the end of a label. */
const words = (text: string) =>
  text
    .replace(/([a-z0-9])([A-Z])/g, (_, before: string, after: string) => `${before} ${after.toLowerCase()}`)
    .replace(/[:;"{}\n]+/g, ' ')
    .trim();

const nameOf = (node: Node) => (node.type === 'history' ? 'as it was before' : node.key.replace(/["\n]/g, ' '));

function idOf(node: Node): string {
  const id = node.path.map((key) => key.replace(/[^A-Za-z0-9]/g, '')).join('_');
  return RESERVED.has(id) ? `${id}_` : id;
}

/** The id of the small state that stands for whichever state a scope is in. */
const anywhere = (scope: Node) => `${idOf(scope)}_any`.replace(/^_/, '');

/** The innermost state that holds both, and is neither. */
const around = (one: Node, other: Node): Node =>
  ancestors(one).find((scope) => isAbove(scope, other)) ?? one.machine.root;

const firstOf = (node: Node): Node => shown(node.initial?.target?.[0] ?? children(node)[0] ?? node);

/** The state itself, or the folded one around it that is drawn in its place. */
const shown = (node: Node): Node => ancestors(node).reverse().find(isFolded) ?? node;

/** Does everything inside this state happen by itself, through timers, answers and conditions? Then it is drawn as one. */
const isFolded = (node: Node): boolean =>
  node.parent !== undefined &&
  children(node).length > 0 &&
  descendants(node).every((state) => [...state.transitions.keys()].every((event) => event.startsWith('xstate.')));

/** One arrow for all that leads from one state to the same other. */
function mergeLabels(arrows: Arrow[]): Arrow[] {
  const merged = new Map<string, Arrow>();
  for (const arrow of arrows) {
    const key = `${arrow.from} ${arrow.to}`;
    const before = merged.get(key);
    const labels = new Set([...(before?.label.split('<br/>') ?? []), arrow.label]);
    merged.set(key, { ...arrow, label: [...labels].filter(Boolean).join('<br/>') });
  }
  return [...merged.values()];
}
