import type { SearchAttributeUpdatePair } from '@temporalio/common';
import {
  ApplicationFailure,
  allHandlersFinished,
  CancellationScope,
  CancelledFailure,
  condition,
  defineQuery,
  log,
  makeContinueAsNewFunc,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type { AnyEventObject, AnyMachineSnapshot, AnyStateMachine, InputFrom, StateValue } from 'xstate';
import { carryOut, type Hands } from './statechart/actions.ts';
import { type Around, advance, begin, type Target } from './statechart/advance.ts';
import { showDetails } from './statechart/details.ts';
import { Facts } from './statechart/facts.ts';
import { type Command, isObject, openInbox, type Payload, type Refusal, type Schema } from './statechart/inbox.ts';
import { invokesMachines, refuseUndurable } from './statechart/refuse.ts';
import { SearchAttributes } from './statechart/searchAttributes.ts';
import {
  acceptedEvents,
  fits,
  fromPlain,
  notPlain,
  type PlainSnapshot,
  stamped,
  toPlain,
  topState,
  whyNotWritten,
} from './statechart/snapshot.ts';
import { type SourceOptions, Sources } from './statechart/sources.ts';
import { type CarriedEvent, Timers } from './statechart/timers.ts';

export type { Refusal } from './statechart/inbox.ts';
export type { SourceOptions } from './statechart/sources.ts';

/** A signal that changed nothing, and why. */
export type Ignored = {
  event: string;
  by?: string;
  id?: string;
  at: string;
  /** In English; `message` has it in both languages where there are two. */
  reason: string;
  message: Refusal['message'];
};

/** What the query `status` gives for every machine. */
export type BaseStatus = {
  /** The top-level state. */
  state: string;
  /** XState's state value. */
  value: StateValue;
  /** The events that the present state knows; whether one counts may still depend on what it says. */
  accepts: string[];
  /** The last signals that changed nothing, with the reason. */
  ignored: Ignored[];
  /** The top-level states that it came to rest in, in order, with the times; the last is the present one. */
  way: { state: string; at: string }[];
};

/** What the outside sees of a case: all of it optional, so that any machine runs with its input alone. */
export type StatechartOptions<Machine extends AnyStateMachine, Status extends BaseStatus> = {
  input: InputFrom<Machine>;
  /** The schema of each event that comes from outside; only these events are then offered. */
  events?: Readonly<Record<string, Schema>>;
  /** What each event is for, shown in Temporal UI. */
  descriptions?: Readonly<Record<string, string>>;
  /**
   * Facts that the machine's guards need to decide on a command, looked up before it is handed over. They are merged
   * into the event. A look-up that fails means "try again".
   */
  lookUp?: (command: { name: string; payload: Payload; snapshot: AnyMachineSnapshot }) => Promise<Payload>;
  /** Why the machine does not take a command, in people's words; asked once it did not. */
  refusal?: (snapshot: AnyMachineSnapshot, event: AnyEventObject) => Refusal | undefined;
  /** How each source is carried out; a plain activity unless said. */
  sources?: Readonly<Record<string, SourceOptions>>;
  /** What a case handler reads on an activity. */
  sourceSummary?: (source: string, input: unknown) => string;
  /** What a case handler reads on the timer. */
  timerSummary?: (event: string, snapshot: AnyMachineSnapshot) => string;
  /** What the query `status` gives; the base alone unless said. */
  status?: (snapshot: AnyMachineSnapshot, base: BaseStatus) => Status;
  /** What an Update answers; the base alone unless said. */
  answer?: (status: Status) => unknown;
  /** What Temporal UI shows of it as Markdown, written when somebody looks. */
  details?: (status: Status) => string;
  /** What it is found by. */
  searchAttributes?: (status: Status) => SearchAttributeUpdatePair[];
  /** What else is written where one of those changes; alone it would not be worth an event of its own. */
  searchAttributesAlong?: (status: Status) => SearchAttributeUpdatePair[];
  /** What the workflow was started with, for its next run; the input alone unless said. */
  args?: unknown[];
  /** Continues as new at this many history events, instead of when the server suggests it. */
  continueAsNewAt?: number;
};

/** What a run leaves to the next one. */
type Carried = {
  snapshot: PlainSnapshot;
  timers: CarriedEvent[];
  inbox: Omit<Command, 'update'>[];
  answers: [string, unknown][];
  ignored: Ignored[];
  emitted: AnyEventObject[];
  way: BaseStatus['way'];
  seq: number;
};

const KEPT = 50;
/** So many answers are remembered: more than any case takes, and little enough to be carried over. */
const KEPT_ANSWERS = 2000;
const MEMO = 'statechart';
const statusQuery = defineQuery<unknown>('status');
const answerQuery = defineQuery<unknown, [string]>('answer');

/**
 * Runs any XState machine as a durable Temporal workflow, as XState's own interpreter would: the same events lead to the
 * same states and context. The machine is only ever advanced by XState's pure functions; what they ask for is carried
 * out here. Each event is a Signal and an Update of its name, invoked sources are activities (or child workflows, where
 * they are machines), delays are durable timers. The query `status` says where it stands, `answer` what a command was
 * answered.
 *
 * Where a server cannot be as an interpreter in one process:
 * - What comes while no worker is there comes at once later: first what sources answered, then delays that are due, then
 *   what people sent. Which came first cannot be known.
 * - An event that no active state names is refused without asking the machine, also where an `always` would look at it.
 * - A long history continues as new while no source is under way and context, delayed and emitted events are plain data
 *   (JSON; no dates, functions or references to actors). Until then the run goes on: nothing is changed silently.
 *
 * @param machine keeps to XState's own actions and to named sources that are promises or machines.
 * @param options `input` alone is enough for any machine; see {@link StatechartOptions}.
 * @returns the final state value and the machine's output, and the last status where `options.status` is given.
 * @throws ApplicationFailure, not retryable: `MachineRefused` before anything has happened, where the machine cannot run
 *   durably (what only `enqueueActions` or `spawn` brings in is refused when it comes); `MachineFailed` where a guard or an
 *   assigner throws (the message names it), an error of a source is not handled, or the output is no plain data.
 */
export async function runStatechart<Machine extends AnyStateMachine, Status extends BaseStatus>(
  machine: Machine,
  options: StatechartOptions<Machine, Status> & { status: object },
): Promise<{ value: StateValue; output: unknown; status: Status }>;
export async function runStatechart<Machine extends AnyStateMachine>(
  machine: Machine,
  options: StatechartOptions<Machine, BaseStatus>,
): Promise<{ value: StateValue; output: unknown }>;
export async function runStatechart<Machine extends AnyStateMachine, Status extends BaseStatus>(
  machine: Machine,
  options: StatechartOptions<Machine, Status>,
) {
  refuseUndurable(machine);
  const outer = CancellationScope.current();
  return CancellationScope.nonCancellable(() => {
    const run = new Statechart(machine, options);
    // Processes have their own ways to end: a request to cancel is noted. A child, though, ends when its parent says so.
    outer.cancelRequested.catch(() => run.cancelRequested());
    return run.untilDone();
  });
}

class Statechart<Machine extends AnyStateMachine, Status extends BaseStatus> {
  #machine: AnyStateMachine;
  #around: Around = {
    hasParent: workflowInfo().parent !== undefined,
    isRunning: (child) => this.#sources.has(child),
  };
  #options: StatechartOptions<Machine, Status>;
  #snapshot: AnyMachineSnapshot;
  #timers: Timers;
  #sources = new Sources((event, from) => {
    this.#events.push({ event, from });
    this.#goOn();
  });
  /** What the machine sends itself: handled in the same instant, before anything else. */
  #toItself: AnyEventObject[] = [];
  /** What sources answered and other machines sent, which goes before any command. */
  #events: { event: AnyEventObject; from: object | null }[] = [];
  #commands: Command[] = [];
  #facts = new Facts({
    goOn: () => this.#goOn(),
    takeBack: (command) => this.#takeBack(command),
  });
  /** What the machine's actions work on. */
  #hands: Hands;
  #answers: Map<string, unknown>;
  /** Commands that took effect and are answered once everything short that they set off is done. */
  #toAnswer: Command[] = [];
  #ignored: Ignored[];
  #emitted: AnyEventObject[];
  #way: BaseStatus['way'];
  #seq: number;
  #searchAttributes = new SearchAttributes();
  #shownStatus: Status | null = null;
  #stoppedByParent = false;
  /** Does what there is to do now. */
  #goOn = () => {};
  #isWatched = false;
  /** The snapshot that cannot be carried over, so that it is looked through and told once. */
  #heldBack: AnyMachineSnapshot | null = null;
  /** The status of a snapshot, which is asked for several times before the next. */
  #known: { snapshot: AnyMachineSnapshot; ignored: Ignored[]; status: Status | undefined } | null = null;

  constructor(machine: Machine, options: StatechartOptions<Machine, Status>) {
    this.#machine = machine;
    this.#options = options;
    const carried = carriedOver();
    this.#timers = new Timers(carried?.timers);
    this.#commands = carried?.inbox ?? [];
    this.#answers = new Map(carried?.answers);
    this.#ignored = carried?.ignored ?? [];
    this.#emitted = carried?.emitted ?? [];
    this.#way = carried?.way ?? [];
    this.#seq = carried?.seq ?? 0;
    this.#timers.startFrom(Date.now());
    this.#hands = {
      machine: machine.id,
      timers: this.#timers,
      sources: this.#sources,
      describe: (source, input) => ({
        summary: options.sourceSummary?.(source, input) ?? source,
        options: options.sources?.[source] ?? {},
      }),
      sendToItself: (event) => this.#toItself.push(event),
      emit: (event) => {
        this.#emitted = [...this.#emitted, event].slice(-KEPT);
      },
      forget: (source) => {
        this.#events = this.#events.filter(({ from }) => from !== source);
      },
      nextNumber: () => this.#seq++,
    };
    if (carried) this.#snapshot = fromPlain(machine, carried.snapshot);
    else {
      const first = begin(machine, options.input, this.#around);
      this.#snapshot = first.next;
      this.#failIfFailed();
      this.#noteState();
      carryOut(first, {}, this.#hands);
      const id = options.answer ? idOf(options.input) : null;
      if (id) this.#toAnswer.push({ name: 'start', payload: {}, id });
    }
    setHandler(statusQuery, () => this.status(), { description: 'Where the case stands, and all that has happened' });
    setHandler(answerQuery, (id) => this.#answers.get(id) ?? null, {
      description: 'What the command with this id was answered; null where it did not take effect',
    });
    const { details } = options;
    if (details) {
      showDetails(() => {
        const status = this.#status();
        return status ? details(status) : '';
      });
    }
    openInbox({
      events: this.#offered(),
      takesAnything: (name) => !options.events && machine.events.some((descriptor) => fits(name, descriptor)),
      hasWildcards: !options.events && machine.events.some((name) => name.endsWith('*')),
      schemas: options.events,
      descriptions: options.descriptions,
      refuseNow: (name, _payload, id) => this.#refuseNow(name, id),
      take: (command) => this.#commands.push(command),
      hear: this.#around.hasParent || invokesMachines(machine) ? (event) => this.#hear(event) : null,
      ignore: (name, payload, refusal) => this.#ignore(name, payload, refusal),
      now: () => this.#now(),
    });
  }

  #hear(event: AnyEventObject): void {
    this.#events.push({ event, from: null });
  }

  /** The events that the outside may send: those with a schema, or else all that the machine names. */
  #offered(): string[] {
    const names = Object.keys(this.#options.events ?? {});
    if (names.length > 0) return names;
    return this.#machine.events.filter((name) => !name.startsWith('xstate.') && !name.endsWith('*') && name !== '');
  }

  async untilDone() {
    try {
      await new Promise<void>((done, fail) => {
        const end = (result: () => void) => {
          this.#goOn = () => {};
          result();
        };
        this.#goOn = () => {
          try {
            this.#follow();
            this.#failIfUnsayable();
            if (this.#snapshot.status !== 'active') end(done);
            else if (this.#isLong()) end(() => this.#continueAsNew().catch(fail));
          } catch (error) {
            end(() => fail(error));
          }
        };
        this.#goOn();
      });
    } catch (error) {
      await this.#refuseTheRest();
      throw error;
    }
    return this.#end();
  }

  /** Does all there is to do now. */
  #follow(): void {
    if (this.#stoppedByParent) throw new CancelledFailure('stopped by the parent');
    // The same during all of a workflow task, and asking takes longer than it looks.
    const now = Date.now();
    while (this.#snapshot.status === 'active') {
      const own = this.#toItself.shift();
      if (own) {
        this.#advance(own);
        continue;
      }
      const heard = this.#events.shift();
      if (heard) {
        this.#timers.startFrom(now);
        this.#advance(heard.event);
        continue;
      }
      const due = this.#timers.take(now);
      if (due) {
        this.#timers.startFrom(now, due.due);
        this.#deliver(due.event, due.to);
        continue;
      }
      const looked = this.#facts.take();
      if (looked) {
        this.#handle(looked.command, looked.facts);
        continue;
      }
      if (this.#free()) {
        this.#answerSettled();
        const command = this.#commands.shift();
        if (command) {
          this.#take(command);
          continue;
        }
      }
      this.#settle();
      this.#watch();
      return;
    }
  }

  /**
   * Goes on once something came from outside. What a source answers has it go on at once; all else waits until everything
   * that the same task brings has come in, since answers go before commands. One condition does for many answers, and no
   * promise is awaited in the loop: the SDK keeps a stack trace of each, which every replay pays for.
   */
  #watch(): void {
    if (this.#isWatched) return;
    this.#isWatched = true;
    condition(() => this.#hasWork()).then(() => {
      this.#isWatched = false;
      this.#goOn();
    });
  }

  /** Commands are taken one at a time: not while facts are looked up, nor while something short is under way. */
  #free(): boolean {
    return !this.#facts.commandsWait && !this.#sources.commandsWait;
  }

  #hasWork(): boolean {
    return (
      this.#stoppedByParent ||
      this.#events.length > 0 ||
      this.#facts.areThere ||
      this.#timers.isDue(Date.now()) ||
      (this.#free() && (this.#commands.length > 0 || this.#toAnswer.length > 0)) ||
      // A handler counts as unfinished for a moment after it has come to an end.
      this.#isLong()
    );
  }

  /** What an Update gets at once, before it enters the history. Only sure while nothing is under way. */
  #refuseNow(name: string, id: string | null): Refusal | undefined {
    if (id !== null && this.#answers.has(id)) return undefined;
    if (this.#facts.areAway) return TRY_AGAIN;
    const idle = this.#free() && this.#commands.length === 0 && this.#events.length === 0;
    return idle && !this.#accepts(name) ? this.#notAccepted(name) : undefined;
  }

  #accepts = (name: string): boolean => acceptedEvents(this.#snapshot).some((descriptor) => fits(name, descriptor));

  #notAccepted(name: string): Refusal {
    const { state } = this.#base();
    const { accepts } = this.#now();
    const now = Array.isArray(accepts) && accepts.length > 0 ? accepts.join(', ') : '–';
    return {
      code: 'NotAccepted',
      message: {
        sv: `"${name}" är inte möjligt i läget "${state}". Möjligt nu: ${now}.`,
        en: `"${name}" is not possible in the state "${state}". Possible now: ${now}.`,
      },
    };
  }

  /** Begins with a command: known ones get their first answer, impossible ones none, the others facts if needed. */
  #take(command: Command): void {
    const { name, payload, id } = command;
    if (id !== null && this.#answers.has(id)) {
      command.update?.resolve(this.#answers.get(id));
      return;
    }
    const { lookUp } = this.#options;
    if (!this.#accepts(name)) this.#refuse(command, this.#notAccepted(name));
    else if (!lookUp) this.#handle(command, {});
    else this.#facts.lookUp(command, () => lookUp({ name, payload, snapshot: this.#snapshot }));
  }

  /** Updates are told to try again; signals wait in front of the inbox until the facts can be had. */
  #takeBack(command: Command): boolean {
    const all = [command, ...this.#commands];
    for (const { update } of all) update?.reject(TRY_AGAIN);
    this.#commands = all.filter(({ update }) => !update);
    return this.#commands.length > 0;
  }

  #handle(command: Command, facts: Payload): void {
    const event = { ...command.payload, ...facts, type: command.name };
    this.#timers.startFrom(Date.now());
    if (this.#advance(event, command)) {
      // Its id counts from now on; the answer itself follows once all that is short is done.
      if (command.id !== null) this.#remember(command.id, null);
      this.#toAnswer.push(command);
    } else {
      const refusal = this.#options.refusal?.(this.#snapshot, stamped(event, this.#timers.at));
      this.#refuse(command, refusal ?? this.#notAccepted(command.name));
    }
  }

  #refuse(command: Command, refusal: Refusal): void {
    if (command.update) command.update.reject(refusal);
    else this.#ignore(command.name, command.payload, refusal);
  }

  #ignore(event: string, payload: unknown, { message }: Refusal): void {
    const said = (key: 'by' | 'id') => {
      const value =
        typeof payload === 'object' && payload !== null && key in payload ? Reflect.get(payload, key) : null;
      return typeof value === 'string' ? { [key]: value.slice(0, 64) } : {};
    };
    const ignored = {
      event: event.slice(0, 64),
      ...said('by'),
      ...said('id'),
      at: new Date().toISOString(),
      reason: typeof message === 'string' ? message : message.en,
      message,
    };
    this.#ignored = [...this.#ignored, ignored].slice(-KEPT);
  }

  #answerSettled(): void {
    for (const { id, update } of this.#toAnswer.splice(0)) {
      const answer = this.#answer();
      if (id !== null) this.#remember(id, answer);
      update?.resolve(answer);
    }
  }

  #remember(id: string, answer: unknown): void {
    this.#answers.set(id, answer);
    const [oldest] = this.#answers.keys();
    if (this.#answers.size > KEPT_ANSWERS && oldest !== undefined) this.#answers.delete(oldest);
  }

  /** Advances the machine by one event. @returns whether anything came of it. */
  #advance(event: AnyEventObject, command?: Command): boolean {
    try {
      const stamp = stamped(event, this.#timers.at);
      const step = advance(this.#machine, this.#snapshot, stamp, this.#around);
      const { children } = this.#snapshot;
      const changed = step.next !== this.#snapshot || step.actions.length > 0;
      this.#snapshot = step.next;
      this.#failIfFailed();
      this.#noteState();
      carryOut(step, children, this.#hands);
      return changed;
    } catch (error) {
      const failure = asFailure(error);
      command?.update?.reject({ code: 'Refused', message: failure.message });
      throw failure;
    }
  }

  #noteState(): void {
    const state = topState(this.#snapshot);
    if (this.#way.at(-1)?.state !== state) this.#way = [...this.#way, { state, at: this.#timers.at }].slice(-KEPT);
  }

  #deliver(event: AnyEventObject, to: Target): void {
    if (to === 'itself') this.#advance(event);
    else if (to === 'parent') this.#sources.sendToParent(event);
    else this.#sources.send(to, event);
  }

  #failIfFailed(): void {
    if (this.#snapshot.status === 'error') throw asFailure(this.#snapshot.error);
  }

  /** What cannot be written would otherwise keep the last task failing for ever. */
  #failIfUnsayable(): void {
    if (this.#snapshot.status === 'active') return;
    const why = whyNotWritten(this.#snapshot.output);
    if (why) throw asFailure(new Error(`The output of machine ${this.#machine.id} cannot be handed over ${why}`));
  }

  #base(): BaseStatus {
    const { value } = this.#snapshot;
    const emitted = this.#emitted.length > 0 ? { emitted: this.#emitted } : {};
    return {
      state: topState(this.#snapshot),
      value,
      accepts: acceptedEvents(this.#snapshot).filter((name) => !this.#options.events || name in this.#options.events),
      ignored: this.#ignored,
      way: this.#way,
      ...emitted,
    };
  }

  status(): unknown {
    const status = this.#status();
    if (status) return status;
    const { context } = this.#snapshot;
    return { ...this.#base(), context: whyNotWritten(context) ?? context };
  }

  /** What `options.status` makes of the present snapshot. */
  #status(): Status | undefined {
    const snapshot = this.#snapshot;
    const ignored = this.#ignored;
    if (this.#known?.snapshot !== snapshot || this.#known.ignored !== ignored)
      this.#known = { snapshot, ignored, status: this.#options.status?.(snapshot, this.#base()) };
    return this.#known.status;
  }

  #answer(): unknown {
    const status = this.#status();
    return status && this.#options.answer ? this.#options.answer(status) : this.#base();
  }

  /** What a refusal says about the present: the answer without its record. */
  #now(): Payload {
    const answer = this.#answer();
    return isObject(answer) ? answer : {};
  }

  /** Before waiting: the timer for what is next, and what the case is found by. */
  #settle(): void {
    const isBrief = this.#facts.isLooking || this.#sources.hasLocal;
    this.#timers.arm(
      Date.now(),
      isBrief,
      ({ event }) => this.#options.timerSummary?.(event.type, this.#snapshot) ?? event.type,
    );
    this.#show();
  }

  #show(): void {
    // What a local activity is about to change is not worth an event of its own: it is over within milliseconds.
    if (this.#sources.hasLocal && this.#snapshot.status === 'active') return;
    const status = this.#status();
    if (!status || !this.#options.searchAttributes) return;
    if (status === this.#shownStatus) return;
    this.#shownStatus = status;
    this.#searchAttributes.show(
      this.#options.searchAttributes(status),
      () => this.#options.searchAttributesAlong?.(status) ?? [],
    );
  }

  /** True once the history is long, while nothing is under way. */
  #isLong(): boolean {
    const info = workflowInfo();
    const { continueAsNewAt } = this.#options;
    const long = continueAsNewAt ? info.historyLength >= continueAsNewAt : info.continueAsNewSuggested;
    if (!long) return false;
    const busy = this.#sources.running > 0 || !this.#free() || this.#toAnswer.length > 0 || !allHandlersFinished();
    return !busy && !this.#commands.some(({ update }) => update) && this.#canBeCarried();
  }

  /** What cannot be carried over as it is keeps the run going, instead of becoming something else. */
  #canBeCarried(): boolean {
    if (this.#heldBack === this.#snapshot) return false;
    const { context } = this.#snapshot;
    const timers = this.#timers.open.map(({ event }) => event);
    const found =
      notPlain(context, 'context') ?? notPlain(timers, 'delayed events') ?? notPlain(this.#emitted, 'emitted events');
    if (found === null) return true;
    this.#heldBack = this.#snapshot;
    log.warn('A long history cannot continue as new: not plain data', { found });
    return false;
  }

  /** A long wait begins a new run with what is open, so that histories stay short. */
  async #continueAsNew(): Promise<never> {
    const info = workflowInfo();
    this.#timers.disarm();
    const carried: Carried = {
      snapshot: toPlain(this.#snapshot),
      timers: [...this.#timers.open],
      inbox: this.#commands.map(({ name, payload, id }) => ({ name, payload, id })),
      answers: [...this.#answers],
      ignored: this.#ignored,
      emitted: this.#emitted,
      way: this.#way,
      seq: this.#seq,
    };
    return makeContinueAsNewFunc({ memo: { ...info.memo, [MEMO]: carried } })(
      ...(this.#options.args ?? [this.#options.input]),
    );
  }

  async #end() {
    const isAnswering = this.#toAnswer.some(({ update }) => update);
    this.#answerSettled();
    if (isAnswering && this.#sources.running > 0) {
      // A result that came while a task that ends the workflow is open would undo that task, and an Update's answer with it.
      this.#sources.stopAll();
      await sleep(1, { summary: 'Ends' });
    }
    await this.#refuseTheRest();
    this.#show();
    const { value, output } = this.#snapshot;
    const status = this.#status();
    return status ? { value, output, status } : { value, output };
  }

  /** An Update in flight must be answered before the workflow ends, else it would fail after it took effect. */
  async #refuseTheRest(): Promise<void> {
    this.#timers.disarm();
    let waiting = this.#facts.end();
    this.#sources.stopAll();
    // Before it hears that its child has ended.
    if (this.#sources.told) await this.#sources.told;
    do {
      const open = [waiting, ...this.#commands].filter((command) => command !== null);
      waiting = null;
      this.#commands = [];
      for (const command of open) {
        if (command.id !== null && this.#answers.has(command.id))
          command.update?.resolve(this.#answers.get(command.id));
        else this.#refuse(command, this.#notAccepted(command.name));
      }
      await condition(allHandlersFinished);
    } while (this.#commands.length > 0);
  }

  cancelRequested(): void {
    if (workflowInfo().parent) this.#stoppedByParent = true;
    else
      this.#ignore(
        'cancel',
        {},
        {
          code: 'NotAccepted',
          message: {
            sv: 'Ett ärende avbryts inte i Temporal: det har egna sätt att sluta.',
            en: 'A case is not cancelled in Temporal: it has its own ways to end.',
          },
        },
      );
  }
}

const TRY_AGAIN: Refusal = {
  code: 'TryAgain',
  message: {
    sv: 'Registret svarar inte just nu. Inget har ändrats. Försök igen om en stund.',
    en: 'The register does not answer just now. Nothing has changed. Try again in a while.',
  },
};

const idOf = (value: unknown): string | null => (isObject(value) && typeof value.id === 'string' ? value.id : null);

function carriedOver(): Carried | undefined {
  const carried = workflowInfo().memo?.[MEMO];
  return isCarried(carried) ? carried : undefined;
}

const isCarried = (value: unknown): value is Carried => isObject(value) && 'snapshot' in value && 'timers' in value;

function asFailure(error: unknown): ApplicationFailure {
  if (error instanceof ApplicationFailure) return error;
  if (!(error instanceof Error)) return ApplicationFailure.nonRetryable(String(error), 'MachineFailed');
  // Its cause tells a parent what was thrown, and people where.
  const cause = ApplicationFailure.fromError(error);
  return ApplicationFailure.create({ message: error.message, type: 'MachineFailed', nonRetryable: true, cause });
}
