import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AterkallaClient, connect } from '../../client.ts';
import { readSettings } from '../../settings.ts';
import { type System, startSystem } from '../../start.ts';
import { loggedIn, type Visitor, visitor } from './visitor.ts';

/** The whole system with its portal on free ports, as `npm start` runs it, for tests of the portal. */

export type PortalSystem = {
  system: System;
  url: string;
  /** For what a test does beside the portal. */
  library: AterkallaClient;
  env: Record<string, string>;
  /** A person's browser, logged in once; null: somebody who is not. */
  as(person: string | null): Promise<Visitor>;
  /** Waits until a case is in a state. */
  reaches(request: string, state: string): Promise<void>;
  /** Stops it and starts it again on the same data folder and the same ports. */
  restart(): Promise<void>;
  stop(): Promise<void>;
};

export async function startPortalSystem(more: Record<string, string> = {}): Promise<PortalSystem> {
  const dataDir = mkdtempSync(join(tmpdir(), 'aterkalla-portal-'));
  const env: Record<string, string> = {
    DATA_DIR: dataDir,
    TEMPORAL_PORT: '0',
    TEMPORAL_UI_PORT: '0',
    PORTAL_PORT: '0',
    ...more,
  };
  const start = () => startSystem(readSettings({ PATH: process.env.PATH, ...env }));
  let system = await start();
  let library = await connect(env);
  const urlOf = ({ addresses }: System) => addresses.portal ?? '';
  const browsers = new Map<string, Visitor>();

  const self: PortalSystem = {
    env,
    get system() {
      return system;
    },
    get url() {
      return urlOf(system);
    },
    get library() {
      return library;
    },
    async as(person) {
      if (person === null) return visitor(self.url);
      const known = browsers.get(person) ?? (await loggedIn(self.url, person));
      browsers.set(person, known);
      return known;
    },
    async reaches(request, state) {
      for (const limit = Date.now() + 30_000; ; ) {
        const status = await library.status(request);
        if (status.state === state) return;
        if (Date.now() > limit) throw new Error(`${request} is ${status.state} after 30 s, not ${state}`);
      }
    },
    async restart() {
      env.PORTAL_PORT = new URL(self.url).port;
      env.TEMPORAL_PORT = new URL(`http://${system.addresses.temporal}`).port;
      await library.close();
      await system.stop();
      system = await start();
      library = await connect(env);
    },
    async stop() {
      await library.close();
      await system.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
  return self;
}
