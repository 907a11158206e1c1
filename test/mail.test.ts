import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createMailSources } from '../activities/mail.ts';
import type { MailMessage, Person, Register } from '../activities/ports.ts';
import type { Occasion, Reader, TaskName, TellInput } from '../machines/sources.ts';
import { folderMail, smtpMail } from '../outside/mail.ts';
import { parseRegisterFile } from '../outside/registerFile.ts';
import { freePort } from './support/postgres.ts';
import { parseMail, type Smtp, startSmtp } from './support/smtp.ts';

const FROM = 'aterkalla@example.org';
const message: MailMessage = {
  messageId: 'removal-SUS-1001-7f3k9q.confirmation.1.1000@aterkalla',
  to: 'birgitta@example.org',
  subject: 'Bekräftelse: åäö',
  text: 'Hej!\n\nBehörigheten är borttagen.\n',
  headers: { 'X-Aterkalla-Request': 'removal-SUS-1001-7f3k9q', 'X-Aterkalla-Occasion': 'confirmation' },
};

const nameOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'sent',
    (error: unknown) => (error instanceof Error ? error.name : 'unknown'),
  );

const smtp = suite('mail over SMTP');
let server: Smtp;
smtp.before.each(async () => {
  server = await startSmtp();
});
smtp.after.each(() => server.stop());

smtp('a mail arrives whole, with its Message-ID and headers', async () => {
  await smtpMail(server.url, FROM).send(message);
  const [mail] = server.mails;
  assert.equal(mail?.to, ['birgitta@example.org']);
  assert.is(mail?.headers['message-id'], `<${message.messageId}>`);
  assert.is(mail?.headers['x-aterkalla-request'], 'removal-SUS-1001-7f3k9q');
  assert.is(mail?.headers['x-aterkalla-occasion'], 'confirmation');
  assert.is(mail?.headers['auto-submitted'], 'auto-generated');
  assert.is(mail?.text, message.text);
});

smtp('5xx refuses the mail for good, 4xx is worth trying again', async () => {
  const mail = smtpMail(server.url, FROM);
  server.behave({ kind: 'refuse', code: 550 });
  assert.is(await nameOf(mail.send(message)), 'MailRefused');
  server.behave({ kind: 'refuse', code: 451 });
  assert.is(await nameOf(mail.send(message)), 'Error');
  assert.is(server.mails.length, 0);
});

smtp('a server that does not answer, or is not there, is worth trying again', async () => {
  server.behave({ kind: 'hang' });
  assert.is(await nameOf(smtpMail(server.url, FROM, 200).send(message)), 'Error');
  const nobody = `smtp://127.0.0.1:${await freePort()}`;
  assert.is(await nameOf(smtpMail(nobody, FROM).send(message)), 'Error');
});

for (const to of ['', 'nobody', 'a@b, c@d', 'a@b\r\nBcc: c@d', 'Name <a@b>'])
  smtp(`the address ${JSON.stringify(to)} is refused before anything is sent`, async () => {
    assert.is(await nameOf(smtpMail(server.url, FROM).send({ ...message, to })), 'MailRefused');
    assert.is(server.mails.length, 0);
  });

smtp.run();

const folder = suite('mail into a folder');

folder('the same mail twice is one file, another mail another file', async () => {
  const path = mkdtempSync(join(tmpdir(), 'aterkalla-mail-'));
  const mail = folderMail(join(path, 'mail'), FROM);
  await Promise.all([mail.send(message), mail.send(message)]);
  await mail.send(message);
  await mail.send({ ...message, messageId: 'removal-SUS-1001-7f3k9q.confirmation.1.1001@aterkalla' });
  const files = readdirSync(join(path, 'mail')).toSorted();
  assert.equal(
    files,
    [1000, 1001].map((reader) => `removal-SUS-1001-7f3k9q.confirmation.1.${reader}.eml`),
  );
  const kept = parseMail(readFileSync(join(path, 'mail', files[0] ?? ''), 'latin1'));
  assert.is(kept.text, message.text);
  assert.is(kept.headers['message-id'], `<${message.messageId}>`);
  assert.is(await nameOf(mail.send({ ...message, to: 'nobody' })), 'MailRefused');
  rmSync(path, { recursive: true });
});

folder.run();

const tell = suite('telling people');
const sample = parseRegisterFile(JSON.parse(readFileSync('register.sample.json', 'utf8')));
const people = new Map<string, Person>(sample.people.map((person) => [person.id, person]));
const register: Pick<Register, 'person' | 'facts'> = {
  person: async (id) => people.get(id) ?? null,
  facts: async (employee) => ({
    asOf: '2026-11-24T09:00:00.000Z',
    employee,
    known: true,
    manager: null,
    roles: [],
    assignments: [
      {
        id: 'a1',
        role: 'collaborationAdministrator',
        organisation: 'finsam-ovre',
        form: 'finsam',
        intervention: null,
        administrators: [],
        managers: [],
      },
    ],
    gone: [],
    authorisationAdministration: [],
    humanResources: [],
  }),
};

const about = (occasion: Occasion, to: Reader[], more: Partial<TellInput> = {}): TellInput => ({
  request: 'removal-SUS-1001-7f3k9q',
  occasion,
  number: 1,
  to,
  employee: '1001',
  system: 'SUS',
  roles: ['collaborationAdministrator'],
  ...more,
});

