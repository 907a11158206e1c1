import dagre from '@dagrejs/dagre';
import type { AnyStateMachine, AnyStateNode } from 'xstate';
import { employeeLeavesMachine } from '../machines/employeeLeaves.ts';
import { employeeLeavesEvents, removalEvents } from '../machines/messages.ts';
import { removalMachine } from '../machines/removal.ts';
import type { Chart } from './api.ts';

/**
 * A statechart as the portal draws it, made from the machine itself: its top-level states, laid out so that no browser
 * has to, and what leads from one to another.
 */

const machines = {
  removal: { machine: removalMachine, commands: Object.keys(removalEvents) },
  employeeLeaves: { machine: employeeLeavesMachine, commands: Object.keys(employeeLeavesEvents) },
};

/** The picture of a process. */
export const chartOf = (process: Chart['process']): Chart => {
  const { machine, commands } = machines[process];
  return { process, version: machine.version ?? '1', ...draw(machine, commands) };
};

const BOX = { width: 172, height: 64 };
const REGION_HEIGHT = 40;

function draw(machine: AnyStateMachine, commands: readonly string[]): Omit<Chart, 'process' | 'version'> {
  const { root } = machine;
  const states = Object.values(root.states);
  const arrows = arrowsOf(states, commands);
  const graph = new dagre.graphlib.Graph();
  graph.setGraph({ rankdir: 'TB', nodesep: 20, ranksep: 48, marginx: 8, marginy: 8 });
  for (const state of states) {
    const height = BOX.height + regionsOf(state, commands).length * REGION_HEIGHT;
    graph.setNode(state.key, { ...BOX, height });
  }
  for (const { from, to } of arrows) graph.setEdge(from, to, {});
  dagre.layout(graph);
  const { width = 0, height = 0 } = graph.graph();
  const initial = root.initial.target?.[0]?.key;
  return {
    width: Math.ceil(width),
    height: Math.ceil(height),
    states: states.map((state) => {
      const { x, y, ...size } = graph.node(state.key);
      return {
        id: state.key,
        kind: state.type === 'final' ? 'end' : state.key === initial ? 'start' : 'state',
        regions: regionsOf(state, commands),
        x: Math.round(x),
        y: Math.round(y),
        width: size.width,
        height: size.height,
      };
    }),
    arrows: arrows.map((arrow) => ({
      ...arrow,
      points: graph.edge(arrow.from, arrow.to).points.map(({ x, y }: { x: number; y: number }) => ({
        x: Math.round(x),
        y: Math.round(y),
      })),
    })),
  };
}

const inside = (node: AnyStateNode): AnyStateNode[] => [node, ...Object.values(node.states).flatMap(inside)];

/** The regions that lie in a state, wherever, as far as people have something to do in them. */
const regionsOf = (state: AnyStateNode, commands: readonly string[]): string[] =>
  inside(state)
    .filter(({ type }) => type === 'parallel')
    .flatMap(({ states }) => Object.values(states))
    .filter((region) => inside(region).some(({ transitions }) => commands.some((name) => transitions.has(name))))
    .map(({ key }) => key);

/** What leads from one top-level state to another: one arrow for each pair. */
function arrowsOf(states: AnyStateNode[], commands: readonly string[]): Omit<Chart['arrows'][number], 'points'>[] {
  const found = new Map<string, { from: string; to: string; events: Set<string>; byItself: boolean }>();
  for (const state of states)
    for (const node of inside(state))
      for (const [event, transitions] of [...node.transitions, ['', node.always ?? []] as const])
        for (const { path } of transitions.flatMap(({ target }) => target ?? [])) {
          const [from, to] = [state.key, path[0] ?? ''];
          if (from === to) continue;
          const arrow = found.get(`${from} ${to}`) ?? { from, to, events: new Set<string>(), byItself: false };
          if (commands.includes(event)) arrow.events.add(event);
          else arrow.byItself = true;
          found.set(`${from} ${to}`, arrow);
        }
  return [...found.values()].map((arrow) => ({ ...arrow, events: [...arrow.events] }));
}
