import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import cookie from '@fastify/cookie';
import csrf from '@fastify/csrf-protection';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import secureSession from '@fastify/secure-session';
import fastifyStatic from '@fastify/static';
import swagger from '@fastify/swagger';
import { type FastifyError, type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import {
  jsonSchemaTransform,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod';
import * as z from 'zod/mini';
import { version } from '../activities/version.ts';
import { createAterkalla } from '../client/aterkalla.ts';
import { ClientError } from '../client/errors.ts';
import { isLoopback } from '../settings.ts';
import { addActing } from './acting.ts';
import { routes } from './api.ts';
import { addDevelopmentLogin } from './developmentLogin.ts';
import { addHealth } from './health.ts';
import { addLogin } from './login.ts';
import { refuseOtherMethods } from './methods.ts';
import { rememberNames } from './names.ts';
import type { App, Parts, PortalNeeds } from './needs.ts';
import { PortalError, problemOf } from './problems.ts';
import { addReading } from './reading.ts';
import { at } from './route.ts';
import { createSeal } from './seal.ts';
import { createSessions, LASTS } from './session.ts';
import { createWatch } from './watch.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** True where the route guards itself against forged requests. */
    ownToken?: boolean;
  }
}

/** The longest body, in bytes: well above the longest form, well below what would hurt. */
const LONGEST_BODY = 128 * 1024;
/** How many requests one person, or one address without a login, may make a minute. */
const REQUESTS_A_MINUTE = 6000;
/** How long the choice of a language is kept in a browser, in seconds. */
const LANGUAGE_KEPT = 365 * 24 * 3600;

const language = z.enum(['sv', 'en']);

