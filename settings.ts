import { statSync } from 'node:fs';
import { isIP } from 'node:net';
import { join, resolve } from 'node:path';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { NativeConnectionOptions } from '@temporalio/worker';
import * as z from 'zod';
import { LONGEST_UNDO } from './machines/messages.ts';

/** The settings (contract, "Commands"): read from the environment, every value checked, all that is wrong named at once. */

/** What the embedded server waits for before it acknowledges: SQLite's pragma of this name. */
export type Synchronous = 'NORMAL' | 'FULL';

/** Where Temporal is: our own development server, or one that the SDK's own configuration names. */
export type TemporalSettings =
  | { kind: 'embedded'; port: number; uiPort: number; synchronous: Synchronous }
  | { kind: 'external'; address: string; namespace: string; connection: NativeConnectionOptions };

/** How people log in: our own provider for development, or one by settings. */
export type LoginSettings = { kind: 'development' } | OpenIdSettings;

export type OpenIdSettings = {
  kind: 'openid';
  issuer: string;
  clientId: string;
  clientSecret?: string;
  scope: string;
  /** The claim that holds the person's id in the register. */
  claim: string;
};

export type PortalSettings = {
  /** The address that it listens on. */
  host: string;
  port: number;
  /** Where people reach it, without a slash at the end; undefined: where it listens. */
  url?: string;
  login: LoginSettings;
  /** How long an order can be undone after sending, in seconds. */
  undoFor: number;
  /** 32 bytes; undefined: kept in the data folder. */
  sessionKey?: Buffer;
  /** Temporal UI, for links; undefined: the embedded one. */
  temporalUi?: string;
};

export type Settings = {
  /** Absolute. */
  dataDir: string;
  temporal: TemporalSettings;
  portal: PortalSettings;
  /** Absolute. */
  registerFile: string;
  registerMode: 'performs' | 'observes';
  databaseUrl?: string;
  smtpUrl?: string;
  mailFrom: string;
  helpdeskMail: string;
  minSupportUrl?: string;
};

