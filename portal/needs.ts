import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Client } from '@temporalio/client';
import type { FastifyBaseLogger, FastifyInstance, FastifyRequest, RawServerDefault } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Ask } from '../client/ask.ts';
import type { AterkallaClient } from '../client/aterkalla.ts';
import type { PortalSettings } from '../settings.ts';
import type { Language } from './api.ts';
import type { LookUpNames } from './names.ts';
import type { Seal } from './seal.ts';
import type { Sessions } from './session.ts';
import type { Watch } from './watch.ts';

/** What the portal is started with. */
export type PortalNeeds = {
  client: Client;
  /** Answers what takes the register: missing where the worker is elsewhere, which is then asked over Temporal. */
  ask?: Ask;
  settings: PortalSettings;
  /** Where the session key is kept. */
  dataDir: string;
  /** URL of Temporal UI, for auditors' links; null where there is none. */
  temporalUi: string | null;
  /** The folder of the built pages. */
  web: string;
  /** Where the SDK's own metrics are to be had; null where this process has none. */
  sdkMetrics: string | null;
};

/** Fastify as the portal uses it: zod's schemas are its types. */
export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** What the routes work with. */
export type Parts = {
  needs: PortalNeeds;
  cases: AterkallaClient;
  names: LookUpNames;
  watch: Watch;
  seal: Seal;
  sessions: Sessions;
  /** Who asks. @throws PortalError `NotLoggedIn`. */
  whoAsks(request: FastifyRequest): string;
  /** The language to answer in: what was chosen, else the register's, else Swedish. */
  languageOf(request: FastifyRequest): Promise<Language>;
};
