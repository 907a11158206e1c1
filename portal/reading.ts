import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import type { CaseFilters } from '../activities/listCases.ts';
import { version } from '../activities/version.ts';
import type { Reply } from '../client/ask.ts';
import { ClientError } from '../client/errors.ts';
import { type ListedCase, type Me, routes, type Task } from './api.ts';
import { chartOf } from './chart.ts';
import { casesCsv } from './csv.ts';
import { caseEvents } from './events.ts';
import type { App, Parts } from './needs.ts';
import { PortalError } from './problems.ts';
import { at } from './route.ts';
import {
  caseView,
  inCase,
  inEmployee,
  inListed,
  inTask,
  inWarnings,
  listedView,
  mentioned,
  taskView,
} from './views.ts';

/** How many event streams one person may have open: as many tabs as anybody has. */
const STREAMS = 50;
/** How long what streams are just looking at may take at the end, in milliseconds. */
const LOOKS_END_WITHIN = 5000;

/** The routes that look: nothing here changes anything. What a person may see is decided by the worker, by the register. */
export function addReading(app: App, parts: Parts): void {
  const { cases, names, needs, sessions, whoAsks, languageOf, watch, seal } = parts;

  app.route({
    ...at(routes.me),
    handler: async (request, reply): Promise<Me> => {
      await sessions.check(request);
      const id = sessions.whoIs(request);
      const person = id === null ? null : await cases.ask('whoIs', { person: id });
      if (id !== null && person === null) await sessions.end(request);
      return {
        person: person && {
          id: person.id,
          name: person.name,
          functions: person.functions,
          manages: person.manages,
          detaches: person.detaches,
          roles: person.roles,
        },
        language: await languageOf(request),
        csrf: reply.generateCsrf(),
        login: { kind: needs.settings.login.kind, path: '/login' },
        undoFor: needs.settings.undoFor,
        version,
      };
    },
  });

  app.route({
    ...at(routes.staff),
    handler: async (request) => {
      const me = whoAsks(request);
      const employees = await cases.ask('staffOf', { person: me });
      const managers = [...new Set(employees.map(({ manager }) => manager))];
      // My own first, then by id, those without a manager last.
      const order = (manager: string | null) => (manager === me ? '' : (manager ?? '\uffff'));
      return {
        groups: managers
          .sort((a, b) => order(a).localeCompare(order(b)))
          .map((manager) => ({
            manager,
            asDeputy: manager !== null && manager !== me,
            employees: employees
              .filter((employee) => employee.manager === manager)
              .map((employee) => ({ ...employee, open: employee.open.map((listed) => listedView(listed)) })),
          })),
        names: await names(mentioned({ people: managers }, ...employees.map(inEmployee))),
      };
    },
  });

  app.route({
    ...at(routes.deputies),
    handler: async (request) => {
      const found = await cases.ask('standIns', { person: whoAsks(request) });
      return { ...found, names: await names(mentioned({ people: [...found.mine, ...found.iStandInFor] })) };
    },
  });

  app.route({
    ...at(routes.preview),
    handler: async (request) => {
      const me = whoAsks(request);
      const { employee } = request.params;
      const { role } = request.query;
      const roles = role === undefined ? undefined : [role].flat();
      const may = await mayKnow(cases.ask('mayOrder', { employee, person: me }));
      const preview = await mayKnow(cases.preview(employee, roles, me));
      const open = may.open.map((listed) => listedView(listed));
      return {
        ...preview,
        keeps: preview.held.filter((held) => !preview.roles.includes(held)),
        isDecision: may.isDecider,
        mayOrder: may.mayOrder,
        maySayLeaves: may.maySayLeaves,
        open,
        names: await names(
          mentioned(
            { people: [employee, preview.manager, ...preview.decidedBy, ...preview.removedBy] },
            { people: preview.assignments.flatMap(({ detachedBy }) => detachedBy), places: preview.assignments },
            inWarnings(preview.warnings),
            ...open.map(inListed),
          ),
        ),
      };
    },
  });

  /** The tasks in which a text is, in ids or in what they are called. */
  async function searched(tasks: Task[], search: string): Promise<Task[]> {
    const wanted = search.trim().toLocaleLowerCase('sv');
    if (wanted === '') return tasks;
    // Not all whom a task mentions, but those in whom it is looked.
    const named = await names(mentioned(...tasks.map(({ employee, places }) => ({ people: [employee], places }))));
    const fits = (text: string | undefined) => text?.toLocaleLowerCase('sv').includes(wanted) ?? false;
    return tasks.filter(
      ({ request, employee, places }) =>
        employee.toLowerCase() === wanted ||
        fits(request) ||
        fits(named.people[employee]) ||
        places.some(
          ({ organisation, intervention }) =>
            fits(named.organisations[organisation]?.name) ||
            (intervention !== null && fits(named.interventions[intervention]?.name)),
        ),
    );
  }

  app.route({
    ...at(routes.tasks),
    handler: async (request) => {
      const { search = '', task, overdue, limit, next } = request.query;
      const open = (await cases.tasks(whoAsks(request)))
        .map((one) => taskView(one))
        .filter((one) => task === undefined || one.task === task)
        .filter((one) => overdue === undefined || one.overdue === (overdue === 'true'));
      const found = await searched(open, search);
      const from = Number(next ?? 0) || 0;
      const page = found.slice(from, from + limit);
      return {
        tasks: page,
        total: found.length,
        next: from + limit < found.length ? String(from + limit) : null,
        names: await names(mentioned(...page.map(inTask))),
      };
    },
  });

  function inTemporalUi({ workflowId, runId }: { workflowId: string; runId: string }): string | null {
    const { temporalUi, client } = needs;
    return (
      temporalUi && `${temporalUi}/namespaces/${client.options.namespace}/workflows/${workflowId}/${runId}/history`
    );
  }

  type Filters = Omit<(typeof routes)['casesCsv']['query']['_zod']['output'], never>;

  /** The filters in the worker's words; null where nothing can fit. */
  async function filtersOf({ search, is, ...rest }: Filters): Promise<{ filters: CaseFilters; begins: string } | null> {
    const filters: CaseFilters = { ...rest, ...(is && { [is]: true }) };
    const text = search?.trim() ?? '';
    if (text === '') return { filters, begins: '' };
    const ofRequest = /^(?:removal-[A-Za-z]{1,16}|leaves)-([A-Za-z0-9]{1,32})/.exec(text)?.[1];
    if (ofRequest) return { filters: { ...filters, employees: [ofRequest] }, begins: text };
    const employees = await cases.ask('findPeople', { text });
    return employees.length > 0 ? { filters: { ...filters, employees }, begins: '' } : null;
  }

  /** One page of cases; more than one look where none of a page may be read. */
  async function page(reader: string, asked: Filters, atMost: number, from?: string) {
    const narrowed = await filtersOf(asked);
    const found: ListedCase[] = [];
    let next: string | null = narrowed ? (from ?? '') : null;
    while (narrowed && next !== null && found.length === 0) {
      const listed: Reply<'cases'> = await cases.ask('cases', {
        reader,
        filters: narrowed.filters,
        atMost,
        ...(next && { next }),
      });
      found.push(
        ...listed.cases
          .filter(({ request }) => request.startsWith(narrowed.begins))
          .map((one) => listedView(one, listed.isAuditor ? inTemporalUi(one) : null)),
      );
      next = listed.next;
    }
    return { cases: found, next };
  }

  app.route({
    ...at(routes.cases),
    handler: async (request) => {
      const { limit, next, ...asked } = request.query;
      const from = next === undefined ? undefined : seal.open(next);
      if (from === null) throw new PortalError('InvalidInput');
      const found = await page(whoAsks(request), asked, limit, from);
      return {
        cases: found.cases,
        next: found.next === null ? null : seal.close(found.next),
        names: await names(mentioned(...found.cases.map(inListed))),
      };
    },
  });

  app.route({
    ...at(routes.casesCsv),
    handler: async (request, reply) => {
      const me = whoAsks(request);
      const all: ListedCase[] = [];
      let next: string | null = '';
      while (next !== null) {
        const more: Awaited<ReturnType<typeof page>> = await page(me, request.query, 500, next || undefined);
        all.push(...more.cases);
        next = more.next;
      }
      const csv = casesCsv(all, await names(mentioned(...all.map(inListed))), await languageOf(request));
      return reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', 'attachment; filename="aterkalla.csv"')
        .send(csv);
    },
  });

  async function see(request: string, person: string) {
    const seen = await mayKnow(cases.ask('seeCase', { request, person }));
    const view = caseView(seen, seen.isAuditor ? inTemporalUi(seen) : null);
    return { ...view, names: await names(mentioned(...inCase(view))) };
  }

  app.route({
    ...at(routes.case),
    handler: (request) => see(request.params.request, whoAsks(request)),
  });

  const streams = new Map<Readable, string>();
  // A browser comes back by itself; nothing may be under way when the portal ends.
  app.addHook('preClose', async () => {
    const closed = [...streams.keys()].map((stream) => once(stream, 'close'));
    for (const stream of streams.keys()) stream.destroy();
    // What still waits for Temporal by then ends with the connection to it; Fastify itself would give up after 10 s.
    await Promise.race([Promise.all(closed), pause(LOOKS_END_WITHIN, undefined, { ref: false })]);
  });
  app.route({
    ...at(routes.events),
    handler: async (request, reply) => {
      const me = whoAsks(request);
      const name = request.params.request;
      await see(name, me);
      if ([...streams.values()].filter((person) => person === me).length >= STREAMS) throw new PortalError('TooMany');
      const look = async () => {
        await sessions.check(request);
        if (sessions.whoIs(request) !== me) return { event: 'loggedOut' } as const;
        try {
          return { event: 'case', data: await see(name, me) } as const;
        } catch (error) {
          if (error instanceof ClientError && error.code === 'NotFound') return { event: 'gone' } as const;
          throw error;
        }
      };
      const lastSeen = request.headers['last-event-id'];
      const stream = caseEvents(watch, name, look, typeof lastSeen === 'string' ? lastSeen : undefined);
      request.raw.on('close', () => stream.destroy());
      streams.set(stream, me);
      stream.on('close', () => streams.delete(stream));
      return reply
        .type('text/event-stream; charset=utf-8')
        .header('cache-control', 'no-store')
        .header('x-accel-buffering', 'no')
        .send(stream);
    },
  });

  app.route({ ...at(routes.chart), handler: async ({ params }) => chartOf(params.process) });
}

/** What may not be seen is not there: nobody learns which numbers exist by trying them. */
export async function mayKnow<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ClientError && error.code === 'Refused' && !('roles' in error.more))
      throw new ClientError('NotFound', error.text, {}, error);
    throw error;
  }
}
