import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import type { Answer, CaseStatus } from '../activities/caseStatus.ts';
import { parseStatus } from '../activities/caseStatus.ts';
import type { Preview } from '../activities/cases.ts';
import type { FoundCase } from '../activities/findCase.ts';
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
import { asClientError, ClientError } from './errors.ts';
import { assignmentInput, filterInput, parsed, personInput, previewInput, rolesInput } from './input.ts';
import { firstAnswer, madeBefore, query, startCase } from './startCase.ts';

/** Who acts, and the command's own id (made up when left out). */
export type Who = { by: string; id?: string | undefined };
type Optional<Keys extends string, Value> = { [Key in Keys]?: Value | undefined };

const events = { ...messages.employeeLeavesEvents, ...messages.removalEvents };

/**
 * What people do with cases, over a connection to Temporal. Each method throws {@link ClientError} with the contract's
 * exit status; a command that comes again with its id gets the first answer again.
 */
export function createAterkalla(client: Client) {
  const ask: Ask = async <Name extends Question>(name: Name, input: Input<Name>): Promise<Reply<Name>> => {
    try {
      return await createAsk(client)(name, input);
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

  async function send(request: string, name: keyof typeof events, fields: Record<string, unknown>): Promise<Answer> {
    const payload = parsed(events[name], fields);
    return act(client, await caseOf(client, request), name, payload);
  }

  const given = ({ by, id }: Who) => ({ by, id: id ?? randomUUID() });

  return {
    /** What a removal would do; starts nothing. With `by`, as far as that person may see it. */
    preview(employee: string, roles?: string[], by?: string): Promise<Preview> {
      return ask('preview', parsed(previewInput, { employee, roles, by }));
    },

    /** Starts a removal. */
    async remove(
      employee: string,
      say: Who & Optional<'roles' | 'acknowledged', string[]> & Optional<'reason', string>,
    ): Promise<Answer> {
      const input = parsed(messages.removalStart, { ...say, ...given(say), employee, system: 'SUS' });
      const lock = removalId(employee);
      const before = say.id ? await madeBefore(client, lock, input.id) : null;
      if (before) return firstAnswer(client, before, input.id);
      const preview = await previewIfPossible(employee, input.roles);
      const summary = `Removal SUS ${employee}`;
      return startCase(client, { process: 'removal', lock, input, manager: preview?.manager ?? null, summary });
    },

    /** Starts process 2010:01 for somebody who leaves. @param on the last working day, `YYYY-MM-DD`. */
    async leaves(employee: string, say: Who & { on: string }): Promise<Answer> {
      const input = parsed(messages.employeeLeavesStart, { ...given(say), employee, lastWorkingDay: say.on });
      const lock = leavesId(employee);
      const before = say.id ? await madeBefore(client, lock, input.id) : null;
      if (before) return firstAnswer(client, before, input.id);
      const preview = await previewIfPossible(employee);
      const summary = `Employee ${employee} leaves`;
      return startCase(client, { process: 'employeeLeaves', lock, input, manager: preview?.manager ?? null, summary });
    },

    /** The manager's decision. */
    async decide(
      request: string,
      decision: string,
      say: Who & Optional<'roles' | 'acknowledged', string[]> & Optional<'note', string>,
    ): Promise<Answer> {
      const payload = parsed(messages.removalEvents.decided, { ...say, ...given(say), decision });
      const found = await caseOf(client, request);
      const before = say.id ? await answeredBefore(client, found, payload.id) : null;
      if (before) return before;
      if (payload.roles && found.open) await previewIfPossible(await employeeOf(found), payload.roles);
      return act(client, found, 'decided', payload);
    },

    /** Assignments are detached; without naming any: all that this person may detach now. */
    async detached(request: string, assignments: string[], say: Who & Optional<'note', string>): Promise<Answer> {
      const who = given(say);
      const found = await caseOf(client, request);
      let named = assignments;
      if (named.length === 0) {
        // Checked before anything is asked for; the list itself comes from the case.
        parsed(messages.removalEvents.removed, { ...say, ...who });
        const before = say.id ? await answeredBefore(client, found, who.id) : null;
        if (before) return before;
        if (found.open) named = await ask('detachable', { request: found.request, person: who.by });
        if (found.open && named.length === 0)
          throw new ClientError('NotAccepted', problems.nothingToDetach(found.request, who.by), {
            request: found.request,
          });
        if (!found.open) return act(client, found, 'detached', who);
      }
      return act(client, found, 'detached', parsed(events.detached, { ...say, ...who, assignments: named }));
    },

    /** The authorisation administration accepts assignments as stranded, past a leaver's deadline. */
    stranded: (request: string, assignments: string[], say: Who & { note: string }) =>
      send(request, 'strandedAccepted', { ...given(say), assignments, note: say.note }),
    /** The authorisation is removed. */
    removed: (request: string, say: Who & Optional<'note', string>) =>
      send(request, 'removed', { ...say, ...given(say) }),
    /** The authorisation administration sends the order back to the manager. */
    returned: (request: string, say: Who & { reason: string }) =>
      send(request, 'returned', { ...given(say), reason: say.reason }),
    /** The manager takes the order back. */
    withdraw: (request: string, say: Who & { reason: string }) =>
      send(request, 'withdrawn', { ...given(say), reason: say.reason }),
    /** The leaver's date moves. */
    changeDate: (request: string, say: Who & { on: string }) =>
      send(request, 'dateChanged', { ...given(say), lastWorkingDay: say.on }),
    /** The person stays after all. */
    stays: (request: string, say: Who & { reason: string }) =>
      send(request, 'stays', { ...given(say), reason: say.reason }),

    /** Where a case stands. Without a reader: whoever runs the system. */
    async status(request: string, reader?: string): Promise<CaseStatus> {
      if (reader !== undefined) return ask('readCase', { request, reader: parsed(personInput, { by: reader }).by });
      const found = await caseOf(client, request);
      return parseStatus(await query(client, found, 'status'));
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
    close: () => client.connection.close(),
  };

  async function employeeOf(found: FoundCase): Promise<string> {
    return parseStatus(await query(client, found, 'status')).employee;
  }
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
