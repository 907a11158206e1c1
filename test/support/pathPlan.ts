import { fromTransition } from 'xstate';
import { adjacencyMapToArray, getAdjacencyMap } from 'xstate/graph';
import { isDone, type Model } from './pathModel.ts';
import type { Steps } from './pathSteps.ts';

/**
 * Paths through a machine and its world, made from the graph that `xstate/graph` finds: as few as it takes to come by
 * every transition, each from a start to an end.
 */

/** How many steps a path may have before it goes straight to an end. */
const LONGEST = 14;

/**
 * @param start the world before anything has happened. @param key what tells two situations of the model apart: two with
 *   the same key are taken for one.
 * @returns each path as the names of its steps.
 */
export function planPaths(start: Model, steps: Steps, key: (model: Model) => string): string[][] {
  const graph = graphOf(start, steps, key);
  const covered = new Set<string>();
  const isNew = ({ to }: Edge) => to.taken.some((name) => !covered.has(name));
  const paths: string[][] = [];
  for (;;) {
    const path: Edge[] = [];
    const append = (edges: Edge[]) => {
      for (const { to } of edges) for (const name of to.taken) covered.add(name);
      path.push(...edges);
    };
    for (;;) {
      const at = path.at(-1)?.toKey ?? key(start);
      const goesOn = path.length < LONGEST && nearest(graph, at, (edge) => isNew(edge) && !isDone(edge.to));
      const found = goesOn || nearest(graph, at, isNew);
      if (!found) break;
      append(found);
    }
    const last = path.at(-1);
    if (!last) return paths;
    if (!isDone(last.to)) append(nearest(graph, last.toKey, ({ to }) => isDone(to)) ?? []);
    paths.push(path.map(({ step }) => step));
  }
}

type Edge = { step: string; to: Model; toKey: string };
type Graph = Map<string, Edge[]>;

function graphOf(start: Model, steps: Steps, key: (model: Model) => string): Graph {
  const names = Object.keys(steps);
  const logic = fromTransition((model: Model, { type }: { type: string }) => takeStep(model, steps, type), start);
  const map = getAdjacencyMap(logic, {
    events: ({ context }) => names.filter((name) => steps[name]?.when(context)).map((type) => ({ type })),
    serializeState: ({ context }) => key(context),
    serializeEvent: ({ type }) => type,
    limit: 50_000,
  });
  const graph: Graph = new Map();
  for (const { state, event, nextState } of adjacencyMapToArray(map)) {
    const from = key(state.context);
    const edge = { step: event.type, to: nextState.context, toKey: key(nextState.context) };
    graph.set(from, [...(graph.get(from) ?? []), edge]);
  }
  return graph;
}

/** The model after one step; what the step came by is in `taken` and `entered`. */
export function takeStep(model: Model, steps: Steps, name: string): Model {
  const step = steps[name];
  if (!step) throw new Error(`there is no step "${name}"`);
  return step.inModel({ ...model, taken: [], entered: [], steps: model.steps + 1 });
}

/** The shortest way from a situation to an edge that is looked for, that edge included. */
function nearest(graph: Graph, from: string, isIt: (edge: Edge) => boolean): Edge[] | undefined {
  const seen = new Set([from]);
  let ways: { at: string; way: Edge[] }[] = [{ at: from, way: [] }];
  while (ways.length > 0) {
    const further: typeof ways = [];
    for (const { at, way } of ways) {
      for (const edge of graph.get(at) ?? []) {
        if (isIt(edge)) return [...way, edge];
        if (seen.has(edge.toKey)) continue;
        seen.add(edge.toKey);
        further.push({ at: edge.toKey, way: [...way, edge] });
      }
    }
    ways = further;
  }
  return undefined;
}
