import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import type { Answer, CaseStatus } from '../activities/caseStatus.ts';
import { parseStatus } from '../activities/caseStatus.ts';
import type { Preview } from '../activities/cases.ts';
import { type FoundCase, findCase } from '../activities/findCase.ts';
import type { CaseFilters, ListedCase } from '../activities/listCases.ts';
import type { Task } from '../activities/mayAct.ts';
import { pack, unpack } from '../activities/registerByHand.ts';
import * as messages from '../machines/messages.ts';
import { leavesId, removalId } from '../machines/requestNumber.ts';
import { problems } from '../texts/problems.ts';
import { act, answeredBefore, caseOf } from './act.ts';
import { type Ask, createAsk, type Input, type Question, type Reply } from './ask.ts';
import { connectTemporal, findTemporal } from './connect.ts';
import { type Check, check } from './doctor.ts';
import { asClientError, ClientError, exits } from './errors.ts';
import { assignmentInput, filterInput, parsed, personInput, previewInput, rolesInput } from './input.ts';
import { firstAnswer, madeBefore, query, startCase } from './startCase.ts';

/** Who acts, and the command's own id (made up when left out). */
export type Who = { by: string; id?: string | undefined };
type Optional<Keys extends string, Value> = { [Key in Keys]?: Value | undefined };

const events = { ...messages.employeeLeavesEvents, ...messages.removalEvents };

/**
 * What people do with cases, over a connection to Temporal. Each method throws {@link ClientError} with the contract's
 * exit status; a command that comes again with its id gets the first answer again.
 *
 * @param asked answers questions about the register: the worker, over Temporal, unless it is in this process.
 */
