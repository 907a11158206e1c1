import type { FastifyReply, FastifyRequest } from 'fastify';
import * as openid from 'openid-client';
import * as z from 'zod/mini';
import { createProvider, personIn } from '../client/provider.ts';
import { developmentSettings } from './developmentLogin.ts';
import type { App, Parts } from './needs.ts';

/**
 * The login: OpenID Connect, authorisation code with PKCE, against whichever provider the settings name. The provider
 * says who a person is; what they may do comes from the register alone.
 */

/** A path of this site, whatever somebody made of it: never another host. */
export function pathOf(to: unknown): string {
  if (typeof to !== 'string' || !to.startsWith('/') || to.length > 500) return '/';
  const here = 'http://portal.invalid';
  const url = URL.canParse(to, here) ? new URL(to, here) : null;
  return url?.origin === here && !url.pathname.startsWith('//') ? `${url.pathname}${url.search}${url.hash}` : '/';
}

/** Adds `/login`, `/login/callback` and the logout's way back. @param url where people reach the portal. */
export function addLogin(app: App, { cases, sessions, needs }: Parts, url: () => string) {
  const { login: chosen } = needs.settings;
  const isDevelopment = chosen.kind === 'development';
  const settings = () => (chosen.kind === 'development' ? developmentSettings(url()) : chosen);
  let made: ReturnType<typeof createProvider> | null = null;
  const provider = () => {
    made ??= createProvider(settings());
    return made();
  };
  const callback = () => `${url()}/login/callback`;
  // Behind a proxy everybody comes from one address.
  const rateLimit = { max: 600, timeWindow: '1 minute' };
  /** Back to the start page, which says what to do. */
  const failed = (why: 'failed' | 'cancelled' | 'unknown' | 'away', request: FastifyRequest, reply: FastifyReply) => {
    request.log.error({ why }, 'a login did not work');
    return reply.redirect(`/?login=${why}`);
  };

  app.route({
    method: 'GET',
    url: '/login',
    config: { open: true, rateLimit },
    schema: { hide: true },
    handler: async (request, reply) => {
      const { to } = z.parse(z.object({ to: z.optional(z.unknown()) }), request.query);
      const config = await provider().catch(() => null);
      if (!config) return failed('away', request, reply);
      const login = {
        state: openid.randomState(),
        nonce: openid.randomNonce(),
        verifier: openid.randomPKCECodeVerifier(),
        to: pathOf(to),
      };
      request.session.set('login', login);
      const where = openid.buildAuthorizationUrl(config, {
        redirect_uri: callback(),
        scope: settings().scope,
        state: login.state,
        nonce: login.nonce,
        code_challenge: await openid.calculatePKCECodeChallenge(login.verifier),
        code_challenge_method: 'S256',
        // In development people change who they are all the time.
        ...(isDevelopment && { prompt: 'login' }),
      });
      return reply.header('cache-control', 'no-store').redirect(where.href);
    },
  });

  app.route({
    method: 'GET',
    url: '/login/callback',
    config: { open: true, rateLimit },
    schema: { hide: true },
    handler: async (request, reply) => {
      const login = request.session.get('login');
      request.session.set('login', undefined);
      // Nobody began a login in this browser, or it was used already.
      if (!login) return failed('failed', request, reply);
      let claims: Record<string, unknown> | undefined;
      try {
        const tokens = await openid.authorizationCodeGrant(await provider(), new URL(request.url, url()), {
          pkceCodeVerifier: login.verifier,
          expectedState: login.state,
          expectedNonce: login.nonce,
          idTokenExpected: true,
        });
        claims = tokens.claims();
      } catch (error) {
        if (error instanceof openid.AuthorizationResponseError && error.error === 'access_denied')
          return failed('cancelled', request, reply);
        return failed('failed', request, reply);
      }
      const person = personIn(claims, settings().claim);
      if (person === null || (await cases.ask('whoIs', { person })) === null) return failed('unknown', request, reply);
      sessions.begin(request, person);
      return reply.header('cache-control', 'no-store').redirect(login.to);
    },
  });

  return {
    /** Where the browser goes to end the provider's own session too. */
    async logoutUrl(): Promise<string> {
      try {
        const config = await provider();
        if (!config.serverMetadata().end_session_endpoint) return '/';
        return openid.buildEndSessionUrl(config, { post_logout_redirect_uri: `${url()}/` }).href;
      } catch {
        return '/';
      }
    },
  };
}
