import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import * as openid from 'openid-client';
import * as z from 'zod/mini';
import { readLogin } from '../settings.ts';
import { problems, type Text } from '../texts/problems.ts';
import { ClientError } from './errors.ts';
import { createProvider, personIn } from './provider.ts';

/**
 * The command line's login, where a provider is set: the device flow of OpenID Connect. The identity token is kept for
 * this user alone, and checked against the provider's keys each time.
 */

const kept = z.object({ issuer: z.string(), idToken: z.string() });

const fileIn = (env: NodeJS.ProcessEnv) =>
  join(env.XDG_CONFIG_HOME || join(env.HOME || homedir(), '.config'), 'aterkalla', 'login.json');

/** @throws {@link ClientError} where the settings cannot be used. */
function openIdIn(env: NodeJS.ProcessEnv) {
  try {
    const login = readLogin(env);
    return login.kind === 'openid' ? login : null;
  } catch (error) {
    throw new ClientError('InvalidInput', problems.loginSettings(error instanceof Error ? error.message : `${error}`));
  }
}

/**
 * Logs in. @param show tells the person where to go and which code to check there.
 *
 * @returns the person's id.
 */
export async function logIn(env: NodeJS.ProcessEnv, show: (text: Text) => void): Promise<string> {
  const settings = openIdIn(env);
  if (!settings) throw new ClientError('InvalidInput', problems.noProvider());
  const { issuer, scope, claim } = settings;
  try {
    const config = await createProvider(settings)();
    const device = await openid.initiateDeviceAuthorization(config, { scope });
    show(problems.goAndLogIn(device.verification_uri_complete ?? device.verification_uri, device.user_code));
    const tokens = await openid.pollDeviceAuthorizationGrant(config, device);
    const person = personIn(tokens.claims(), claim);
    if (!person || !tokens.id_token) throw new ClientError('Refused', problems.noPersonInLogin(claim));
    const file = fileIn(env);
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await writeFile(file, `${JSON.stringify({ issuer, idToken: tokens.id_token })}\n`, { mode: 0o600 });
    return person;
  } catch (error) {
    if (error instanceof ClientError) throw error;
    throw new ClientError('Unreachable', problems.loginFailed(issuer, messageOf(error)), {}, error);
  }
}

/** Forgets the login. */
export const logOut = (env: NodeJS.ProcessEnv): Promise<void> => rm(fileIn(env), { force: true });

/**
 * Who acts: who is logged in where a provider is set, else whom the command names.
 *
 * @throws {@link ClientError}: nobody is logged in, or somebody is named although logins are real.
 */
export async function whoActs(named: string | undefined, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const settings = openIdIn(env);
  if (!settings) return named;
  if (named !== undefined) throw new ClientError('Refused', problems.realLogins());
  const { issuer, clientId, claim } = settings;
  const login = await keptIn(fileIn(env));
  if (login?.issuer !== issuer) throw new ClientError('Refused', problems.notLoggedIn());
  const config = await createProvider(settings)().catch((error: unknown) => {
    throw new ClientError('Unreachable', problems.loginFailed(issuer, messageOf(error)), {}, error);
  });
  const { jwks_uri: keys = '', issuer: name } = config.serverMetadata();
  const { payload } = await jwtVerify(login.idToken, createRemoteJWKSet(new URL(keys)), {
    issuer: name,
    audience: clientId,
  }).catch((error: unknown) => {
    throw new ClientError('Refused', problems.notLoggedIn(), {}, error);
  });
  const person = personIn(payload, claim);
  if (!person) throw new ClientError('Refused', problems.noPersonInLogin(claim));
  return person;
}

async function keptIn(file: string): Promise<z.infer<typeof kept> | undefined> {
  try {
    return z.parse(kept, JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return undefined;
  }
}

const messageOf = (error: unknown): string =>
  error instanceof Error ? (error.cause instanceof Error ? error.cause.message : error.message) : String(error);