export function createAterkalla(client: Client, asked: Ask = createAsk(client)) {
  /** Asks what takes the register; what went wrong is a {@link ClientError}. */
  const ask: Ask = async <Name extends Question>(name: Name, input: Input<Name>): Promise<Reply<Name>> => {
    try {
      return await asked(name, input);
    } catch (error) {
      throw asClientError(error);
    }
  };

  /** The preview, or null from a server without standalone activities: starting and acting work there all the same. */
  async function previewIfPossible(employee: string, roles?: string[]): Promise<Preview | null> {
    try {
      return await ask('preview', { employee, ...(roles && { roles }) });
    } catch (error) {
      if (error instanceof ClientError && error.code === 'NotSupported') return null;
      throw error;
    }
  }

  /** What a person may detach in a case, by the register; where it cannot be asked, by what the case last saw of it. */
  async function detachable(found: FoundCase, person: string): Promise<string[]> {
    try {
      return await ask('detachable', { request: found.request, person });
    } catch (error) {
      if (!(error instanceof ClientError) || error.code !== 'NotSupported') throw error;
      const { waitingFor } = parseStatus(await query(found, 'status'));
      const theirs = waitingFor.filter(({ task, mayAct }) => task === 'detach' && mayAct.includes(person));
      return theirs.flatMap(({ assignments = [] }) => assignments);
    }
  }

  /** The case, once it is clear that its process knows this event. */
  async function ofProcess(name: keyof typeof events, request: string): Promise<FoundCase> {
    const found = await caseOf(client, request);
    const known = found.workflowId.startsWith('leaves-') ? messages.employeeLeavesEvents : messages.removalEvents;
    if (!(name in known))
      throw new ClientError('NotAccepted', problems.otherProcess(found.request), { request: found.request });
    return found;
  }

  /** An act with the command's own id, which whoever is told to try again needs. */
  async function acting(say: Who, work: (who: { by: string; id: string }) => Promise<Answer>): Promise<Answer> {
    const who = { by: say.by, id: say.id ?? randomUUID() };
    try {
      return await work(who);
    } catch (thrown) {
      const error = asClientError(thrown);
      if (error.exit !== exits.tryAgain && error.exit !== exits.unreachable) throw error;
      throw new ClientError(error.code, error.text, { ...error.more, id: who.id }, thrown);
    }
  }

  const send = (request: string, name: keyof typeof events, { id, ...say }: Who & Record<string, unknown>) =>
    acting({ by: say.by, id }, async (who) => {
      const payload = parsed(events[name], { ...say, ...who });
      return act(client, await ofProcess(name, request), name, payload);
    });

  return {
    ask,

    /** What a removal would do; starts nothing. With `by`, as far as that person may see it. */
    preview(employee: string, roles?: string[], by?: string): Promise<Preview> {
      return ask('preview', parsed(previewInput, { employee, roles, by }));
    },

    /** Starts a removal. */
    remove: (
      employee: string,
      say: Who &
        Optional<'roles' | 'acknowledged', string[]> &
        Optional<'reason', string> &
        Optional<'undoFor', number>,
    ): Promise<Answer> =>
      acting(say, async (who) => {
        const input = parsed(messages.removalStart, { ...say, ...who, employee, system: 'SUS' });
        const lock = removalId(employee);
        const before = say.id ? await madeBefore(client, lock, input.id) : null;
        if (before) return firstAnswer(before, input.id);
        const preview = await previewIfPossible(employee, input.roles);
        const summary = `Removal of the SUS authorisation of employee ${employee}`;
        return startCase(client, { process: 'removal', lock, input, manager: preview?.manager ?? null, summary });
      }),

    /** Starts process 2010:01 for somebody who leaves. `on` is the last working day, `YYYY-MM-DD`. */
    leaves: (employee: string, say: Who & { on: string }): Promise<Answer> =>
      acting(say, async (who) => {
        const input = parsed(messages.employeeLeavesStart, { ...who, employee, lastWorkingDay: say.on });
        const lock = leavesId(employee);
        const before = say.id ? await madeBefore(client, lock, input.id) : null;
        if (before) return firstAnswer(before, input.id);
        const preview = await previewIfPossible(employee);
        const summary = `Employee ${employee} leaves`;
        return startCase(client, {
          process: 'employeeLeaves',
          lock,
          input,
          manager: preview?.manager ?? null,
          summary,
        });
      }),

    /** The manager's decision, `remove` or `keep`. */
    decide: (
      request: string,
      decision: string,
      say: Who & Optional<'roles' | 'acknowledged', string[]> & Optional<'note', string>,
    ): Promise<Answer> =>
      acting(say, async (who) => {
        const payload = parsed(messages.removalEvents.decided, { ...say, ...who, decision });
        const found = await ofProcess('decided', request);
        const before = say.id ? await answeredBefore(found, payload.id) : null;
        if (before) return before;
        if (payload.roles && found.open) {
          const { employee } = parseStatus(await query(found, 'status'));
          await previewIfPossible(employee, payload.roles);
        }
        return act(client, found, 'decided', payload);
      }),

    /** Assignments are detached; without naming any: all that this person may detach now. */
    detached: (request: string, assignments: string[], say: Who & Optional<'note', string>): Promise<Answer> =>
      acting(say, async (who) => {
        const { note } = say;
        if (assignments.length > 0)
          return act(
            client,
            await caseOf(client, request),
            'detached',
            parsed(events.detached, { ...who, assignments, note }),
          );
        // What was said is checked before the case is asked which assignments it is about.
        const said = parsed(events.removed, { ...who, note });
        const found = await caseOf(client, request);
        const before = say.id ? await answeredBefore(found, said.id) : null;
        if (before) return before;
        if (!found.open) return act(client, found, 'detached', said);
        const all = await detachable(found, who.by);
        if (all.length === 0)
          throw new ClientError('NotAccepted', problems.nothingToDetach(found.request, who.by), {
            request: found.request,
          });
        return act(client, found, 'detached', parsed(events.detached, { ...who, assignments: all, note }));
      }),

    /** The authorisation administration accepts assignments as stranded, past a leaver's deadline. */
    stranded: (request: string, assignments: string[], say: Who & { note: string }) =>
      send(request, 'strandedAccepted', { ...say, assignments }),
    /** The authorisation is removed. */
    removed: (request: string, say: Who & Optional<'note', string>) => send(request, 'removed', say),
    /** The authorisation administration sends the order back to the manager. */
    returned: (request: string, say: Who & { reason: string }) => send(request, 'returned', say),
    /** The manager undoes the order, within the short time after sending. */
    undone: (request: string, say: Who) => send(request, 'undone', say),
    /** The manager takes the order back. */
    withdraw: (request: string, say: Who & { reason: string }) => send(request, 'withdrawn', say),
    /** The leaver's date moves. */
    changeDate: (request: string, { on, ...who }: Who & { on: string }) =>
      send(request, 'dateChanged', { ...who, lastWorkingDay: on }),
    /** The person stays after all. */
    stays: (request: string, say: Who & { reason: string }) => send(request, 'stays', say),

    /** Where a case stands. Without a reader: whoever runs the system. */
    async status(request: string, reader?: string): Promise<CaseStatus> {
      if (reader !== undefined) return ask('readCase', { request, reader: parsed(personInput, { by: reader }).by });
      try {
        return parseStatus(await query(await caseOf(client, request), 'status'));
      } catch (error) {
        throw asClientError(error);
      }
    },

    /** What waits for a person, oldest due first. */
    tasks: async (person: string): Promise<Task[]> => ask('tasks', { person: parsed(personInput, { by: person }).by }),

    /** The cases that the reader may read. */
    async cases(say: CaseFilters, reader?: string): Promise<ListedCase[]> {
      const { by, ...filters } = parsed(filterInput, { ...say, by: reader });
      const all: ListedCase[] = [];
      let next: string | null = null;
      do {
        const page: { cases: ListedCase[]; next: string | null } = await ask('cases', {
          filters,
          ...(by !== undefined && { reader: by }),
          ...(next !== null && { next }),
        });
        all.push(...page.cases);
        next = page.next;
      } while (next !== null);
      return all;
    },

    register: {
      /** Takes in a register file, already read from JSON. */
      async import(file: unknown): Promise<void> {
        const packed = pack(file);
        if (packed.length > 1_900_000) throw new ClientError('InvalidInput', problems.tooLarge());
        await ask('registerImport', { packed });
      },
      /** What the register holds, in the file's own form. */
      show: async (person?: string): Promise<unknown> =>
        unpack(
          await ask('registerShow', person === undefined ? {} : { person: parsed(personInput, { by: person }).by }),
        ),
      /** Exactly these roles; none: the authorisation goes. */
      async set(person: string, roles: string[]): Promise<void> {
        await ask('registerSet', { ...parsed(rolesInput, { person, roles }), system: 'SUS' });
      },
      /** This assignment goes. */
      async detach(assignment: string): Promise<void> {
        await ask('registerDetach', parsed(assignmentInput, { assignment }));
      },
    },

    /** The language of a person in the register. */
    language: (person: string) => ask('language', { person }),
    /** Is everything there and of the right version. */
    doctor: (): Promise<Check[]> => check(client, ask),
    /** What a case answered to a command before; null where there is no such case, or it has not seen the command. */
    async answeredBefore(request: string, id: string): Promise<Answer | null> {
      try {
        const found = await findCase(client, request);
        return found && (await answeredBefore(found, id));
      } catch (error) {
        throw asClientError(error);
      }
    },
    close: () => client.connection.close(),
  };
}

/**
 * Connects to the system that `env` names: the SDK's own `TEMPORAL_*`, else what runs in `DATA_DIR`.
 *
 * @throws {@link ClientError} with exit status 5 where Temporal cannot be reached.
 */
export async function connect(env: NodeJS.ProcessEnv = process.env): Promise<AterkallaClient> {
  return createAterkalla(await connectTemporal(await findTemporal(env)));
}

export type AterkallaClient = ReturnType<typeof createAterkalla>;
