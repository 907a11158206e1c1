import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readSettings, SettingsError } from '../settings.ts';

const settings = suite('settings');
const folder = mkdtempSync(join(tmpdir(), 'aterkalla-settings-'));
settings.after(() => rmSync(folder, { recursive: true }));

function problemsOf(env: NodeJS.ProcessEnv): string[] {
  try {
    readSettings(env);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  return [];
}

settings('without any variable: everything embedded, on the ports of the contract', () => {
  const { dataDir, registerFile, ...rest } = readSettings({});
  assert.ok(dataDir.endsWith('.data'));
  assert.ok(registerFile.endsWith('register.sample.json'));
  assert.equal(rest, {
    temporal: { kind: 'embedded', port: 7233, uiPort: 8233, synchronous: 'NORMAL' },
    portal: { host: '127.0.0.1', port: 8080, login: { kind: 'development' }, undoFor: 60 },
    registerMode: 'performs',
    mailFrom: 'aterkalla@localhost',
    helpdeskMail: 'helpdesk@localhost',
  });
});

settings('every variable is read', () => {
  const registerFile = join(folder, 'register.json');
  writeFileSync(registerFile, '{}');
  const read = readSettings({
    DATA_DIR: join(folder, 'data'),
    TEMPORAL_PORT: '0',
    TEMPORAL_UI_PORT: '0',
    SQLITE_SYNCHRONOUS: 'FULL',
    PORTAL_PORT: '65535',
    REGISTER_FILE: registerFile,
    REGISTER_MODE: 'observes',
    DATABASE_URL: 'postgresql://127.0.0.1/sus',
    SMTP_URL: 'smtp://127.0.0.1:25',
    MAIL_FROM: 'sus@example.org',
    HELPDESK_MAIL: 'help@example.org',
    MIN_SUPPORT_URL: 'https://example.org/support',
    PORTAL_HOST: '0.0.0.0',
    PORTAL_URL: 'https://aterkalla.example.org/',
    PORTAL_SESSION_KEY: 'ab'.repeat(32),
    UNDO_SECONDS: '0',
    OIDC_ISSUER: 'https://login.example.org/realm',
    OIDC_CLIENT_ID: 'aterkalla',
    OIDC_CLIENT_SECRET: 'hunter2',
    OIDC_SCOPE: 'openid profile',
    OIDC_CLAIM: 'employee_id',
    TEMPORAL_UI_URL: 'https://temporal.example.org/',
  });
  assert.equal(read, {
    dataDir: join(folder, 'data'),
    temporal: { kind: 'embedded', port: 0, uiPort: 0, synchronous: 'FULL' },
    portal: {
      host: '0.0.0.0',
      port: 65_535,
      url: 'https://aterkalla.example.org',
      login: {
        kind: 'openid',
        issuer: 'https://login.example.org/realm',
        clientId: 'aterkalla',
        clientSecret: 'hunter2',
        scope: 'openid profile',
        claim: 'employee_id',
      },
      undoFor: 0,
      sessionKey: Buffer.alloc(32, 0xab),
      temporalUi: 'https://temporal.example.org',
    },
    registerFile,
    registerMode: 'observes',
    databaseUrl: 'postgresql://127.0.0.1/sus',
    smtpUrl: 'smtp://127.0.0.1:25',
    mailFrom: 'sus@example.org',
    helpdeskMail: 'help@example.org',
    minSupportUrl: 'https://example.org/support',
  });
});

settings('a variable that is set to nothing counts as not set', () => {
  assert.equal(readSettings({ SMTP_URL: '', TEMPORAL_PORT: '', TEMPORAL_ADDRESS: '' }), readSettings({}));
});

settings('all that is wrong is named at once, each with its variable', () => {
  const file = join(folder, 'a-file');
  writeFileSync(file, '');
  const wrong = {
    OIDC_ISSUER: 'HTTP://login.example.org',
    OIDC_SCOPE: 'profile',
    OIDC_CLAIM: 'a b',
    DATA_DIR: file,
    TEMPORAL_PORT: '70000',
    TEMPORAL_UI_PORT: '-1',
    SQLITE_SYNCHRONOUS: 'OFF',
    PORTAL_PORT: 'http',
    PORTAL_HOST: 'portal.example.org',
    PORTAL_URL: 'https://127.0.0.1/portal',
    PORTAL_SESSION_KEY: 'hunter2',
    UNDO_SECONDS: '601',
    TEMPORAL_UI_URL: 'temporal',
    REGISTER_FILE: join(folder, 'nowhere.json'),
    REGISTER_MODE: 'looks',
    DATABASE_URL: 'mysql://127.0.0.1/sus',
    SMTP_URL: '127.0.0.1:25',
    MAIL_FROM: 'Återkalla <a@example.org>',
    HELPDESK_MAIL: 'nobody',
    MIN_SUPPORT_URL: 'ftp://example.org',
  };
  const problems = problemsOf(wrong);
  assert.equal(
    problems.map((problem) => problem.split(' ')[0]),
    Object.keys(wrong),
  );
  for (const problem of problems) assert.match(problem, /must be/);
});

settings('a problem with a URL never shows the password in it', () => {
  const text = problemsOf({ DATABASE_URL: 'mysql://sus:hunter2@db/sus', SMTP_URL: 'smpt://u:hunter2@mail' }).join();
  assert.match(text, /DATABASE_URL.*SMTP_URL/);
  assert.not.match(text, 'hunter2');
});

settings('a login for development is refused where another machine might reach the portal', () => {
  for (const reach of [{ PORTAL_HOST: '0.0.0.0' }, { PORTAL_HOST: '::' }, { PORTAL_HOST: '192.0.2.1' }])
    assert.match(problemsOf(reach).join(), /PORTAL_HOST.*OIDC_ISSUER/);
  for (const PORTAL_URL of ['https://aterkalla.example.org', 'http://127.0.0.1.example.org', 'http://0.0.0.0:8080'])
    assert.match(problemsOf({ PORTAL_URL }).join(), /PORTAL_URL.*OIDC_ISSUER/);
  for (const PORTAL_HOST of ['127.0.0.1', '127.8.8.8', '::1', 'localhost'])
    assert.equal(problemsOf({ PORTAL_HOST }), []);
});

settings('half a provider is a mistake, not the login for development', () => {
  assert.match(problemsOf({ OIDC_ISSUER: 'https://login.example.org' }).join(), /OIDC_CLIENT_ID/);
  assert.match(problemsOf({ OIDC_CLIENT_ID: 'aterkalla' }).join(), /OIDC_ISSUER/);
  assert.match(problemsOf({ PORTAL_URL: 'nonsense', OIDC_ISSUER: 'nonsense' }).join(), /OIDC_ISSUER.*PORTAL_URL/s);
  const text = problemsOf({ OIDC_ISSUER: 'ftp://u:hunter2@login', PORTAL_SESSION_KEY: 'hunter2' }).join();
  assert.not.match(text, 'hunter2');
});

settings('two embedded parts cannot share a port', () => {
  assert.match(problemsOf({ TEMPORAL_PORT: '9000', TEMPORAL_UI_PORT: '9000' }).join(), /TEMPORAL_UI_PORT.*another/);
  assert.match(problemsOf({ TEMPORAL_UI_PORT: '9000', PORTAL_PORT: '9000' }).join(), /PORTAL_PORT.*another/);
});

settings('TEMPORAL_ADDRESS and what belongs to it name another server, as in the SDK', () => {
  const { temporal } = readSettings({
    TEMPORAL_ADDRESS: 'temporal.example.org:7233',
    TEMPORAL_NAMESPACE: 'sus',
    TEMPORAL_API_KEY: 'key',
  });
  assert.is(temporal.kind, 'external');
  if (temporal.kind !== 'external') return;
  assert.is(temporal.address, 'temporal.example.org:7233');
  assert.is(temporal.namespace, 'sus');
  assert.is(temporal.connection.apiKey, 'key');
  assert.is(temporal.connection.tls, true);
});

settings('a profile of a configuration file names another server', () => {
  const file = join(folder, 'temporal.toml');
  writeFileSync(file, '[profile.production]\naddress = "prod.example.org:7233"\nnamespace = "sus-prod"\n');
  const { temporal } = readSettings({ TEMPORAL_CONFIG_FILE: file, TEMPORAL_PROFILE: 'production' });
  assert.is(temporal.kind === 'external' && temporal.address, 'prod.example.org:7233');
  assert.is(temporal.kind === 'external' && temporal.namespace, 'sus-prod');
  assert.match(problemsOf({ TEMPORAL_CONFIG_FILE: file, TEMPORAL_PROFILE: 'test' }).join(), /TEMPORAL_PROFILE.*test/);
});

settings('a key or a namespace without a server is a mistake, not the embedded server', () => {
  assert.match(problemsOf({ TEMPORAL_API_KEY: 'secret' }).join(), /TEMPORAL_API_KEY.*TEMPORAL_ADDRESS/);
  assert.match(problemsOf({ TEMPORAL_NAMESPACE: 'sus' }).join(), /TEMPORAL_NAMESPACE.*TEMPORAL_ADDRESS/);
  assert.equal(problemsOf({ TEMPORAL_NAMESPACE: 'default' }), []);
});

settings.run();
