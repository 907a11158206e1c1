import { CancellationScope, log, sleep } from '@temporalio/workflow';
import type { Command, Payload } from './inbox.ts';
import { within } from './within.ts';

type Looked = { command: Command; facts: Payload };

type Hands = {
  /** Hears that there is something to go on with. */
  goOn(): void;
  /** Takes back a command whose facts cannot be had. @returns whether commands wait until they can. */
  takeBack(command: Command): boolean;
};

/** The facts that commands need, looked up for one command at a time: the next one waits for it. */
export class Facts {
  #hands: Hands;
  #lookingFor: Command | null = null;
  #looked: Looked | null = null;
  #away = false;
  #paused = false;
  #pause = new CancellationScope();

  constructor(hands: Hands) {
    this.#hands = hands;
  }

  /** True while facts are looked up, and until the command that they are for has them. */
  get isLooking(): boolean {
    return this.#lookingFor !== null;
  }

  /** True while signals wait for facts that cannot be had. */
  get areAway(): boolean {
    return this.#away;
  }

  /** True while a command has to wait: for its own facts, those of another, or the time of the next try. */
  get commandsWait(): boolean {
    return this.isLooking || this.#paused;
  }

  /** True once there are facts to be taken. */
  get areThere(): boolean {
    return this.#looked !== null;
  }

  /** Begins to look up what a command needs. A look-up that fails means "try again". */
  lookUp(command: Command, look: () => Promise<Payload>): void {
    this.#lookingFor = command;
    look().then(
      (facts) => {
        this.#away = false;
        if (this.#lookingFor !== command) return;
        this.#looked = { command, facts };
        this.#hands.goOn();
      },
      (error) => {
        log.warn('What a command needs could not be looked up', { event: command.name, error: String(error) });
        if (this.#lookingFor !== command) return;
        this.#lookingFor = null;
        this.#away = this.#hands.takeBack(command);
        if (!this.#away) return;
        this.#rest();
        // Delays go on meanwhile: none was set for a command that was to be over at once.
        this.#hands.goOn();
      },
    );
  }

  #rest(): void {
    this.#paused = true;
    within(this.#pause, () => {
      sleep('30 seconds', { summary: 'Look up again: it did not answer' }).then(
        () => {
          this.#paused = false;
        },
        () => {},
      );
    });
  }

  /** The facts that have been found, with their command; once. */
  take(): Looked | null {
    const looked = this.#looked;
    if (looked) {
      this.#looked = null;
      this.#lookingFor = null;
    }
    return looked;
  }

  /** Looks up nothing more. @returns the command that still waited. */
  end(): Command | null {
    this.#pause.cancel();
    const open = this.#lookingFor;
    this.#lookingFor = null;
    return open;
  }
}