/** The portal as a Fastify server that does not listen yet. @param url where people reach it: known once it listens. */
export async function createServer(needs: PortalNeeds, url: () => string): Promise<App> {
  const isSecure = needs.settings.url?.startsWith('https:') ?? false;
  const folder = join(needs.dataDir, 'portal');
  await mkdir(folder, { recursive: true, mode: 0o700 });

  const app: App = fastify({
    bodyLimit: LONGEST_BODY,
    requestTimeout: 30_000,
    forceCloseConnections: 'idle',
    exposeHeadRoutes: false,
    // The one line that operators see of a failure; without query, which may hold what somebody searched for.
    logger: { level: 'error', serializers: { req: ({ method, url }) => ({ method, path: url?.split('?')[0] }) } },
    frameworkErrors: (_error, request, reply) => void refuse(new PortalError('NotFound'), request, reply),
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);

  const key = needs.settings.sessionKey ?? (await keptKey(join(folder, 'session-key')));
  const cases = createAterkalla(needs.client, needs.ask);
  const sessions = createSessions(cases.ask);
  const parts: Parts = {
    needs,
    cases,
    sessions,
    names: rememberNames(cases.ask),
    watch: createWatch(needs.client),
    seal: createSeal(key),
    whoAsks(request) {
      const person = sessions.whoIs(request);
      if (person === null) throw new PortalError('NotLoggedIn');
      return person;
    },
    async languageOf(request) {
      const chosen = z.safeParse(language, request.cookies.language);
      if (chosen.success) return chosen.data;
      const person = sessions.whoIs(request);
      return person === null ? 'sv' : cases.language(person).catch(() => 'sv' as const);
    },
  };

  async function refuse(error: unknown, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const isGone = await isAboutThem(error, request);
    // What is refused before cookies are read is answered in Swedish.
    const spoken = request.session ? await parts.languageOf(request) : 'sv';
    const problem = problemOf(isGone ? new PortalError('NotLoggedIn') : error, spoken);
    if (problem.status === 500) request.log.error({ err: error }, 'a request failed');
    await reply
      .code(problem.status)
      .type('application/problem+json')
      .send(Buffer.from(JSON.stringify(problem)));
  }

  /** Whoever has disappeared from the register is nobody any more: the session ends. */
  async function isAboutThem(error: unknown, request: FastifyRequest): Promise<boolean> {
    if (!(error instanceof ClientError && error.code === 'NotFound')) return false;
    if (typeof error.more.person !== 'string' || error.more.person !== sessions.whoIs(request)) return false;
    // A copy of the cookie is refused as this one was, also where it cannot be ended just now.
    await sessions.end(request).catch(() => {});
    return true;
  }
  const refuseOthers = refuseOtherMethods(app);
  app.setErrorHandler<FastifyError>((error, request, reply) => refuse(error, request, reply));

  await app.register(helmet, {
    contentSecurityPolicy: {
      directives: {
        'default-src': ["'self'"],
        'script-src': ["'self'"],
        'style-src': ["'self'"],
        'img-src': ["'self'", 'data:'],
        'connect-src': ["'self'"],
        'object-src': ["'none'"],
        'base-uri': ["'none'"],
        'frame-ancestors': ["'none'"],
        'upgrade-insecure-requests': isSecure ? [] : null,
      },
    },
    strictTransportSecurity: isSecure,
    referrerPolicy: { policy: 'same-origin' },
  });
  await app.register(cookie);
  await app.register(secureSession, {
    key,
    cookieName: isSecure ? '__Host-session' : 'session',
    expiry: LASTS / 1000,
    cookie: { path: '/', httpOnly: true, sameSite: 'lax', secure: isSecure, maxAge: LASTS / 1000 },
  });
  await app.register(csrf, { sessionPlugin: '@fastify/secure-session', getToken: ({ headers }) => tokenIn(headers) });
  await app.register(rateLimit, {
    max: REQUESTS_A_MINUTE,
    timeWindow: '1 minute',
    keyGenerator: (request) => sessions.whoIs(request) ?? request.ip,
    skipOnError: true,
  });
  await app.register(swagger, {
    openapi: { openapi: '3.1.0', info: { title: 'Återkalla', version } },
    transform: jsonSchemaTransform,
  });

  app.addHook('onRequest', async (request, reply) => {
    if (request.url.startsWith('/health') || request.url.startsWith('/metrics')) return;
    // Another name for this machine, as a page elsewhere could give itself (DNS rebinding), or `localhost`.
    const expected = new URL(url()).host;
    if (request.host === expected) return;
    const mayMove = isLoopback(request.hostname) && request.method === 'GET' && !request.url.startsWith('/api/');
    if (!mayMove) throw new PortalError('WrongHost');
    await reply.redirect(`${url()}${request.url}`);
  });
  app.addHook('onRequest', async (request) => {
    const { config, url } = request.routeOptions;
    if (!request.url.startsWith('/api/') || config.open) return;
    // Whoever logs out is out in this browser, also where nothing can be asked just now.
    if (url !== routes.logout.path) await sessions.check(request);
    parts.whoAsks(request);
  });
  app.addHook('onRequest', (request, reply, done) => {
    const { config, url: known } = request.routeOptions;
    const isSafe = ['GET', 'HEAD', 'OPTIONS'].includes(request.method);
    if (isSafe || config.ownToken || !known) done();
    else app.csrfProtection(request, reply, done);
  });
  app.addHook('onSend', async (request, reply) => {
    if (request.url.startsWith('/api/') && !reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
  });

  const isDevelopment = needs.settings.login.kind === 'development';
  if (isDevelopment) addDevelopmentLogin(app, parts, url);
  const login = addLogin(app, parts, url);
  app.route({
    ...at(routes.logout),
    handler: async (request) => {
      await sessions.end(request);
      return { to: await login.logoutUrl() };
    },
  });
  app.route({
    ...at(routes.language),
    handler: async (request, reply) => {
      const chosen = request.body.language;
      reply.setCookie('language', chosen, {
        path: '/',
        maxAge: LANGUAGE_KEPT,
        sameSite: 'lax',
        secure: isSecure,
        httpOnly: true,
      });
      return { language: chosen };
    },
  });
  addReading(app, parts);
  addActing(app, parts);
  addHealth(app, parts);
  app.route({ ...at(routes.openapi), handler: async () => app.swagger() });

  await app.register(fastifyStatic, {
    root: needs.web,
    index: false,
    wildcard: false,
    preCompressed: true,
    cacheControl: false,
    setHeaders: keepLong,
  });
  refuseOthers();
  app.setNotFoundHandler(async (request, reply) => {
    const wantsPage = ['GET', 'HEAD'].includes(request.method) && request.headers.accept?.includes('text/html');
    if (wantsPage && !/^\/(api|health|metrics|login|assets)(\/|$)/.test(request.url))
      return reply.header('cache-control', 'no-cache').sendFile('index.html');
    throw new PortalError('NotFound');
  });
  return app;
}

/** What has its own hash in its name never changes; the rest is asked for anew each time. */
function keepLong(reply: FastifyReply, path: string): void {
  const isHashed = path.includes('/assets/');
  reply.header('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
}

const tokenIn = (headers: FastifyRequest['headers']): string | undefined => {
  const token = headers['x-csrf-token'];
  return typeof token === 'string' ? token : undefined;
};

/** The key of the sessions, made at the first start: logins outlive a restart. */
async function keptKey(file: string): Promise<Buffer> {
  try {
    const key = await readFile(file);
    if (key.length === 32) return key;
  } catch {
    // Made below.
  }
  const key = randomBytes(32);
  await writeFile(file, key, { mode: 0o600 });
  return key;
}
