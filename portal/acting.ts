import { createHash } from 'node:crypto';
import { ClientError } from '../client/errors.ts';
import { leavesId, removalId, requestNumber } from '../machines/requestNumber.ts';
import { mayNotOrder } from '../texts/portal.ts';
import { type Answer, routes } from './api.ts';
import type { App, Parts } from './needs.ts';
import { mayKnow } from './reading.ts';
import { at } from './route.ts';

/**
 * A command's own id, of this person alone: whoever guesses another's gets nothing of it, and the same form sent twice
 * still takes effect once.
 */
export const commandIdOf = (person: string, id: string): string =>
  createHash('sha256').update(`${person}\n${id}`).digest('base64url');

/** The routes that change something. Who may is decided by the case itself, by what the register shows at that moment. */
export function addActing(app: App, { cases, needs, whoAsks }: Parts): void {
  type Who = { by: string; id: string };

  /**
   * Acts on a case that this person may know of. A command that comes again gets its first answer, also where the person
   * may no longer read the case since.
   */
  async function acting(
    request: string,
    by: string,
    said: string,
    act: (who: Who) => Promise<Answer>,
  ): Promise<Answer> {
    const id = commandIdOf(by, said);
    try {
      await mayKnow(cases.ask('seeCase', { request, person: by }));
    } catch (error) {
      const before = isNotFound(error) ? await cases.answeredBefore(request, id) : null;
      if (before) return before;
      throw error;
    }
    return act({ by, id });
  }

  /** Starts a case for an employee of whom this person may know. */
  async function starting(
    employee: string,
    lock: string,
    by: string,
    said: string,
    may: 'mayOrder' | 'maySayLeaves',
    start: (who: Who) => Promise<Answer>,
  ): Promise<Answer> {
    const id = commandIdOf(by, said);
    const before = await cases.answeredBefore(requestNumber(lock, id), id);
    if (before) return before;
    const allowed = await mayKnow(cases.ask('mayOrder', { employee, person: by }));
    // Whoever may not start one makes no case: it would hold the lock for a moment, and the record would be of nothing.
    if (!allowed[may]) throw new ClientError('Refused', mayNotOrder);
    return start({ by, id });
  }

  app.route({
    ...at(routes.order),
    handler: async (request) => {
      const { id, employee, ...order } = request.body;
      const { undoFor } = needs.settings;
      return starting(employee, removalId(employee), whoAsks(request), id, 'mayOrder', (who) =>
        cases.remove(employee, { ...order, ...who, ...(undoFor > 0 && { undoFor }) }),
      );
    },
  });
  app.route({
    ...at(routes.leaves),
    handler: async (request) => {
      const { id, employee, lastWorkingDay } = request.body;
      return starting(employee, leavesId(employee), whoAsks(request), id, 'maySayLeaves', (who) =>
        cases.leaves(employee, { ...who, on: lastWorkingDay }),
      );
    },
  });

  app.route({
    ...at(routes.undone),
    handler: (asked) => {
      const { request } = asked.params;
      const said = asked.body;
      return acting(request, whoAsks(asked), said.id, (who) => cases.undone(request, who));
    },
  });
  app.route({
    ...at(routes.withdrawn),
    handler: (asked) => {
      const { request } = asked.params;
      const said = asked.body;
      return acting(request, whoAsks(asked), said.id, (who) => cases.withdraw(request, { ...said, ...who }));
    },
  });
  app.route({
    ...at(routes.decided),
    handler: (asked) => {
      const { request } = asked.params;
      const said = asked.body;
      return acting(request, whoAsks(asked), said.id, (who) =>
        cases.decide(request, said.decision, { ...said, ...who }),
      );
    },
  });
  app.route({
    ...at(routes.detached),
    handler: (asked) => {
      const { request } = asked.params;
      const said = asked.body;
      return acting(request, whoAsks(asked), said.id, (who) =>
        cases.detached(request, said.assignments, { ...said, ...who }),
      );
    },
  });
  app.route({
    ...at(routes.strandedAccepted),
    handler: (asked) => {
      const { request } = asked.params;
      const said = asked.body;
      return acting(request, whoAsks(asked), said.id, (who) =>
        cases.stranded(request, said.assignments, { ...said, ...who }),
      );
    },
  });
  app.route({
    ...at(routes.removed),
    handler: (asked) => {
      const { request } = asked.params;
      const said = asked.body;
      return acting(request, whoAsks(asked), said.id, (who) => cases.removed(request, { ...said, ...who }));
    },
  });
  app.route({
    ...at(routes.returned),
    handler: (asked) => {
      const { request } = asked.params;
      const said = asked.body;
      return acting(request, whoAsks(asked), said.id, (who) => cases.returned(request, { ...said, ...who }));
    },
  });
  app.route({
    ...at(routes.dateChanged),
    handler: (asked) => {
      const { request } = asked.params;
      const said = asked.body;
      return acting(request, whoAsks(asked), said.id, (who) =>
        cases.changeDate(request, { ...who, on: said.lastWorkingDay }),
      );
    },
  });
  app.route({
    ...at(routes.stays),
    handler: (asked) => {
      const { request } = asked.params;
      const said = asked.body;
      return acting(request, whoAsks(asked), said.id, (who) => cases.stays(request, { ...said, ...who }));
    },
  });
}

const isNotFound = (error: unknown) => error instanceof ClientError && error.code === 'NotFound';
