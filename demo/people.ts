/**
 * Who takes part in the demo, by their ids in the sample register, and what the demo takes away. What the register says
 * of them otherwise (who may detach what) is for the process to find out.
 */
export const people = {
  manager: '1000',
  administrator: '1009',
  /** Stays, but no longer needs the authorisation: collaboration administrator of one organisation. */
  stays: { id: '1001', roles: ['collaborationAdministrator'], assignment: 'a1', detachedBy: '1003' },
  /** Leaves today: participant manager of two interventions, each with an intervention manager of its own. */
  leaves: {
    id: '1004',
    roles: ['participantManager'],
    assignments: [
      { id: 'a6', detachedBy: '1002' },
      { id: 'a7', detachedBy: '1003' },
    ],
  },
} as const;
