import * as openid from 'openid-client';
import * as z from 'zod/mini';
import { personId } from '../machines/messages.ts';
import { isLoopback, type OpenIdSettings } from '../settings.ts';

/** The provider of logins that the settings name, for the portal and the command line alike. */

/** @returns a function that asks it for its addresses, once, when first needed: it may start later than we. */
export function createProvider({
  issuer,
  clientId,
  clientSecret,
}: OpenIdSettings): () => Promise<openid.Configuration> {
  const url = new URL(issuer);
  // Only a provider on this machine may speak without TLS (settings.ts).
  const execute = url.protocol === 'http:' && isLoopback(url.hostname) ? [openid.allowInsecureRequests] : [];
  const authentication = clientSecret ? undefined : openid.None();
  let found: Promise<openid.Configuration> | null = null;
  return () => {
    found ??= openid
      .discovery(url, clientId, clientSecret, authentication, { execute, timeout: 10 })
      .catch((error: unknown) => {
        found = null;
        throw error;
      });
    return found;
  };
}

/** Who a claim says that somebody is; null where it holds no id of a person. */
export function personIn(claims: Record<string, unknown> | undefined, claim: string): string | null {
  return z.safeParse(personId, claims?.[claim]).data ?? null;
}
