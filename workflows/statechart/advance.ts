import {
  Actor,
  type AnyActorLogic,
  type AnyActorRef,
  type AnyActorScope,
  type AnyEventObject,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  createEmptyActor,
  type ExecutableActionObject,
  transition,
} from 'xstate';

/** What a machine sends an event to: itself, the machine that invoked it, or one of its children, by its reference. */
export type Target = 'itself' | 'parent' | object;

/** What the actions of a machine can see of the world around it. */
export type Around = {
  hasParent: boolean;
  /** Whether a child has not ended yet. */
  isRunning(child: object): boolean;
};

/** The snapshot after a step, and what the machine asked for meanwhile. */
export type Step = { next: AnyMachineSnapshot; actions: ExecutableActionObject[] };

/** The first snapshot of a machine. */
export function begin(machine: AnyStateMachine, input: unknown, around: Around): Step {
  const nothingYet = machine.resolveState({ value: {}, context: {} });
  return step(nothingYet, around, (scope) => machine.getInitialSnapshot(scope, input));
}

/** The snapshot after an event. */
export function advance(
  machine: AnyStateMachine,
  snapshot: AnyMachineSnapshot,
  event: AnyEventObject,
  around: Around,
): Step {
  return step(snapshot, around, (scope) => machine.transition(snapshot, event, scope));
}

/** Stands for the machine that invoked this one. */
const parent: AnyActorRef = createEmptyActor();

export function targetOf(to: unknown): Target {
  if (to === parent) return 'parent';
  return to instanceof Actor && to._parent && to._parent !== parent ? to : 'itself';
}

/**
 * One step of XState's pure `transition`, which makes an actor for what actions know as `self`. Given the machine itself
 * it would compute its initial snapshot for that at each step, without an input, and have `self` stand there for ever.
 */
function step(
  snapshot: AnyMachineSnapshot,
  { hasParent, isRunning }: Around,
  take: (scope: AnyActorScope) => AnyMachineSnapshot,
): Step {
  const actions: ExecutableActionObject[] = [];
  const logic: AnyActorLogic = {
    getInitialSnapshot: () => snapshot,
    getPersistedSnapshot: () => snapshot,
    transition: (_snapshot, _event, scope) => {
      if (hasParent) scope.self._parent = parent;
      scope.actionExecutor = (action) => actions.push(action);
      // Each step has a system of its own: what earlier ones put into it is looked up among the children.
      const { get } = scope.system;
      const known = (systemId: string) =>
        Object.values(snapshot.children).find(
          (child) => child instanceof Actor && child.systemId === systemId && isRunning(child),
        );
      Object.assign(scope.system, { get: (systemId: string) => get(systemId) ?? known(systemId) });
      return take(scope);
    },
  };
  const [next] = transition(logic, snapshot, { type: '' });
  return { next, actions };
}
