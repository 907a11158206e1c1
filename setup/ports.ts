import { createServer } from 'node:net';

/**
 * The port to use on 127.0.0.1: the wanted one where it is free, a free one for 0.
 *
 * @param wanted 0 to 65535.
 * @param variable the setting that this port comes from, for the error.
 * @param what the part that wants it, for the error.
 * @throws Error that names port and variable where it is taken or may not be used.
 */
export function freePort(wanted: number, variable: string, what: string): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'EADDRINUSE' ? 'is taken by another program' : `cannot be used (${error.code})`;
      fail(
        new Error(
          `Port ${wanted}, wanted for ${what}, ${why}. Set ${variable} to another port, or to 0 for a free one.`,
        ),
      );
    });
    server.listen(wanted, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (address && typeof address === 'object') done(address.port);
        else fail(new Error(`No port could be had for ${what}.`));
      });
    });
  });
}
