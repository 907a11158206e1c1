import { CancellationScope, log, sleep } from '@temporalio/workflow';
import type { Command, Payload } from './inbox.ts';
import { within } from './within.ts';

type Looked = { command: Command; facts: Payload };

type State =
  | { kind: 'idle' }
  | { kind: 'looking'; command: Command }
  | ({ kind: 'found' } & Looked)
  /** Until the next try. */
  | { kind: 'resting' };

type Asker = {
  /** Hears that there is something to go on with. */
  goOn(): void;
  /** Takes back a command whose facts cannot be had. @returns whether commands wait until they can. */
  takeBack(command: Command): boolean;
};

/** The facts that commands need, looked up for one command at a time: the next one waits for it. */
export class Facts {
  #asker: Asker;
  #state: State = { kind: 'idle' };
  #away = false;
  #rest = new CancellationScope();

  constructor(asker: Asker) {
    this.#asker = asker;
  }

  /** True while a command has to wait: for its own facts, those of another, or the time of the next try. */
  get commandsWait(): boolean {
    return this.#state.kind !== 'idle';
  }

  /** True until the command that facts are looked up for has them. */
  get isLooking(): boolean {
    return this.#command !== null;
  }

  /** True once there are facts to be taken. */
  get areThere(): boolean {
    return this.#state.kind === 'found';
  }

  /** True while signals wait for facts that cannot be had. */
  get areAway(): boolean {
    return this.#away;
  }

  get #command(): Command | null {
    return 'command' in this.#state ? this.#state.command : null;
  }

  /** Begins to look up what a command needs. A look-up that fails means "try again". */
  lookUp(command: Command, look: () => Promise<Payload>): void {
    this.#state = { kind: 'looking', command };
    look().then(
      (facts) => {
        this.#away = false;
        if (this.#command !== command) return;
        this.#state = { kind: 'found', command, facts };
        this.#asker.goOn();
      },
      (error) => {
        log.warn('What a command needs could not be looked up', { event: command.name, error: String(error) });
        if (this.#command !== command) return;
        this.#away = this.#asker.takeBack(command);
        this.#state = { kind: this.#away ? 'resting' : 'idle' };
        if (!this.#away) return;
        within(this.#rest, () => {
          sleep('30 seconds', { summary: 'Look up again: it did not answer' }).then(
            () => {
              this.#state = { kind: 'idle' };
            },
            () => {},
          );
        });
        // Delays go on meanwhile: none was set for a command that was to be over at once.
        this.#asker.goOn();
      },
    );
  }

  /** The facts that have been found, with their command; once. */
  take(): Looked | null {
    if (this.#state.kind !== 'found') return null;
    const { command, facts } = this.#state;
    this.#state = { kind: 'idle' };
    return { command, facts };
  }

  /** Looks up nothing more. @returns the command that still waited. */
  end(): Command | null {
    const waiting = this.#command;
    this.#state = { kind: 'idle' };
    this.#rest.cancel();
    return waiting;
  }
}
