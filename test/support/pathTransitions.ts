import type { AnyStateMachine, AnyTransitionDefinition } from 'xstate';
import { getStateNodes } from 'xstate/graph';

/** Every state and every transition of a machine by a name of its own: what coverage is counted in. */
export type Transitions = {
  states: string[];
  names: string[];
  nameOf(transition: AnyTransitionDefinition): string;
};

/**
 * Of each state node, each alternative of each event: what persons send, done and error of sources, `after`, `always`
 * and the ends of nested states.
 */
export function transitionsOf(machine: AnyStateMachine): Transitions {
  const names = new Map<AnyTransitionDefinition, string>();
  const nodes = [machine.root, ...getStateNodes(machine.root)];
  for (const node of nodes) {
    for (const [event, alternatives] of [...node.transitions, ['always', node.always ?? []] as const]) {
      alternatives.forEach((transition, index) => {
        const which = alternatives.length > 1 ? ` [${index + 1} of ${alternatives.length}]` : '';
        names.set(transition, `${node.id} on ${event}${which}`);
      });
    }
  }
  return {
    states: nodes.map(({ id }) => id),
    names: [...names.values()],
    nameOf: (transition) => {
      const name = names.get(transition);
      if (name === undefined) throw new Error(`a transition on ${transition.eventType} is not among the machine's`);
      return name;
    },
  };
}
