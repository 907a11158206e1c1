import type { Answer, Problem } from '../api.ts';

/** What a form of a task is given to act with. */
export type Acting = {
  /** Sends it; answers whether it was taken. */
  act(send: () => Promise<Answer>): Promise<boolean>;
  busy: boolean;
  /** Why it was not taken. */
  problem: Problem | undefined;
};
