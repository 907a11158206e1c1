import { ApplicationFailure } from '@temporalio/workflow';
import { type AnyActorLogic, type AnyStateMachine, type AnyStateNode, StateMachine, transition } from 'xstate';
import { durable } from './durable.ts';

const fail = (message: string) => ApplicationFailure.nonRetryable(message, 'MachineRefused');

/** Why an action has no place in a durable machine, and what to use instead. */
export const actionRefused = (name: string, where: string) =>
  fail(
    `The action "${name}" (${where}) cannot run in a durable machine: it would run again on each replay. ` +
      'Use assign, raise, cancel, enqueueActions, emit, log or sendTo, or invoke a source of that name as an activity.',
  );

/** Why a source has no place in a durable machine, and what to use instead. */
export const sourceRefused = (name: string, where: string, why: string) =>
  fail(`The source "${name}" (${where}) cannot run durably: ${why}`);

export const UNNAMED =
  'it has no name. Give it one in setup({ actors }) and use it by that name, which is the name of the activity or child ' +
  'workflow that carries it out.';
export const MISSING = 'the machine does not implement it. Give it in setup({ actors }), as a promise or a machine.';
const NEITHER =
  'it is neither a promise nor a machine. Use fromPromise, which an activity carries out, or a machine, which is a child ' +
  'workflow; what goes on for long can send signals.';
const SNAPSHOTS =
  'its snapshots do not come (onSnapshot, syncSnapshot). Use onDone, or a machine that tells what happens with sendParent.';

/** Whether the machine has sources that are machines themselves, which may send it events. */
export const invokesMachines = ({ implementations }: AnyStateMachine): boolean =>
  Object.values(implementations.actors).some((logic) => logic instanceof StateMachine);

/**
 * Refuses a machine that cannot run durably, before anything has happened: actions other than XState's own, and
 * sources without a name, that are neither promises nor machines, or whose snapshots are waited for.
 *
 * @throws ApplicationFailure of type `MachineRefused` that names what was found, where, and what to use instead.
 */
export function refuseUndurable(machine: AnyStateMachine): void {
  if (durable.has(machine)) return;
  try {
    refuseSources(machine);
    refuseStates(machine);
    durable.add(machine);
  } catch (error) {
    // XState finds out only here that, for example, an initial state does not exist.
    throw error instanceof ApplicationFailure ? error : fail(error instanceof Error ? error.message : String(error));
  }
}

function refuseSources({ id, implementations }: AnyStateMachine): void {
  for (const [name, found] of Object.entries(implementations.actors)) {
    const logic = 'src' in found ? found.src : found;
    if (!(logic instanceof StateMachine) && !isPromise(logic)) throw sourceRefused(name, `machine ${id}`, NEITHER);
  }
}

/** XState does not say what a logic was made of, so it is asked what it makes of a promise's answer. */
function isPromise(logic: AnyActorLogic): boolean {
  try {
    const [next] = transition(logic, { status: 'active' }, { type: 'xstate.promise.resolve', data: null });
    return next.status === 'done';
  } catch {
    return false;
  }
}

function refuseStates(machine: AnyStateMachine): void {
  const check = (action: unknown, where: string) => {
    const name = actionName(action);
    const found = typeof action === 'function' ? action : machine.implementations.actions[name];
    if (!(typeof found === 'function' && 'resolve' in found)) throw actionRefused(name, where);
    if ('type' in found && found.type === 'xstate.spawnChild' && 'src' in found)
      checkSource(
        found.src,
        'id' in found ? found.id : undefined,
        'syncSnapshot' in found && found.syncSnapshot,
        where,
      );
  };
  const checkSource = (src: unknown, id: unknown, isWatched: unknown, where: string) => {
    const name = typeof id === 'string' ? id : '(without an id)';
    if (typeof src !== 'string' || src.startsWith('xstate.invoke.')) throw sourceRefused(name, where, UNNAMED);
    if (!Object.hasOwn(machine.implementations.actors, src)) throw sourceRefused(src, where, MISSING);
    if (isWatched) throw sourceRefused(src, where, SNAPSHOTS);
  };
  const walk = (node: AnyStateNode) => {
    const where = `state ${node.id}`;
    for (const action of [...node.entry, ...node.exit, ...(node.initial?.actions ?? [])]) check(action, where);
    for (const transitions of [...node.transitions.values(), node.always ?? []])
      for (const { actions } of transitions) for (const action of actions) check(action, where);
    for (const { src, id, onSnapshot } of node.invoke) checkSource(src, id, onSnapshot, where);
    for (const child of Object.values(node.states)) walk(child);
  };
  walk(machine.root);
}

/** A function without a name of its own has that of the key it stands under. */
const KEYS = ['', 'actions', 'entry', 'exit'];

function actionName(action: unknown): string {
  if (typeof action === 'string') return action;
  if (typeof action === 'function') return KEYS.includes(action.name) ? '(anonymous)' : action.name;
  if (typeof action === 'object' && action !== null && 'type' in action) return String(action.type);
  return '(anonymous)';
}
