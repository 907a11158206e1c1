import { log } from '@temporalio/workflow';
import { Actor, type AnyActorRef, type AnyEventObject, StateMachine } from 'xstate';
import { type Step, targetOf } from './advance.ts';
import { isObject, type Payload } from './inbox.ts';
import { actionRefused, MISSING, sourceRefused, UNNAMED } from './refuse.ts';
import { whyNotWritten } from './snapshot.ts';
import type { SourceOptions, Sources } from './sources.ts';
import type { Timers } from './timers.ts';

/** What a machine's actions work on. */
export type Hands = {
  /** The machine's name, for errors. */
  machine: string;
  timers: Timers;
  sources: Sources;
  /** How a source is carried out, and what a case handler reads on it. */
  describe(source: string, input: unknown): { summary: string; options: SourceOptions };
  /** Takes what the machine sends itself. */
  sendToItself(event: AnyEventObject): void;
  emit(event: AnyEventObject): void;
  /** Drops what a source has answered and the machine has not heard yet. */
  forget(source: object): void;
  /** Numbers what has no name. */
  nextNumber(): number;
};

type Children = Record<string, AnyActorRef | undefined>;

/**
 * Carries out what a step of the machine asked for: delays, sends, sources.
 *
 * @param before the children before the step.
 * @throws ApplicationFailure `MachineRefused`, not retryable, where an action or a source cannot be carried out durably.
 */
export function carryOut({ next, actions }: Step, before: Children, hands: Hands): void {
  const { timers, sources } = hands;
  const named = actions.map(({ type, params }) => type === 'xstate.spawnChild' && isObject(params) && params.actorRef);
  // What an assigner or the context's factory spawns is named by no action.
  const children: Children = next.children;
  for (const [key, child] of Object.entries(children))
    if (child && child !== before[key] && !named.includes(child) && next.status === 'active')
      invoke(child, child.src, hands);
  /** What is sent to a source that starts only now: a state's actions come before the start of its sources. */
  const early: { to: object; event: AnyEventObject }[] = [];
  for (const { type, params } of actions) {
    const given: Payload = isObject(params) ? params : {};
    const id = nameOf(given.id, hands);
    switch (type) {
      case 'xstate.raise':
        // Without a delay XState has handled it already.
        if (typeof given.delay === 'number' && isEvent(given.event)) timers.set(id, given.event, 'itself', given.delay);
        break;
      case 'xstate.sendTo': {
        if (!isEvent(given.event)) break;
        const to = targetOf(given.to);
        if (typeof given.delay === 'number') timers.set(id, given.event, to, given.delay);
        else if (to === 'itself') hands.sendToItself(given.event);
        else if (to === 'parent') sources.sendToParent(given.event);
        else if (sources.has(to)) sources.send(to, given.event);
        else early.push({ to, event: given.event });
        break;
      }
      case 'xstate.cancel':
        if (typeof given.sendId === 'string') timers.cancel(given.sendId);
        break;
      case 'xstate.spawnChild':
        invoke(given.actorRef, given.src, hands);
        for (const { event, to } of early.filter(({ to }) => to === given.actorRef)) sources.send(to, event);
        break;
      case 'xstate.stopChild':
        if (isObject(params)) {
          sources.stop(params);
          hands.forget(params);
        }
        break;
      case 'xstate.emit':
        if (isEvent(given.event)) hands.emit(given.event);
        break;
      case 'xstate.log':
        log.info(String(given.label ?? 'log'), {
          value: whyNotWritten(given.value) ?? JSON.stringify(given.value) ?? '',
        });
        break;
      default:
        throw actionRefused(type, `machine ${hands.machine}`);
    }
  }
}

/** Starts a source that the machine has invoked or spawned. */
function invoke(ref: unknown, src: unknown, hands: Hands): void {
  if (typeof src !== 'string') throw sourceRefused('spawned', `machine ${hands.machine}`, UNNAMED);
  if (!(ref instanceof Actor)) throw sourceRefused(src, `machine ${hands.machine}`, MISSING);
  const { id, input } = ref.options;
  hands.sources.start({
    ref,
    id: nameOf(id, hands),
    name: src,
    input,
    isMachine: ref.logic instanceof StateMachine,
    ...hands.describe(src, input),
  });
}

const nameOf = (id: unknown, { nextNumber }: Hands): string =>
  typeof id === 'string' ? id : `unnamed.${nextNumber()}`;

const isEvent = (value: unknown): value is AnyEventObject => isObject(value) && typeof value.type === 'string';
