import { ApplicationFailure } from '@temporalio/workflow';
import type { AnyStateMachine, AnyStateNode } from 'xstate';

const fail = (message: string) => ApplicationFailure.nonRetryable(message, 'MachineRefused');

/** Why an action has no place in a durable machine, and what to use instead. */
export const actionRefused = (name: string, where: string) =>
  fail(
    `The action "${name}" (${where}) cannot run in a durable machine: it would run again on each replay. ` +
      'Use assign, raise, cancel, enqueueActions, emit, log or sendTo, or invoke a source of that name as an activity.',
  );

/**
 * Refuses a machine that cannot run durably, before anything has happened: actions other than XState's own, and
 * invoked sources without a name.
 *
 * @throws ApplicationFailure of type `MachineRefused` that names what was found, where, and what to use instead.
 */
export function refuseUndurable(machine: AnyStateMachine): void {
  const check = (action: unknown, where: string) => {
    const name = actionName(action);
    const found = typeof action === 'function' ? action : machine.implementations.actions[name];
    if (!(typeof found === 'function' && 'resolve' in found)) throw actionRefused(name, where);
  };
  const walk = (node: AnyStateNode) => {
    const where = `state ${node.id}`;
    for (const action of [...node.entry, ...node.exit, ...(node.initial?.actions ?? [])]) check(action, where);
    for (const transitions of [...node.transitions.values(), node.always ?? []])
      for (const { actions } of transitions) for (const action of actions) check(action, where);
    for (const { src, id } of node.invoke)
      if (typeof src !== 'string' || src.startsWith('xstate.invoke.'))
        throw fail(
          `The source invoked as "${id}" (${where}) has no name: give it one in setup({ actors }) and invoke it by that ` +
            'name, which is the name of the activity or child workflow that carries it out.',
        );
    for (const child of Object.values(node.states)) walk(child);
  };
  walk(machine.root);
}

function actionName(action: unknown): string {
  if (typeof action === 'string') return action;
  if (typeof action === 'function') return action.name || '(anonymous)';
  if (typeof action === 'object' && action !== null && 'type' in action) return String(action.type);
  return '(anonymous)';
}
