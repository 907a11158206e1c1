import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { SMTPServer } from 'smtp-server';

/** A real SMTP server on a free port that keeps what it takes, and can be told to misbehave. */
export type ReceivedMail = {
  /** When it was taken, in milliseconds since 1970. */
  at: number;
  to: string[];
  /** By lower-case name. */
  headers: Record<string, string>;
  /** The decoded text. */
  text: string;
};
/**
 * `ok`: takes mail; `refuse`: the code for each reader; `hang`: takes it and says nothing more; `deaf`: says nothing once
 * a reader has been named; `turnsAway`: greets nobody; `slow`: takes it after so many milliseconds.
 */
export type SmtpMood =
  | { kind: 'ok' | 'hang' | 'deaf' | 'turnsAway' }
  | { kind: 'slow'; answersAfter: number }
  | { kind: 'refuse'; code: number; only?: string };
export type Smtp = {
  url: string;
  mails: ReceivedMail[];
  behave(mood: SmtpMood): void;
  /** `hang` or `deaf` to one address, whatever its mood, until told `ok`; resolves once it is. */
  behaveTo(address: string, kind: 'ok' | 'hang' | 'deaf'): Promise<void>;
  /** Who was refused for good, with 5xx, and when. */
  refused: { to: string; at: number }[];
  /** How many mails it was asked to take, the refused ones too. */
  readonly tries: number;
  /** Nobody listens on its port any more; and again. */
  down(): Promise<void>;
  up(): Promise<void>;
  stop(): Promise<void>;
};

function decoded(body: string): string {
  const bytes = body
    .replaceAll(/=\r\n/g, '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8').replaceAll('\r\n', '\n');
}

/** Reads one mail with a text in quoted-printable, as ours are. */
export function parseMail(raw: string): Omit<ReceivedMail, 'to' | 'at'> {
  const end = raw.indexOf('\r\n\r\n');
  const lines = raw
    .slice(0, end)
    .replaceAll(/\r\n[ \t]+/g, ' ')
    .split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  return { headers, text: decoded(raw.slice(end + 4)) };
}

class Refusal extends Error {
  readonly responseCode: number;
  constructor(code: number) {
    super('told to');
    this.responseCode = code;
  }
}

/** @param port a port to take again after a stop; 0 takes a free one. */
export async function startSmtp(port = 0): Promise<Smtp> {
  let mood: SmtpMood = { kind: 'ok' };
  const mails: ReceivedMail[] = [];
  const refused: Smtp['refused'] = [];
  let tries = 0;
  const kinds = new Map<string, { kind: SmtpMood['kind']; reached: () => void }>();
  const open = async (port: number) => {
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS', 'AUTH'],
      disableReverseLookup: true,
      closeTimeout: 100,
      onConnect(_session, done) {
        done(mood.kind === 'turnsAway' ? new Refusal(421) : null);
      },
      onRcptTo({ address }, _session, done) {
        tries++;
        const special = kinds.get(address);
        if ((special ?? mood).kind === 'deaf') {
          special?.reached();
          return;
        }
        if (mood.kind !== 'refuse' || (mood.only !== undefined && mood.only !== address)) {
          done(null);
          return;
        }
        if (mood.code >= 500) refused.push({ to: address, at: Date.now() });
        done(new Refusal(mood.code));
      },
      onData(stream, session, done) {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', async () => {
          if (mood.kind === 'slow') await setTimeout(mood.answersAfter);
          const to = session.envelope.rcptTo.map(({ address }) => address);
          mails.push({ at: Date.now(), to, ...parseMail(Buffer.concat(chunks).toString('latin1')) });
          const special = kinds.get(to[0] ?? '');
          if ((special ?? mood).kind !== 'hang') done();
          else special?.reached();
        });
      },
    });
    server.on('error', () => {});
    server.listen(port, '127.0.0.1');
    await once(server.server, 'listening');
    const address = server.server.address();
    if (address === null || typeof address === 'string') throw new Error('no port was given');
    return { server, port: address.port };
  };
  let opened: Awaited<ReturnType<typeof open>> | null = await open(port);
  const given = opened.port;
  const down = async () => {
    const server = opened?.server;
    opened = null;
    if (server) await Promise.race([new Promise<void>((closed) => server.close(() => closed())), setTimeout(2000)]);
  };
  return {
    url: `smtp://127.0.0.1:${given}`,
    mails,
    refused,
    behave: (next) => {
      mood = next;
    },
    behaveTo: (address, kind) => new Promise((reached) => kinds.set(address, { kind, reached })),
    get tries() {
      return tries;
    },
    down,
    up: async () => {
      opened = await open(given);
    },
    stop: down,
  };
}
