import { createHash, randomUUID } from 'node:crypto';
import { access, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import nodemailer from 'nodemailer';
import * as z from 'zod';
import { type Mail, type MailMessage, MailRefused } from '../activities/ports.ts';

/** Mail: to a server over SMTP, or as `.eml` files into a folder. */

/** How long a mail server may take to connect, to greet, or to say anything, in milliseconds. */
const LONGEST_WAIT = 20_000;

const ADDRESS = /^[^\p{C}\s@<>()[\]\\,;:"]{1,64}@[^\p{C}\s@<>()\\,;:"]{1,189}$/u;

/** The mail for nodemailer. The address goes in as one, so that nothing in it is taken for a second reader. */
function envelopeOf({ messageId, to, subject, text, headers }: MailMessage, from: string) {
  if (!ADDRESS.test(to)) throw new MailRefused('the address in the register cannot be one; correct it there');
  return {
    from,
    to: { name: '', address: to },
    messageId: `<${messageId}>`,
    subject,
    text,
    headers: { ...headers, 'Auto-Submitted': 'auto-generated' },
    textEncoding: 'quoted-printable' as const,
  };
}

const smtpError = z.object({
  code: z.string().optional(),
  command: z.string().optional(),
  responseCode: z.number().optional(),
});

/** What the server's error means for this mail. The server's words may hold the address, so they are not passed on. */
function smtpFailure(error: unknown): Error {
  const { code = 'unknown', command = '', responseCode } = smtpError.safeParse(error).data ?? {};
  const said = `${responseCode ?? code}${command ? ` at ${command}` : ''}`;
  const aboutThisMail = code === 'EENVELOPE' || code === 'EMESSAGE';
  if (aboutThisMail && (responseCode === undefined || responseCode >= 500))
    return new MailRefused(`the mail server refused the mail for good (${said})`);
  return new Error(`the mail server did not take the mail (${said})`);
}

/**
 * @param url SMTP_URL, e.g. `smtp://127.0.0.1:25` or `smtps://user:password@mail.example.org`.
 * @param from MAIL_FROM.
 */
export function smtpMail(url: string, from: string, longestWait = LONGEST_WAIT): Mail & { close(): void } {
  const transport = nodemailer.createTransport({
    url,
    connectionTimeout: longestWait,
    greetingTimeout: longestWait,
    socketTimeout: longestWait,
    dnsTimeout: longestWait,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    async send(message) {
      const envelope = envelopeOf(message, from);
      try {
        await transport.sendMail(envelope);
      } catch (error) {
        throw smtpFailure(error);
      }
    },
    close: () => transport.close(),
  };
}

/** The same Message-ID always gives the same file, and no other does. */
function emlName(messageId: string): string {
  const plain = messageId.replace(/@aterkalla$/, '');
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/.test(plain)) return `${plain}.eml`;
  return `${createHash('sha256').update(messageId).digest('hex')}.eml`;
}

/** @param folder where mails land, made if it is not there. @param from MAIL_FROM. */
export function folderMail(folder: string, from: string): Mail {
  const composer = nodemailer.createTransport({ streamTransport: true, buffer: true, newline: 'windows' });
  return {
    async send(message) {
      const { message: content } = await composer.sendMail(envelopeOf(message, from));
      const path = join(folder, emlName(message.messageId));
      const there = await access(path).then(
        () => true,
        () => false,
      );
      if (there) return;
      await mkdir(folder, { recursive: true });
      const unfinished = `${path}.${randomUUID()}.tmp`;
      try {
        await writeFile(unfinished, content);
        await rename(unfinished, path);
      } catch (error) {
        await rm(unfinished, { force: true });
        throw error;
      }
    },
  };
}
