/**
 * What the register of authorisations shows, as the processes see it. The shapes alone: reading it is I/O and lies in
 * `activities/`; what follows from it (who may act, what to warn of) is in `rights.ts`.
 */

/** The roles that carry assignments (process page, "Words"). A register may name others; those carry none. */
export type AssignmentRole = 'collaborationAdministrator' | 'interventionManager' | 'participantManager';

/** What ties a person, in a role, to a collaboration organisation or one of its interventions. */
export type Assignment = {
  id: string;
  role: AssignmentRole;
  organisation: string;
  /** The form of collaboration; guidance differs by it. */
  form: 'finsam' | 'af-fk';
  /** Null where the assignment is to the organisation itself. */
  intervention: string | null;
  /** All who are collaboration administrators of the organisation now and hold that role, the employee included. */
  administrators: string[];
  /** All who are intervention managers of the intervention now and hold that role, the employee included. */
  managers: string[];
};

/** What the register showed of one employee and one system at one moment, and who could act then. */
export type Facts = {
  /** When it was read, ISO 8601 in UTC. */
  asOf: string;
  employee: string;
  /** False when the employee is not in the register (any more). */
  known: boolean;
  /** The employee's manager with the deputies registered for that manager; null for the head, or when it disappeared. */
  manager: { id: string; deputies: string[]; manager: string | null } | null;
  /** The roles that the employee's authorisation consists of now; empty when there is none. */
  roles: string[];
  /** The employee's assignments in roles that are held. Stranded ones cannot be looked up and are not here. */
  assignments: Assignment[];
  /**
   * Of the assignments that the reader knew of, those that the register no longer shows, with who could detach them now:
   * where people change SUS themselves, an assignment is gone before anybody says so.
   */
  gone: Assignment[];
  authorisationAdministration: string[];
  humanResources: string[];
  /** Only where it was asked for: the open leaver's case of this employee, and whether its own work has begun. */
  leaver?: { request: string; atWork: boolean } | null;
};
