import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow';
import type { AnyEventObject } from 'xstate';
import type { Target } from './advance.ts';
import { within } from './within.ts';

/** An event that is due at a time. */
export type DueEvent = {
  id: string;
  event: AnyEventObject;
  to: Target;
  due: number;
  /** Whether its id still means this one: XState forgets an id that is used anew, and when one of its events fires. */
  isNamed: boolean;
};

/** One that outlives the run in which it was set: a child has always ended by then. */
export type CarriedEvent = DueEvent & { to: 'itself' | 'parent' };

/** A timer that fires within this time of its due time counts as punctual (milliseconds). */
const PUNCTUAL = 60_000;

/**
 * The machine's delayed events, on one durable timer that is always set for the next of them. Events are handed out in
 * the order of their due times, those of one time in the order they were set: as XState's own clock does.
 */
export class Timers {
  #events: DueEvent[];
  #armed: { due: number; scope: CancellationScope } | null = null;
  /** What a delay counts from, in milliseconds since 1970. */
  #base = 0;
  #at = '';
  /** Up to when timers have fired: a clock read a moment early must not hold them back. */
  #fired = 0;

  constructor(carried: CarriedEvent[] = []) {
    this.#events = [...carried];
  }

  /** The open timers, to be carried over a continue-as-new. */
  get open(): CarriedEvent[] {
    return this.#events.filter((timer): timer is CarriedEvent => typeof timer.to === 'string');
  }

  /**
   * Delays set while an event is handled count from here. A punctual timer's own due time is the base of those that it
   * sets, so that chains of delays do not drift apart; one that comes late (no worker was there) counts from now.
   */
  startFrom(now: number, due = now): void {
    this.#base = now - due <= PUNCTUAL ? due : now;
    this.#at = new Date(this.#base).toISOString();
  }

  /** When the event being handled happened, ISO 8601. */
  get at(): string {
    return this.#at;
  }

  /** @param delay in milliseconds; one that is no number or has no end never fires, as with XState's own clock. */
  set(id: string, event: AnyEventObject, to: Target, delay: number): void {
    this.#forget(id);
    if (Number.isNaN(delay) || delay === Number.POSITIVE_INFINITY) return;
    this.#events.push({ id, event, to, due: this.#base + Math.max(0, delay), isNamed: true });
  }

  cancel(id: string): void {
    const at = this.#events.findIndex((timer) => timer.id === id && timer.isNamed);
    if (at >= 0) this.#events.splice(at, 1);
  }

  #forget(id: string): void {
    for (const timer of this.#events) if (timer.id === id) timer.isNamed = false;
  }

  #next(): DueEvent | undefined {
    return this.#events.reduce<DueEvent | undefined>(
      (first, timer) => (first === undefined || timer.due < first.due ? timer : first),
      undefined,
    );
  }

  isDue(now: number): boolean {
    const next = this.#next();
    return next !== undefined && next.due <= Math.max(now, this.#fired);
  }

  /** Takes the next event that is due, if any. One at a time: handling it may cancel the others. */
  take(now: number): DueEvent | undefined {
    const next = this.#next();
    if (!next || next.due > Math.max(now, this.#fired)) return undefined;
    this.#events.splice(this.#events.indexOf(next), 1);
    this.#forget(next.id);
    return next;
  }

  /**
   * Sets the durable timer for the next event, unless it is set for that time already.
   *
   * @param isBrief whether something short is under way, after which it will be armed again and may be another: none is set
   *   until then. Where a query comes between, the SDK (1.24.0) has a timer set in one workflow task and cancelled in the
   *   next, but on a replay both in the same one, where that leaves no trace: the case could not be replayed.
   */
  arm(now: number, isBrief: boolean, summary: (next: DueEvent) => string): void {
    const next = this.#next();
    if (this.#armed?.due === next?.due) return;
    this.#armed?.scope.cancel();
    this.#armed = null;
    if (!next || isBrief) return;
    const armed = { due: next.due, scope: new CancellationScope() };
    this.#armed = armed;
    const ended = () => {
      if (this.#armed === armed) this.#armed = null;
    };
    within(armed.scope, () => {
      sleep(Math.max(1, next.due - now), { summary: summary(next) }).then(
        () => {
          this.#fired = next.due;
          ended();
        },
        (error) => {
          ended();
          if (!isCancellation(error)) throw error;
        },
      );
    });
  }

  /** Ends the durable timer, when the machine is done or continues as new. */
  disarm(): void {
    this.#armed?.scope.cancel();
    this.#armed = null;
  }
}
