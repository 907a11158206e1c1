import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/**
 * Stands between the worker and PostgreSQL and can hold one statement: before it gets through, or after it took effect
 * and before the worker hears of it.
 */
export type RegisterProxy = {
  url: string;
  /**
   * Holds the next statement that contains all these texts (its parameters count as text); with `isAnswer` it gets
   * through, and its answer alone is held.
   *
   * @returns resolves once it is held.
   */
  hold(texts: string[], isAnswer?: boolean): Promise<void>;
  /** Nothing is held from now on; connections that were held are cut. */
  release(): void;
  stop(): Promise<void>;
};

type Rule = { texts: string[]; isAnswer: boolean; held: () => void; taken: boolean };

/** @param url of the real server. */
export async function startRegisterProxy(url: string): Promise<RegisterProxy> {
  const real = new URL(url);
  let rules: Rule[] = [];
  const open = new Set<Socket>();
  const held = new Set<Socket>();

  const server = createServer((worker) => {
    const database = connect(Number(real.port), real.hostname);
    let answering: Rule | undefined;
    for (const socket of [worker, database]) {
      open.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        open.delete(socket);
        worker.destroy();
        database.destroy();
      });
    }
    const holdHere = (rule: Rule) => {
      held.add(worker);
      rule.held();
    };
    worker.on('data', (chunk: Buffer) => {
      const said = chunk.toString('latin1');
      const rule = rules.find(({ texts, taken }) => !taken && texts.every((text) => said.includes(text)));
      if (rule) {
        rule.taken = true;
        if (!rule.isAnswer) return holdHere(rule);
        answering = rule;
      }
      database.write(chunk);
    });
    database.on('data', (chunk: Buffer) => {
      // The database has answered: what was done is done.
      if (answering) holdHere(answering);
      else worker.write(chunk);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  const through = new URL(url);
  through.port = String(address.port);
  return {
    url: through.href,
    hold: (texts, isAnswer = false) =>
      new Promise((done) => {
        rules.push({ texts, isAnswer, held: done, taken: false });
      }),
    release() {
      rules = [];
      for (const socket of held) socket.destroy();
      held.clear();
    },
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}
