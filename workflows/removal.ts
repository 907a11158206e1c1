import { workflowInfo } from '@temporalio/workflow';
import type { AnyEventObject } from 'xstate';
import { dueAfter } from '../machines/deadlines.ts';
import { type Handled, type RemovalEvent, removalEvents, removalStart } from '../machines/messages.ts';
import type { Facts } from '../machines/register.ts';
import { type RemovalContext, removalMachine, whyNotRemoval } from '../machines/removal.ts';
import { requestNumber } from '../machines/requestNumber.ts';
import { warningsOf } from '../machines/rights.ts';
import { refusalText } from '../texts/refusals.ts';
import { lookUpRights, readStart, shell } from './caseShell.ts';
import { type CaseStatus, caseStatus } from './caseStatus.ts';
import { runStatechart } from './statechart.ts';

/**
 * The removal of an authorisation as a durable workflow.
 *
 * @param input the start input of the contract; one that does not fit fails with `InvalidInput`.
 * @returns the last status.
 */
export async function removal(input: unknown): Promise<CaseStatus> {
  const start = readStart(removalStart, input);
  const { workflowId } = workflowInfo();
  const { status } = await runStatechart(removalMachine, {
    ...shell,
    input: { ...start, request: requestNumber(workflowId, start.id), at: new Date().toISOString() },
    args: [input],
    events: removalEvents,
    lookUp: ({ name, snapshot }) => {
      const { employee, system, attached }: RemovalContext = snapshot.context;
      return lookUpRights({ employee, system, known: attached, leaver: name === 'superseded' });
    },
    refusal: (snapshot, event) => {
      const why = isEvent(event) ? whyNotRemoval(snapshot.context, event) : undefined;
      // On its way to an end a case takes nothing any more, as after it: so a leaver's process goes on.
      return why && { code: why.why === 'ending' ? 'NotAccepted' : 'Refused', message: refusalText(why) };
    },
    status: (snapshot, base) => {
      const context: RemovalContext = snapshot.context;
      // That a leaver's process takes over is between the processes, nobody's to send.
      const accepts = base.accepts.filter((name) => name !== 'superseded' && context.ending === null);
      const status = caseStatus(snapshot, { ...base, accepts }, context, {
        process: 'removal',
        warnings: warnings(context),
        order: context.order && { number: context.order.number, state: context.order.state },
        due: () => dueAfter(context.since),
      });
      return snapshot.matches('undoable') ? { ...status, undoUntil: undoUntil(context) } : status;
    },
  });
  return status;
}

const undoUntil = ({ since, start }: RemovalContext): string =>
  new Date(Date.parse(since) + (start.undoFor ?? 0) * 1000).toISOString();

/** Those acknowledged, and those that the register shows now. */
function warnings({ facts, roles, acknowledged }: RemovalContext): CaseStatus['warnings'] {
  const open = warningsOf(facts, roles).filter((id) => !acknowledged.some((warning) => warning.id === id));
  return [...acknowledged.map(({ id, by }) => ({ id, acknowledgedBy: by })), ...open.map((id) => ({ id }))];
}

const isEvent = (event: AnyEventObject): event is RemovalEvent<Handled<Facts>> =>
  event.type in removalEvents && 'facts' in event && 'at' in event;
