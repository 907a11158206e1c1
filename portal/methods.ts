import type { FastifyReply, FastifyRequest } from 'fastify';
import type { App } from './needs.ts';
import { PortalError } from './problems.ts';

/**
 * What a path does not know is refused as such (RFC 9110, 15.5.6), and not as if there were no such path.
 *
 * @param app before its first route.
 * @returns to be called after its last: the paths that are there then answer every other method with 405 and `Allow`.
 */
export function refuseOtherMethods(app: App): () => void {
  const paths = new Map<string, Set<string>>();
  app.addHook('onRoute', ({ url, method }) => {
    const known = paths.get(url) ?? new Set();
    for (const one of [method].flat()) known.add(one);
    paths.set(url, known);
  });
  return () => {
    for (const [url, known] of [...paths]) {
      const allow = [...known].toSorted().join(', ');
      const refuse = async (_request: FastifyRequest, reply: FastifyReply): Promise<never> => {
        reply.header('allow', allow);
        throw new PortalError('MethodNotAllowed');
      };
      app.route({
        method: app.supportedMethods.filter((one) => !known.has(one)),
        url,
        config: { open: true, ownToken: true },
        schema: { hide: true },
        // Before the body is read: whatever is in it, the method is what is wrong.
        onRequest: refuse,
        handler: refuse,
      });
    }
  };
}
