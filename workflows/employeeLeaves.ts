import { workflowInfo } from '@temporalio/workflow';
import type { AnyEventObject } from 'xstate';
import { leaverDeadline } from '../machines/deadlines.ts';
import {
  type EmployeeLeavesContext,
  employeeLeavesMachine,
  isPastDeadline,
  whyNotEmployeeLeaves,
} from '../machines/employeeLeaves.ts';
import {
  type EmployeeLeavesEvent,
  employeeLeavesEvents,
  employeeLeavesStart,
  type Handled,
} from '../machines/messages.ts';
import type { Facts } from '../machines/register.ts';
import { requestNumber } from '../machines/requestNumber.ts';
import { warningsOf } from '../machines/rights.ts';
import { refusalText } from '../texts/refusals.ts';
import { lookUpRights, readStart, shell } from './caseShell.ts';
import { type CaseStatus, caseStatus } from './caseStatus.ts';
import { runStatechart } from './statechart.ts';

/**
 * Process 2010:01, an employee who leaves, as a durable workflow.
 *
 * @param input the start input of the contract; one that does not fit fails with `InvalidInput`.
 * @returns the last status.
 */
export async function employeeLeaves(input: unknown): Promise<CaseStatus> {
  const start = readStart(employeeLeavesStart, input);
  const { workflowId } = workflowInfo();
  const { status } = await runStatechart(employeeLeavesMachine, {
    ...shell,
    input: { ...start, request: requestNumber(workflowId, start.id), at: new Date().toISOString() },
    args: [input],
    events: employeeLeavesEvents,
    lookUp: ({ snapshot }) => {
      const { employee, system, attached }: EmployeeLeavesContext = snapshot.context;
      return lookUpRights({ employee, system, known: attached });
    },
    refusal: (snapshot, event) => {
      const why = isEvent(event) ? whyNotEmployeeLeaves(snapshot.context, event) : undefined;
      return why && { code: 'Refused', message: refusalText(why) };
    },
    status: (snapshot, base) => {
      const context: EmployeeLeavesContext = snapshot.context;
      const { facts, roles, lastWorkingDay, begun } = context;
      return {
        ...caseStatus(snapshot, base, context, {
          process: 'employeeLeaves',
          warnings: warningsOf(facts, roles).map((id) => ({ id })),
          order: null,
          due: () => leaverDeadline(lastWorkingDay),
          pastDeadline: isPastDeadline(context),
        }),
        lastWorkingDay,
        atWork: begun && snapshot.status === 'active',
      };
    },
  });
  return status;
}

const isEvent = (event: AnyEventObject): event is EmployeeLeavesEvent<Handled<Facts>> =>
  event.type in employeeLeavesEvents && 'facts' in event && 'at' in event;
