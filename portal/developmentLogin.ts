import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import type { FastifyReply } from 'fastify';
import Provider, { errors } from 'oidc-provider';
import * as z from 'zod/mini';
import { personId } from '../machines/messages.ts';
import type { OpenIdSettings } from '../settings.ts';
import { developmentLogin as texts } from '../texts/portal.ts';
import type { Language } from './api.ts';
import type { App, Parts } from './needs.ts';

/**
 * The login for development: a real OpenID provider inside the portal, at which anybody may choose to be anybody in the
 * register. The settings refuse it wherever another machine might reach the portal.
 */

const PATH = '/development-login';
/** So many people are shown to choose from; the others are named by id. */
const SHOWN = 200;

const people = z.object({
  people: z.array(z.object({ id: z.string(), name: z.string(), functions: z.array(z.string()) })),
});

/** What the portal itself uses this provider with. @param url where the portal is reached. */
export const developmentSettings = (url: string): OpenIdSettings => ({
  kind: 'openid',
  issuer: `${url}${PATH}`,
  clientId: 'portal',
  scope: 'openid',
  claim: 'sub',
});

/** @param url where the portal is reached: known once it listens. */
export function addDevelopmentLogin(app: App, { cases, languageOf }: Parts, url: () => string): void {
  let made: Provider | null = null;
  const provider = () => {
    made ??= createProvider(url());
    return made;
  };

  app.register(async (inner) => {
    inner.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
      done(null, Object.fromEntries(new URLSearchParams(String(body)))),
    );
    inner.route({
      method: 'GET',
      url: `${PATH}/choose/:uid`,
      config: { open: true },
      schema: { hide: true },
      handler: async (request, reply) => {
        const language = await languageOf(request);
        const shown = z.parse(people, await cases.register.show());
        return page(reply, language, choices(shown.people, language));
      },
    });
    inner.route({
      method: 'POST',
      url: `${PATH}/choose/:uid`,
      config: { open: true, ownToken: true },
      schema: { hide: true },
      handler: async (request, reply) => {
        const chosen = z.safeParse(z.object({ person: personId }), request.body);
        if (!chosen.success) return reply.redirect(request.url, 303);
        const result = { login: { accountId: chosen.data.person } };
        const where = await provider()
          .interactionResult(request.raw, reply.raw, result)
          .catch((error: unknown) => {
            // Begun before the portal was started anew: the provider keeps nothing.
            if (error instanceof errors.SessionNotFound) return '/?login=failed';
            throw error;
          });
        return reply.redirect(where, 303);
      },
    });
  });

  app.register(async (inner) => {
    // The provider reads bodies itself.
    inner.removeAllContentTypeParsers();
    inner.addContentTypeParser('*', (_request, _payload, done) => done(null));
    inner.route({
      method: ['GET', 'POST', 'OPTIONS'],
      url: `${PATH}/*`,
      config: { open: true, ownToken: true },
      schema: { hide: true },
      handler: async ({ raw }, reply) => {
        reply.hijack();
        Reflect.set(raw, 'originalUrl', raw.url);
        raw.url = raw.url?.slice(PATH.length);
        await provider().callback()(raw, reply.raw);
      },
    });
  });

  function createProvider(at: string): Provider {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const text = (body: string) => `<!doctype html><meta charset="utf-8"><title>${texts.title.en}</title>${body}`;
    return new Provider(`${at}${PATH}`, {
      clients: [
        {
          client_id: 'portal',
          token_endpoint_auth_method: 'none',
          redirect_uris: [`${at}/login/callback`],
          id_token_signed_response_alg: 'ES256',
        },
        {
          client_id: 'aterkalla',
          token_endpoint_auth_method: 'none',
          grant_types: ['urn:ietf:params:oauth:grant-type:device_code'],
          response_types: [],
          redirect_uris: [],
          id_token_signed_response_alg: 'ES256',
        },
      ],
      jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), alg: 'ES256', use: 'sig', kid: 'development' }] },
      cookies: { keys: [randomBytes(32).toString('hex')] },
      findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
      interactions: { url: (_context, { uid }) => `${PATH}/choose/${uid}` },
      // Nobody is asked whether the portal may know who they are.
      async loadExistingGrant({ oidc }) {
        const { client, account } = oidc;
        if (!client || !account) return undefined;
        const grant = new oidc.provider.Grant({ clientId: client.clientId, accountId: account.accountId });
        grant.addOIDCScope('openid');
        await grant.save();
        return grant;
      },
      ttl: { Interaction: 3600, Grant: 3600, Session: 3600, AccessToken: 600, IdToken: 3600, DeviceCode: 600 },
      pkce: { required: (_context, client) => client.clientId === 'portal' },
      features: {
        devInteractions: { enabled: false },
        rpInitiatedLogout: { enabled: false },
        deviceFlow: {
          enabled: true,
          userCodeInputSource: (context, form) => {
            context.body = text(`${form}<button type="submit" form="op.deviceInputForm">OK</button>`);
          },
          userCodeConfirmSource: (context, form, _client, _device, code) => {
            context.body = text(`<p>${code}</p>${form}<button type="submit" form="op.deviceConfirmForm">OK</button>`);
          },
          successSource: (context) => {
            context.body = text('<p>OK</p>');
          },
        },
      },
      renderError: (context, out) => {
        context.type = 'text/plain';
        context.body = Object.values(out).join('\n');
      },
    });
  }
}

const escaped = (value: string) => value.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);

const STYLE = `body{font:1rem/1.5 sans-serif;max-width:40rem;margin:2rem auto;padding:0 1rem}
strong{display:block;background:#8b0000;color:#fff;padding:1rem}
ul{list-style:none;padding:0}button,input{font:inherit;padding:.5rem;width:100%;text-align:left;box-sizing:border-box}
li{margin:.25rem 0}`;
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

function page(reply: FastifyReply, language: Language, body: string) {
  return reply
    .type('text/html; charset=utf-8')
    .header('cache-control', 'no-store')
    .header(
      'content-security-policy',
      `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'`,
    )
    .send(
      `<!doctype html><html lang="${language}"><head><meta charset="utf-8">` +
        `<meta name="viewport" content="width=device-width"><title>${texts.title[language]}</title>` +
        `<style>${STYLE}</style></head><body><main><strong>${texts.warning[language]}</strong>${body}</main></body></html>`,
    );
}

function choices(all: z.infer<typeof people>['people'], language: Language): string {
  const items = all
    .slice(0, SHOWN)
    .map(
      ({ id, name, functions }) =>
        `<li><button name="person" value="${escaped(id)}">${escaped([id, name, ...functions].join(' · '))}</button></li>`,
    );
  const other =
    all.length > SHOWN ? `<form method="post"><input name="person" aria-label="${texts.choose[language]}"></form>` : '';
  return `<h1>${texts.choose[language]}</h1>${other}<form method="post"><ul>${items.join('')}</ul></form>`;
}
