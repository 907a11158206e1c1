import { defineSearchAttributeKey, type SearchAttributeUpdatePair } from '@temporalio/common';
import { ApplicationFailure, proxyLocalActivities } from '@temporalio/workflow';
import type { LookUpInput, Sources } from '../machines/sources.ts';
import { activitySummary, caseDetails, eventDescriptions, timerSummary } from '../texts/temporal.ts';
import type { CaseStatus } from './caseStatus.ts';
import { READ_ONCE, type Schema } from './statechart/inbox.ts';
import type { SourceOptions } from './statechart.ts';

/** What both processes give the runner: how sources are carried out, rights are looked up and cases are shown. */

/** Min Support and mail are tried again for as long as it takes (contract, "Orders"). */
const untilItWorks = { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '1 minute' } as const;

/** Short and idempotent, so local: one event each. A register that is away is asked until it is back. */
const register: SourceOptions = {
  local: { startToCloseTimeout: '10 seconds', localRetryThreshold: '10 seconds', retry: untilItWorks },
};
/** Activities say that they are alive (`activities/alive.ts`): one that was lost with its worker is tried again soon. */
const outside = (startToCloseTimeout: '20 seconds' | '1 minute') => ({
  activity: { startToCloseTimeout, heartbeatTimeout: '5 seconds', retry: untilItWorks },
});

const sources: Record<keyof Sources, SourceOptions> = {
  lookUp: register,
  detach: register,
  remove: register,
  order: outside('20 seconds'),
  cancelOrder: outside('20 seconds'),
  // Nobody is told that a leaver's detaching cannot be done yet, only because an open removal is just giving way.
  supersedeRemoval: { ...outside('20 seconds'), commandsWait: true },
  tell: outside('1 minute'),
};

const rights = proxyLocalActivities<Pick<Sources, 'lookUp'>>({
  startToCloseTimeout: '3 seconds',
  scheduleToCloseTimeout: '8 seconds',
  retry: { initialInterval: '200 milliseconds', maximumAttempts: 3 },
});

/** What the register shows when somebody acts. Bounded: one that does not answer means "try again". */
export const lookUpRights = (input: LookUpInput) => rights.lookUp(input).then((facts) => ({ facts }));

/** What an Update answers, and the first answer to a start (contract, "Temporal"). */
const answer = ({ request, state, accepts, outcome }: CaseStatus) => ({ request, state, accepts, outcome });

const keys = {
  request: defineSearchAttributeKey('Request', 'KEYWORD'),
  employee: defineSearchAttributeKey('Employee', 'KEYWORD'),
  manager: defineSearchAttributeKey('Manager', 'KEYWORD'),
  process: defineSearchAttributeKey('Process', 'KEYWORD'),
  state: defineSearchAttributeKey('State', 'KEYWORD'),
  waitsFor: defineSearchAttributeKey('WaitsFor', 'KEYWORD_LIST'),
  organisations: defineSearchAttributeKey('Organisations', 'KEYWORD_LIST'),
  due: defineSearchAttributeKey('Due', 'DATETIME'),
  roles: defineSearchAttributeKey('Roles', 'KEYWORD_LIST'),
  since: defineSearchAttributeKey('Since', 'DATETIME'),
};

const listed = (values: string[]) => (values.length > 0 ? [...new Set(values)] : null);

/** What cases are found by: employee ids only. */
function searchAttributes(status: CaseStatus): SearchAttributeUpdatePair[] {
  const due = status.waitingFor.map((waiting) => waiting.due).sort()[0];
  return [
    { key: keys.request, value: status.request },
    { key: keys.employee, value: status.employee },
    { key: keys.manager, value: status.manager },
    { key: keys.process, value: status.process },
    { key: keys.state, value: status.state },
    { key: keys.waitsFor, value: listed(status.waitingFor.map(({ task }) => task)) },
    { key: keys.organisations, value: listed(status.organisations) },
    { key: keys.due, value: due ? new Date(due) : null },
  ];
}

/**
 * What else the list of tasks needs, so that no case has to be asked. `Since` says when it began to wait, or came into a
 * state that waits for nobody: each change of state shows in it.
 */
function searchAttributesAlong({ roles, since, waitingFor, way }: CaseStatus): SearchAttributeUpdatePair[] {
  const entered = waitingFor.length > 0 ? since : (way.at(-1)?.at ?? since);
  return [
    { key: keys.roles, value: listed(roles) },
    { key: keys.since, value: new Date(entered) },
  ];
}

/** What the runner gets from both processes alike. */
export const shell = {
  descriptions: eventDescriptions,
  sources,
  sourceSummary: activitySummary,
  timerSummary,
  answer,
  details: caseDetails,
  searchAttributes,
  searchAttributesAlong,
};

/** Reads a start's input; one that does not fit fails the workflow with what was expected. */
export function readStart<Start>(schema: Schema<Start>, input: unknown): Start {
  const read = schema.safeParse(input, READ_ONCE);
  if (read.success) return read.data;
  const faults = read.error.issues.map(({ path, message }) =>
    [path.map(String).join('.'), message].filter(Boolean).join(': '),
  );
  throw ApplicationFailure.nonRetryable(`The start input does not fit: ${faults.join('; ')}`, 'InvalidInput');
}