/** Some settings cannot be used; `problems` has one line for each, with variable, problem and what is expected. */
export class SettingsError extends Error {
  override name = 'SettingsError';
  readonly problems: string[];
  constructor(problems: string[]) {
    super(`Settings cannot be used:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}

const port = (standard: number) =>
  z
    .string()
    .default(String(standard))
    .refine((text) => /^\d{1,5}$/.test(text) && Number(text) <= 65_535, 'must be a port, 0 to 65535 (0: a free one)')
    .transform(Number);

/** URLs may hold a password, so that problems with them never repeat the value. */
const url = (...protocols: string[]) =>
  z
    .string()
    .refine(
      (text) => URL.canParse(text) && protocols.includes(new URL(text).protocol),
      `must be a URL that begins with ${protocols.map((protocol) => `${protocol}//`).join(' or ')} (not shown here: it may hold a password)`,
    )
    .optional();

const mailAddress = (standard: string) =>
  z
    .string()
    .default(standard)
    .refine(
      (text) => /^[^\s@<>,;:"\p{Cc}]{1,64}@[^\s@<>,;:"\p{Cc}]{1,255}$/u.test(text),
      'must be one mail address, as in name@example.se',
    );

const isA = (path: string, kind: 'file' | 'folder') => {
  const found = statSync(path, { throwIfNoEntry: false });
  return found && (kind === 'file' ? found.isFile() : found.isDirectory());
};

const hostOf = (text: string) => (URL.canParse(text) ? new URL(text).hostname : '');

const loginSchema = z.object({
  OIDC_ISSUER: url('http:', 'https:').refine(
    (text) => !text || !URL.canParse(text) || new URL(text).protocol !== 'http:' || isLoopback(hostOf(text)),
    'must be https:// unless the provider runs on this machine',
  ),
  OIDC_CLIENT_ID: z.string().max(200).optional(),
  OIDC_CLIENT_SECRET: z.string().max(1000).optional(),
  OIDC_SCOPE: z
    .string()
    .default('openid')
    .refine((text) => text.split(' ').includes('openid'), 'must be scopes with openid among them'),
  OIDC_CLAIM: z
    .string()
    .default('sub')
    .refine((text) => /^[\w.:/-]{1,100}$/.test(text), 'must be the name of a claim, as in sub or employee_id'),
});

const schema = z.object({
  ...loginSchema.shape,
  DATA_DIR: z
    .string()
    .default(join(import.meta.dirname, '.data'))
    .transform((path) => resolve(path))
    .refine(
      (path) => isA(path, 'folder') || !statSync(path, { throwIfNoEntry: false }),
      'must be a folder, or not exist yet',
    ),
  TEMPORAL_PORT: port(7233),
  TEMPORAL_UI_PORT: port(8233),
  SQLITE_SYNCHRONOUS: z.enum(['NORMAL', 'FULL'], { error: 'must be NORMAL or FULL' }).default('NORMAL'),
  PORTAL_PORT: port(8080),
  PORTAL_HOST: z
    .string()
    .default('127.0.0.1')
    .refine((text) => isIP(text) !== 0 || text === 'localhost', 'must be an IP address to listen on, or localhost'),
  PORTAL_URL: url('http:', 'https:').refine(
    (text) => !text || !URL.canParse(text) || /^[a-z]+:\/\/[^/?#]+\/?$/i.test(text),
    'must be without a path: the portal wants a host of its own',
  ),
  PORTAL_SESSION_KEY: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits (not shown here: it is a secret)')
    .optional(),
  UNDO_SECONDS: z
    .string()
    .default('60')
    .refine(
      (text) => /^\d{1,3}$/.test(text) && Number(text) <= LONGEST_UNDO,
      `must be whole seconds, 0 to ${LONGEST_UNDO} (0: an order cannot be undone)`,
    )
    .transform(Number),
  TEMPORAL_UI_URL: url('http:', 'https:'),
  REGISTER_FILE: z
    .string()
    .default(join(import.meta.dirname, 'register.sample.json'))
    .transform((path) => resolve(path))
    .refine((path) => isA(path, 'file'), 'must be a file that is there'),
  REGISTER_MODE: z.enum(['performs', 'observes'], { error: 'must be performs or observes' }).default('performs'),
  DATABASE_URL: url('postgres:', 'postgresql:'),
  SMTP_URL: url('smtp:', 'smtps:'),
  MAIL_FROM: mailAddress('aterkalla@localhost'),
  HELPDESK_MAIL: mailAddress('helpdesk@localhost'),
  MIN_SUPPORT_URL: url('http:', 'https:'),
});

/**
 * Reads the settings.
 *
 * @param env the environment; a variable that is set to nothing counts as not set.
 * @throws SettingsError that names all that is wrong at once.
 */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const given = givenIn(env);
  const { values, problems } = read(schema, given);
  const external = readExternal(given, problems);
  if (values) problems.push(...providerProblems(values), ...reachProblems(values));
  if (values) problems.push(...sharedPorts(values, external ? ['PORTAL_PORT'] : portNames));
  if (!values || problems.length > 0) throw new SettingsError(problems);

  return {
    dataDir: values.DATA_DIR,
    temporal: external ?? {
      kind: 'embedded',
      port: values.TEMPORAL_PORT,
      uiPort: values.TEMPORAL_UI_PORT,
      synchronous: values.SQLITE_SYNCHRONOUS,
    },
    portal: portalSettings(values),
    registerFile: values.REGISTER_FILE,
    registerMode: values.REGISTER_MODE,
    ...(values.DATABASE_URL && { databaseUrl: values.DATABASE_URL }),
    ...(values.SMTP_URL && { smtpUrl: values.SMTP_URL }),
    mailFrom: values.MAIL_FROM,
    helpdeskMail: values.HELPDESK_MAIL,
    ...(values.MIN_SUPPORT_URL && { minSupportUrl: values.MIN_SUPPORT_URL }),
  };
}

const isSecret = (name: string) => /_(URL|KEY|SECRET|ISSUER)$/.test(name);

type Values = z.output<typeof schema>;
type LoginValues = z.output<typeof loginSchema>;

/**
 * Reads how people log in: all that the command line needs of the settings.
 *
 * @throws SettingsError that names all that is wrong at once.
 */
export function readLogin(env: NodeJS.ProcessEnv): LoginSettings {
  const given = givenIn(env);
  const { values, problems } = read(loginSchema, given);
  if (values) problems.push(...providerProblems(values));
  if (!values || problems.length > 0) throw new SettingsError(problems);
  return loginSettings(values);
}

/** A variable that is set to nothing counts as not set. */
function givenIn(env: NodeJS.ProcessEnv): Record<string, string> {
  const given: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) if (value) given[name] = value;
  return given;
}

function read<Schema extends z.ZodType>(form: Schema, given: Record<string, string>) {
  const parsed = form.safeParse(given);
  const problems = (parsed.error?.issues ?? []).map(({ path, message }) => {
    const name = String(path[0]);
    return isSecret(name) ? `${name} ${message}` : `${name} is ${shown(given[name])} but ${message}`;
  });
  return { values: parsed.data, problems };
}

function providerProblems({ OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET }: LoginValues): string[] {
  if (OIDC_ISSUER) return OIDC_CLIENT_ID ? [] : ['OIDC_ISSUER is set, so OIDC_CLIENT_ID must be too'];
  return (OIDC_CLIENT_ID ?? OIDC_CLIENT_SECRET)
    ? ['OIDC_CLIENT_ID or OIDC_CLIENT_SECRET is set, but no provider: set OIDC_ISSUER too, or unset them']
    : [];
}

/** Without a provider anybody may choose who they are: then nobody outside this machine may reach the portal. */
function reachProblems({ OIDC_ISSUER, PORTAL_HOST, PORTAL_URL }: Values): string[] {
  if (OIDC_ISSUER) return [];
  const needs = 'but without OIDC_ISSUER anybody may log in as anybody, so that only this machine may reach it';
  const problems: string[] = [];
  if (!isLoopback(PORTAL_HOST)) problems.push(`PORTAL_HOST is ${JSON.stringify(PORTAL_HOST)} ${needs}`);
  if (PORTAL_URL && !isLoopback(hostOf(PORTAL_URL))) problems.push(`PORTAL_URL is of another machine, ${needs}`);
  return problems;
}

const loginSettings = (values: LoginValues): LoginSettings =>
  values.OIDC_ISSUER && values.OIDC_CLIENT_ID
    ? {
        kind: 'openid',
        issuer: values.OIDC_ISSUER,
        clientId: values.OIDC_CLIENT_ID,
        ...(values.OIDC_CLIENT_SECRET && { clientSecret: values.OIDC_CLIENT_SECRET }),
        scope: values.OIDC_SCOPE,
        claim: values.OIDC_CLAIM,
      }
    : { kind: 'development' };

/** Whether a host, as in a URL or as an address to listen on, is this machine alone. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || host === '[::1]' || (isIP(host) === 4 && host.startsWith('127.'));

function portalSettings(values: Values): PortalSettings {
  const { PORTAL_URL, PORTAL_SESSION_KEY, TEMPORAL_UI_URL } = values;
  return {
    host: values.PORTAL_HOST,
    port: values.PORTAL_PORT,
    ...(PORTAL_URL && { url: new URL(PORTAL_URL).origin }),
    login: loginSettings(values),
    undoFor: values.UNDO_SECONDS,
    ...(PORTAL_SESSION_KEY && { sessionKey: Buffer.from(PORTAL_SESSION_KEY, 'hex') }),
    ...(TEMPORAL_UI_URL && { temporalUi: TEMPORAL_UI_URL.replace(/\/$/, '') }),
  };
}

const portNames = ['TEMPORAL_PORT', 'TEMPORAL_UI_PORT', 'PORTAL_PORT'] as const;
type PortName = (typeof portNames)[number];

/** Ports that two of these parts want; 0 takes a free one for each. */
const sharedPorts = (values: Record<PortName, number>, used: readonly PortName[]): string[] =>
  used.flatMap((name, at) => {
    const other = used.slice(0, at).find((earlier) => values[earlier] === values[name] && values[name] !== 0);
    return other ? [`${name} is ${values[name]}, as ${other} is too; set one of them to another port`] : [];
  });

const shown = (value: string | undefined) => JSON.stringify(value?.slice(0, 80));

/** Any of these says that Temporal runs elsewhere. */
const saysWhere = ['TEMPORAL_ADDRESS', 'TEMPORAL_PROFILE', 'TEMPORAL_CONFIG_FILE'];
/** These mean nothing to the embedded server: whoever set them had another one in mind. */
const needsAnAddress = /^TEMPORAL_(NAMESPACE|API_KEY|TLS(_.*)?|GRPC_META_.*)$/;

function readExternal(given: Record<string, string>, problems: string[]): TemporalSettings | undefined {
  if (!saysWhere.some((name) => given[name])) {
    for (const name of Object.keys(given).filter((name) => needsAnAddress.test(name)))
      if (given[name] !== 'default')
        problems.push(`${name} is set, but nothing says which server is meant: set TEMPORAL_ADDRESS too, or unset it`);
    return undefined;
  }
  try {
    const { connectionOptions, namespace = 'default' } = loadClientConnectConfig({ overrideEnvVars: given });
    const address = connectionOptions.address ?? 'localhost:7233';
    return { kind: 'external', address, namespace, connection: { ...connectionOptions, address } };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    problems.push(`${saysWhere.filter((name) => given[name]).join(', ')}: ${why}; see the SDK's own configuration`);
    return undefined;
  }
}
