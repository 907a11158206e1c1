import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

/** A provider of logins as an organisation has one: accounts of its own, with the employee's id in a claim. */

export type TestProvider = { issuer: string; stop(): Promise<void> };

/** @param accounts the claims of each account by its name; whoever comes is logged in as the account `next` names. */
export async function startProvider(
  accounts: Record<string, Record<string, unknown>>,
  next: () => string,
  client: { id: string; secret: string; redirectUri: string },
): Promise<TestProvider> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  const issuer = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const provider = new Provider(issuer, {
    clients: [{ client_id: client.id, client_secret: client.secret, redirect_uris: [client.redirectUri] }],
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', kid: 'test' }] },
    cookies: { keys: ['test'] },
    claims: { openid: ['sub'], employee: ['employee_id'] },
    conformIdTokenClaims: false,
    findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id, ...accounts[id] }) }),
    interactions: { url: (_context, { uid }) => `/who/${uid}` },
    async loadExistingGrant({ oidc }) {
      const { client, account } = oidc;
      if (!client || !account) return undefined;
      const grant = new oidc.provider.Grant({ clientId: client.clientId, accountId: account.accountId });
      grant.addOIDCScope('openid employee');
      await grant.save();
      return grant;
    },
    features: { devInteractions: { enabled: false } },
  });
  const handle = provider.callback();
  server.on('request', async (request, response) => {
    if (!request.url?.startsWith('/who/')) return handle(request, response);
    const account = next();
    const result = account ? { login: { accountId: account } } : { error: 'access_denied' };
    return provider.interactionFinished(request, response, result);
  });
  return {
    issuer,
    stop: async () => {
      server.closeAllConnections();
      await new Promise<void>((done) => server.close(() => done()));
    },
  };
}