tell.before.each(async () => {
  server = await startSmtp();
});
tell.after.each(() => server.stop());

const sources = () =>
  createMailSources({ register, mail: smtpMail(server.url, FROM), helpdeskMail: 'helpdesk@example.org' });

tell('manager and employee get a confirmation each, in words of their own', async () => {
  assert.equal(await sources().tell(about('confirmation', [{ person: '1000' }, { person: '1001' }])), { refused: [] });
  const to = (id: string) => server.mails.find((mail) => mail.to[0] === people.get(id)?.email);
  assert.match(to('1000')?.text ?? '', 'SUS-behörigheten för Östen Lindqvist-Bergström (1001) är nu borttagen');
  assert.match(to('1001')?.text ?? '', 'Din behörighet i SUS är nu borttagen: samverkansadministratör');
  assert.is(to('1001')?.headers['message-id'], '<removal-SUS-1001-7f3k9q.confirmation.1.1001@aterkalla>');
});

tell('a reader who reads English gets English', async () => {
  await sources().tell(about('confirmation', [{ person: '1005' }], { employee: '1005', roles: [] }));
  assert.match(server.mails[0]?.text ?? '', 'Your authorisation in SUS has now been removed: the whole authorisation');
  assert.is(server.mails[0]?.headers['content-language'], 'en');
});

tell('the helpdesk is told in Swedish at its own address', async () => {
  await sources().tell(about('orderStopped', [{ helpdesk: true }], { reason: 'Okänd roll' }));
  assert.equal(server.mails[0]?.to, ['helpdesk@example.org']);
  assert.is(server.mails[0]?.headers['message-id'], '<removal-SUS-1001-7f3k9q.orderStopped.1.helpdesk@aterkalla>');
  assert.match(server.mails[0]?.text ?? '', 'Okänd roll');
});

tell('who is not in the register, or refused, is reported, and the others are told', async () => {
  const address = people.get('1001')?.email ?? '';
  server.behave({ kind: 'refuse', code: 550, only: address });
  const { refused } = await sources().tell(
    about('confirmation', [{ person: '7777' }, { person: '1001' }, { person: '1000' }, { person: '1000' }]),
  );
  assert.equal(refused.map(({ reader }) => reader).toSorted(), [{ person: '7777' }, { person: '1001' }]);
  for (const { reason } of refused) assert.not.match(reason, '@');
  assert.is(server.mails.length, 1);
});

tell('one who cannot be told now fails the whole, after the others have been told', async () => {
  server.behave({ kind: 'refuse', code: 451, only: people.get('1001')?.email ?? '' });
  assert.is(await nameOf(sources().tell(about('confirmation', [{ person: '1001' }, { person: '1000' }]))), 'Error');
  assert.is(server.mails.length, 1);
});

tell('a day that ends is said as 24:00 of that day, in Swedish time', async () => {
  const due = '2026-12-18T23:00:00.000Z';
  await sources().tell(
    about('reminder', [{ person: '1003' }], { task: 'detach', assignments: ['a1', 'a9'], due, time: 2 }),
  );
  const { text = '', headers } = server.mails[0] ?? {};
  assert.match(text, 'senast fredag 18 december 2026 klockan 24:00');
  assert.match(text, 'uppdrag a1: samverkansadministratör i samverkansorganisationen finsam-ovre (Finsam)');
  assert.match(text, '- uppdrag a9\n');
  assert.match(text, 'npx aterkalla detached removal-SUS-1001-7f3k9q a1 a9 --as 1003');
  assert.match(headers?.subject ?? '', /P.*minnelse_2/);
});

const tasks: TaskName[] = ['decide', 'detach', 'remove', 'orderAgain'];
const occasions: [Occasion, TaskName | undefined][] = [
  ['confirmation', undefined],
  ['orderStopped', undefined],
  ['returned', undefined],
  ['warnings', undefined],
  ['mailRefused', undefined],
  ...tasks.flatMap((task): [Occasion, TaskName][] => [
    ['reminder', task],
    ['escalation', task],
  ]),
];
for (const [occasion, task] of occasions)
  tell(
    `${occasion} ${task ?? ''} names the request, the employee, the roles and the helpdesk, in both languages`,
    async () => {
      const more = {
        ...(task ? { task } : {}),
        warnings: ['last-administrator:finsam-ovre', 'combined-roles'],
        assignments: ['a1'],
      };
      await sources().tell(about(occasion, [{ person: '1000' }, { person: '1005' }], more));
      assert.is(server.mails.length, 2);
      for (const { text, headers } of server.mails) {
        const words =
          headers['content-language'] === 'sv'
            ? ['samverkansadministratör', 'helpdesk, anknytning 81 000, val 2']
            : ['collaboration administrator', 'extension 81 000, choice 2'];
        if (occasion === 'mailRefused' || task === 'detach') words.shift();
        for (const word of ['removal-SUS-1001-7f3k9q', '(1001)', ...words]) assert.match(text, word);
        assert.not.match(text, /undefined|null|\[object/);
        assert.not.match(headers.subject ?? '', /Lindqvist/);
      }
    },
  );

tell.run();
