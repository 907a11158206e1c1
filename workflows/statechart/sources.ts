import {
  ActivityFailure,
  type ActivityOptions,
  ApplicationFailure,
  CancellationScope,
  ChildWorkflowFailure,
  type ChildWorkflowHandle,
  getExternalWorkflowHandle,
  type LocalActivityOptions,
  log,
  proxyActivities,
  proxyLocalActivities,
  startChild,
  TimeoutFailure,
  type Workflow,
  workflowInfo,
} from '@temporalio/workflow';
import type { AnyEventObject } from 'xstate';
import type { FromMachine } from './inbox.ts';
import { within } from './within.ts';

/**
 * How a source is carried out: as an activity, or as a local one where it is short and idempotent. Commands wait for a
 * local one; with `commandsWait` for an activity, too, that is short as a rule.
 */
export type SourceOptions =
  | { activity?: ActivityOptions; commandsWait?: boolean }
  | { local: LocalActivityOptions; commandsWait?: never };

type Run = {
  /** XState's reference to it: an id may mean another source later. */
  ref: object;
  scope: CancellationScope;
  child: Promise<ChildWorkflowHandle<Workflow>> | null;
  /** The last event that it was sent: signals of one task may overtake each other, so each waits for the one before. */
  sent: Promise<unknown> | null;
  isLocal: boolean;
  commandsWait: boolean;
};

type Functions = Record<string, (input: unknown) => Promise<unknown>>;

/** Ten minutes is longer than any activity of ours takes, and short enough to notice a lost worker. */
const DEFAULTS: ActivityOptions = { startToCloseTimeout: '10 minutes', retry: { maximumAttempts: 1 } };

/**
 * The sources that the machine has invoked and that have not answered yet: activities, and child workflows for sources
 * that are machines themselves.
 */
export class Sources {
  #running: Run[] = [];
  #told: Promise<unknown> | null = null;
  #answer: (event: AnyEventObject, from: object) => void;
  /** Numbers the children, so that one that is invoked again is another. */
  #started = 0;

  /** @param answer takes the done and error events. */
  constructor(answer: (event: AnyEventObject, from: object) => void) {
    this.#answer = answer;
  }

  /** How many are under way. */
  get running(): number {
    return this.#running.length;
  }

  /** True while a local activity is under way. */
  get hasLocal(): boolean {
    return this.#running.some(({ isLocal }) => isLocal);
  }

  /** True while the next command has to wait. */
  get commandsWait(): boolean {
    return this.#running.some(({ commandsWait }) => commandsWait);
  }

  /** Starts a source; its answer comes as the event that XState's own actors send. */
  start(source: {
    ref: object;
    id: string;
    name: string;
    input: unknown;
    isMachine: boolean;
    summary: string;
    options: SourceOptions;
  }) {
    const { ref, id, name, input, isMachine, summary, options } = source;
    const scope = new CancellationScope();
    const child = isMachine
      ? scope.run(() => startChildWorkflow(name, `${id}/${this.#started++}`, input, summary))
      : null;
    const isLocal = 'local' in options && !isMachine;
    const run: Run = {
      ref,
      scope,
      child,
      sent: null,
      isLocal,
      commandsWait: isLocal || (options.commandsWait ?? false),
    };
    this.#running.push(run);
    const end = (event: AnyEventObject) => {
      if (!this.#running.includes(run)) return;
      this.#running.splice(this.#running.indexOf(run), 1);
      this.#answer(event, ref);
    };
    const done = (output: unknown) => end({ type: `xstate.done.actor.${id}`, output, actorId: id });
    const failed = (error: unknown) => end({ type: `xstate.error.actor.${id}`, error: asThrown(error), actorId: id });
    if (child) {
      child.then((handle) => handle.result()).then((result) => done(childOutput(result)), failed);
      return;
    }
    const call = activity(name, summary, options);
    const ask = () =>
      within(scope, () => {
        call(input).then(done, (error) => {
          // What the source threw is its answer. One that was lost with its worker has not answered: ask again.
          if (wasLost(error) && this.#running.includes(run)) ask();
          else failed(error);
        });
      });
    ask();
  }

  /** Cancels a source; what it still answers is not heard. */
  stop(ref: object): void {
    for (const run of this.#running.filter((each) => each.ref === ref)) {
      this.#running.splice(this.#running.indexOf(run), 1);
      run.scope.cancel();
    }
  }

  stopAll(): void {
    for (const { ref } of [...this.#running]) this.stop(ref);
  }

  has(ref: object): boolean {
    return this.#running.some((run) => run.ref === ref);
  }

  /** Sends an event to a child workflow, as a signal. One that has ended meanwhile no longer hears it. */
  send(ref: object, event: AnyEventObject): void {
    const run = this.#running.find((each) => each.ref === ref);
    if (!run?.child) return;
    run.sent = Promise.all([run.child, run.sent])
      .then(([handle]) => signal(handle, event))
      .catch((error) => notHeard(event, error));
  }

  /** Sends an event to the workflow that invoked this one. */
  sendToParent(event: AnyEventObject): void {
    const { parent } = workflowInfo();
    if (!parent) return;
    const handle = getExternalWorkflowHandle(parent.workflowId);
    this.#told = Promise.resolve(this.#told)
      .then(() => signal(handle, event))
      .catch((error) => notHeard(event, error));
  }

  /** Fulfilled once the parent has all that it was sent; null where that is nothing. */
  get told(): Promise<unknown> | null {
    return this.#told;
  }
}

const signal = (
  to: { signal(name: string, ...args: unknown[]): Promise<void> },
  { type, ...payload }: AnyEventObject,
) => to.signal(type, payload, { fromMachine: workflowInfo().workflowId } satisfies FromMachine);

const notHeard = ({ type }: AnyEventObject, error: unknown) =>
  log.warn('A machine that has ended no longer takes events', { event: type, error: String(error) });

async function startChildWorkflow(name: string, id: string, input: unknown, summary: string) {
  return startChild(name, {
    args: [input],
    workflowId: `${workflowInfo().workflowId}/${id}`,
    staticSummary: summary,
  });
}

/** The activity that carries a source out. */
function activity(name: string, summary: string, options: SourceOptions): (input: unknown) => Promise<unknown> {
  return 'local' in options
    ? named(proxyLocalActivities<Functions>({ ...options.local, summary }), name)
    : named(proxyActivities<Functions>({ ...DEFAULTS, ...options.activity, summary }), name);
}

const wasLost = (error: unknown): boolean => error instanceof ActivityFailure && error.cause instanceof TimeoutFailure;

function named(functions: Functions, name: string) {
  const found = functions[name];
  if (!found) throw ApplicationFailure.nonRetryable(`There is no activity "${name}"`, 'MachineRefused');
  return found;
}

/** A child that runs a statechart gives `{ value, output }`: XState's done event carries the output alone. */
const childOutput = (result: unknown): unknown =>
  typeof result === 'object' && result !== null ? Reflect.get(result, 'output') : undefined;

/** The error as the source threw it, without Temporal's wrapping: what an `onError` of the machine expects. */
function asThrown(error: unknown): unknown {
  const wrapped = error instanceof ActivityFailure || error instanceof ChildWorkflowFailure;
  const cause = wrapped ? error.cause : error;
  if (!(cause instanceof ApplicationFailure)) return cause;
  if (cause.type === 'MachineFailed') return cause.cause ? asThrown(cause.cause) : cause.message;
  // What is no error has neither a type nor a stack: Temporal keeps its text.
  if (!cause.type && !cause.stack) return cause.message;
  const thrown = new Error(cause.message);
  thrown.name = cause.type || 'Error';
  return thrown;
}
