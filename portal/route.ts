import { problem, type Route } from './api.ts';

/** A route of `api.ts` as Fastify takes it: method, path, who may come in, and the schemas of what goes in and out. */

declare module 'fastify' {
  interface FastifyContextConfig {
    /** True where it takes no login. */
    open?: boolean;
  }
}

const asProblem = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: problem } },
});

/** What may go wrong with any route. */
const problemsOf = (route: Route) => ({
  '4xx': asProblem('Refused; what was wrong and what to do next'),
  ...(route.open ? {} : { '503': asProblem('Something that is needed is away: try again') }),
});

/** @param route one of `routes`; the handler is added by whoever serves it. */
export const at = <R extends Route>(route: R) => ({
  method: route.method,
  url: route.path,
  config: { open: route.open === true },
  schema: {
    summary: route.summary,
    ...schemasOf(route),
    response: { ...(route.answer && { 200: route.answer }), ...problemsOf(route) },
  },
});

/** What goes in, by Fastify's names. */
function schemasOf<R extends Route>(route: R): Schemas<R>;
function schemasOf({ params, query, body }: Route): Partial<Schemas<Route>> {
  return { ...(params && { params }), ...(query && { querystring: query }), ...(body && { body }) };
}

type Schemas<R extends Route> = { params: R['params']; querystring: R['query']; body: R['body'] };
