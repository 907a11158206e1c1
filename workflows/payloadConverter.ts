import { DefaultPayloadConverter, type Payload, type PayloadConverter } from '@temporalio/common';
import { UNREADABLE } from './statechart/inbox.ts';

const standard = new DefaultPayloadConverter();

/**
 * Temporal's own converter, but a payload that cannot be read becomes a marked value instead of an error: a signal that
 * somebody mistyped must never stop a workflow.
 */
export const payloadConverter: PayloadConverter = {
  toPayload: (value) => standard.toPayload(value),
  fromPayload<T>(payload: Payload): T {
    try {
      return standard.fromPayload(payload);
    } catch {
      return standard.fromPayload(standard.toPayload({ [UNREADABLE]: true }));
    }
  },
};
