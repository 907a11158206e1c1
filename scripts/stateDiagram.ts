import type { AnyStateMachine, AnyStateNode } from 'xstate';

/**
 * Draws an XState machine as a Mermaid `stateDiagram-v2`, for people: nested states, parallel regions, and arrows that
 * say in plain words what leads on. Left out is what changes no state, and the inside of states in which nothing but
 * time passes (a waiting state's reminders).
 */

type Node = AnyStateNode;
type Arrow = { from: string; to: string; label: string; scope: Node };

/** Words that mean something to Mermaid and cannot name a state. */
const RESERVED = new Set(['state', 'note', 'end', 'direction', 'class', 'classDef', 'style', 'click', 'hide', 'scale']);

/**
 * @param machine any machine made with `createMachine` or `setup`.
 * @returns the diagram's text, without the fence around it.
 */
export function stateDiagram(machine: AnyStateMachine): string {
  const arrows = arrowsBelow(machine.root);
  return ['stateDiagram-v2', ...drawInside(machine.root, mergeLabels(arrows), '  ')].join('\n');
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
    ...children(scope).flatMap((child) => (child.type === 'final' ? [`${indent}${idOf(child)} --> [*]`] : [])),
  ];
}

function drawState(node: Node, arrows: Arrow[], indent: string): string[] {
  const name = `${indent}state "${nameOf(node)}" as ${idOf(node)}`;
  if (children(node).length === 0 || isFolded(node)) return [name];
  return [`${name} {`, ...drawInside(node, arrows, `${indent}  `), `${indent}}`];
}

/** The arrows of everything in a machine, each with the state in which it is to be drawn. */
function arrowsBelow(root: Node): Arrow[] {
  return [root, ...descendants(root)].flatMap((source) =>
    transitionsOf(source).flatMap(({ label, targets }) =>
      targets.flatMap((target): Arrow[] => {
        const [from, to] = [shown(source), shown(target)];
        // Inside a folded state nothing is drawn.
        if (from === to && from !== source) return [];
        if (from === to && children(from).length === 0)
          return [{ from: idOf(from), to: idOf(to), label, scope: around(from, to) }];
        // Mermaid draws no arrow between a state and one inside it, so these begin and end inside.
        if (from === to || isAbove(from, to))
          return isFolded(from)
            ? []
            : [{ from: anywhere(from), to: idOf(from === to ? firstOf(to) : to), label, scope: from }];
        const reached = isAbove(to, from) ? firstOf(to) : to;
        return [{ from: idOf(from), to: idOf(reached), label, scope: around(from, reached) }];
      }),
    ),
  );
}

/** What leads on from a state, in words, and where to. */
function transitionsOf(node: Node): { label: string; targets: readonly Node[] }[] {
  const candidates = [...(node.always ? [['', node.always] as const] : []), ...node.transitions];
  return candidates.flatMap(([event, transitions]) =>
    transitions.map(({ guard, target }, index) => {
      const otherwise = index > 0 ? ['[otherwise]'] : [];
      const condition = guard === undefined ? otherwise : [`[${guardName(guard)}]`];
      return { label: [eventName(node, event), ...condition].filter(Boolean).join(' '), targets: target ?? [] };
    }),
  );
}

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

/** A guard's name; guards put together with `and`, `or`, `not`, `stateIn` are functions with their parts on them. */
function guardName(guard: unknown): string {
  if (typeof guard === 'string') return words(guard);
  if (typeof guard !== 'function' && (typeof guard !== 'object' || guard === null)) return 'a condition';
  if ('guards' in guard && Array.isArray(guard.guards) && 'name' in guard) {
    const parts = guard.guards.map(guardName);
    return guard.name === 'not' ? `not ${parts.join()}` : parts.join(` ${guard.name} `);
  }
  if ('stateValue' in guard) return `in ${words(JSON.stringify(guard.stateValue))}`;
  if ('type' in guard && typeof guard.type === 'string') return words(guard.type);
  return 'name' in guard && typeof guard.name === 'string' && guard.name !== 'guard' && guard.name !== ''
    ? words(guard.name)
    : 'a condition';
}

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

/** Does nothing but time pass in this state: are there timers inside, and nothing that somebody does? */
function isFolded(node: Node): boolean {
  const inside = descendants(node);
  const events = inside.flatMap((state) => [...state.transitions.keys()]);
  return (
    node.parent !== undefined &&
    events.some((event) => event.startsWith('xstate.after.')) &&
    events.every((event) => event.startsWith('xstate.'))
  );
}

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
