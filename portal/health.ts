import { Counter, Gauge, Registry } from 'prom-client';
import { caseQuery } from '../activities/listCases.ts';
import { version } from '../activities/version.ts';
import { employeeLeavesMachine } from '../machines/employeeLeaves.ts';
import { removalMachine } from '../machines/removal.ts';
import { routes } from './api.ts';
import type { App, Parts } from './needs.ts';
import { at } from './route.ts';

/** For operators: whether it is alive and ready, and numbers for Prometheus. */

/** How long an answer about readiness or numbers is good for, in milliseconds: scrapers must not become load. */
const GOOD_FOR = 5000;

export function addHealth(app: App, { cases, needs }: Parts): void {
  const { client, sdkMetrics } = needs;
  const registry = new Registry();
  const registers = [registry];
  const open = new Gauge({
    name: 'aterkalla_open_cases',
    help: 'Open cases by state',
    labelNames: ['state'],
    registers,
  });
  const overdue = new Gauge({ name: 'aterkalla_overdue_cases', help: 'Open cases past their due time', registers });
  const acts = new Counter({
    name: 'aterkalla_acts_total',
    help: 'What people did through the portal, by route and HTTP status',
    labelNames: ['act', 'status'],
    registers,
  });
  new Gauge({ name: 'aterkalla_info', help: 'The version', labelNames: ['version'], registers }).set({ version }, 1);

  const paths = new Map<string, string>(
    Object.entries(routes).flatMap(([name, { method, path }]) => (method === 'POST' ? [[path, name]] : [])),
  );
  app.addHook('onResponse', async (request, reply) => {
    const act = paths.get(request.routeOptions.url ?? '');
    if (act && request.method === 'POST') acts.inc({ act, status: reply.statusCode });
  });

  const all = [removalMachine, employeeLeavesMachine].flatMap(({ states }) => Object.values(states));
  const states = new Set(all.filter(({ type }) => type !== 'final').map(({ key }) => key));
  const count = async (query: string) =>
    (await client.withDeadline(Date.now() + 5000, () => client.workflow.count(query))).count;
  const counting = kept(async () => {
    const now = new Date().toISOString();
    await Promise.all([
      ...[...states].map(async (state) => open.set({ state }, await count(caseQuery({ open: true, state }, now)))),
      count(caseQuery({ overdue: true }, now)).then((found) => overdue.set(found)),
    ]);
  });

  app.route({
    ...at(routes.metrics),
    handler: async (_request, reply) => {
      // Where Temporal is away, what the portal knows itself is still worth having.
      await counting().catch(() => open.reset());
      const sdk = sdkMetrics
        ? await fetch(sdkMetrics).then(
            (answer) => answer.text(),
            () => '',
          )
        : '';
      return reply.type(registry.contentType).send(`${await registry.metrics()}${sdk}`);
    },
  });

  const looking = kept(() => cases.doctor());
  app.route({ ...at(routes.alive), handler: async () => ({ alive: true }) });
  app.route({
    ...at(routes.health),
    handler: async (_request, reply) => {
      const checks = await looking().catch(() => []);
      const ready = checks.length > 0 && checks.every(({ ok }) => ok);
      reply.code(ready ? 200 : 503);
      return reply.send({ alive: true, ready, checks: checks.map(({ name, ok }) => ({ part: name, ok })) });
    },
  });
}

/** The same answer again for a short while; those who ask at once wait for one. */
function kept<T>(ask: () => Promise<T>): () => Promise<T> {
  let last: { at: number; answer: Promise<T> } | null = null;
  return () => {
    if (!last || Date.now() - last.at > GOOD_FOR) last = { at: Date.now(), answer: ask() };
    return last.answer;
  };
}
