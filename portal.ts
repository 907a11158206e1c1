import { Client } from '@temporalio/client';
import { connectClient } from './activities/grpc.ts';
import type { PortalNeeds } from './portal/needs.ts';
import { createServer } from './portal/server.ts';
import { readSettings } from './settings.ts';
import { takeDataFolder } from './setup/dataFolder.ts';
import { runUntilTold } from './setup/lifetime.ts';
import { isMain } from './setup/main.ts';
import { pagesFolder } from './setup/pages.ts';

/** The portal: pages and API for people, over Temporal. It needs nothing else but a provider of logins. */

/** How long what is under way may take at the end, in milliseconds. */
const LAST_ANSWERS = 3000;

export type RunningPortal = {
  /** Where people reach it. */
  url: string;
  /** Ends what is under way, open event streams too. */
  stop(): Promise<void>;
};

/**
 * Starts the portal.
 *
 * @throws Error where the port is taken, with what to do.
 */
export async function startPortal(needs: PortalNeeds): Promise<RunningPortal> {
  const { host, port, url: given } = needs.settings;
  let url = given ?? '';
  const app = await createServer(needs, () => url);
  try {
    await app.listen({ host, port });
  } catch (error) {
    await app.close();
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
    throw new Error(
      `Port ${port}, wanted for the portal, is taken by another program. Set PORTAL_PORT to another port, or to 0 for a free one.`,
    );
  }
  const address = app.server.address();
  const listens = typeof address === 'object' && address ? address.port : port;
  if (!given) url = `http://${host.includes(':') ? `[${host}]` : host}:${listens}`;
  return {
    url,
    async stop() {
      // Browsers hold connections ready on which they have asked for nothing yet: Node would wait for them for ever.
      const cut = setTimeout(() => app.server.closeAllConnections(), LAST_ANSWERS);
      await app.close().finally(() => clearTimeout(cut));
    },
  };
}

/** The portal alone, against a Temporal server elsewhere: `node portal.ts`. */
async function main(): Promise<void> {
  const settings = readSettings(process.env);
  const { temporal } = settings;
  if (temporal.kind === 'embedded')
    throw new Error(
      'The portal alone needs a Temporal server: set TEMPORAL_ADDRESS. With the embedded one, use npm start.',
    );
  await runUntilTold(async (undo) => {
    const connection = await connectClient(temporal.connection);
    undo.add(() => connection.close());
    const folder = await takeDataFolder(settings.dataDir);
    undo.add(folder.release);
    const portal = await startPortal({
      client: new Client({ connection, namespace: temporal.namespace }),
      settings: settings.portal,
      dataDir: folder.path,
      temporalUi: settings.portal.temporalUi ?? null,
      web: await pagesFolder(),
      sdkMetrics: null,
    });
    undo.add(() => portal.stop());
    console.log(`ready: portal at ${portal.url}, for ${temporal.address}, namespace ${temporal.namespace}`);
    return { failed: new Promise<never>(() => {}) };
  });
}

if (isMain(import.meta.url)) await main();
