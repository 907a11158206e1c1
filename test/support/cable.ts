import { connect, createServer, type Socket } from 'node:net';
import { freePort } from '../../setup/ports.ts';

/** What lies between browsers and a server on this machine, and can be cut. */

export type Cable = {
  /** Where browsers reach the server through it. */
  url: string;
  /** Ends every connection, and lets none through until it is mended. */
  cut(): void;
  mend(): void;
  stop(): void;
};

/** @param port where the server listens on 127.0.0.1. */
export async function layCable(port: number): Promise<Cable> {
  const own = await freePort(0, 'none', 'the cable');
  const sockets = new Set<Socket>();
  let isCut = false;
  const server = createServer((near) => {
    if (isCut) {
      near.destroy();
      return;
    }
    const far = connect(port, '127.0.0.1');
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  });
  await new Promise<void>((done) => server.listen(own, '127.0.0.1', done));
  const end = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `http://127.0.0.1:${own}`,
    cut() {
      isCut = true;
      end();
    },
    mend() {
      isCut = false;
    },
    stop() {
      end();
      server.close();
    },
  };
}
