/** What people asked for in a run, and what they were answered: all that the system may be held to. */

/** What somebody did on a case. */
export type Act = {
  /** The command's own id, as the record has it. */
  id: string;
  /** The event. */
  name: string;
  by: string;
  /** Else through the client library, by an Update or a Signal. */
  throughPortal: boolean;
  /**
   * `acknowledged`: the system said yes; `refused`: it said no; `delivered`: a Signal that the server took, which cannot
   * be answered; `unknown`: the run ended before an answer.
   */
  answer: 'acknowledged' | 'refused' | 'delivered' | 'unknown';
};

/** A case that somebody wanted to start. */
export type Request = {
  /** The start command's own id, as the record has it. */
  id: string;
  process: 'removal' | 'employeeLeaves';
  employee: string;
  by: string;
  throughPortal: boolean;
  /** How long the order can be undone if the start is the decision, in seconds. */
  undoFor: number;
  /** The request number, once the start was acknowledged. */
  request: string | null;
  answer: 'acknowledged' | 'refused' | 'unknown';
  acts: Act[];
};

export type Ledger = {
  requests: Request[];
  /** Answers that no fault explains, e.g. that an acknowledged case does not exist. */
  odd: string[];
};
