import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import type { Text } from '../texts/problems.ts';

/**
 * A problem as the person who asked gets to see it, on its way through Temporal: the failure's type is the code, its
 * first detail says it in both languages. The client makes an exit status of it.
 */
export type ProblemCode = 'InvalidInput' | 'Refused' | 'NotFound' | 'TryAgain' | 'NotSupported';

/**
 * @param code what kind of problem it is.
 * @param message for a person; employee ids only, since Temporal keeps it.
 * @param more fields for programs, e.g. the faults of a file.
 */
export const problem = (code: ProblemCode, message: Text, more: Record<string, unknown> = {}): ApplicationFailure =>
  ApplicationFailure.create({
    type: code,
    message: message.en,
    nonRetryable: true,
    // Somebody is told no, which is nothing for the operator's log.
    category: ApplicationFailureCategory.BENIGN,
    details: [{ code, message, ...more }],
  });
