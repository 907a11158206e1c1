import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, type ConnectionOptions } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import * as z from 'zod/mini';
import { connectClient } from '../activities/grpc.ts';
import { problems } from '../texts/problems.ts';
import { ClientError } from './errors.ts';

const running = z.looseObject({ pid: z.number(), temporal: z.string(), ui: z.optional(z.nullable(z.string())) });

/** Where Temporal is. */
export type Place = { options: ConnectionOptions; namespace: string; address: string };

/**
 * Finds Temporal: the SDK's own settings where they are given, else the system that runs here (contract, "Commands").
 *
 * @param env the environment, e.g. `process.env`.
 * @throws {@link ClientError} where neither is there.
 */
export async function findTemporal(env: NodeJS.ProcessEnv): Promise<Place> {
  if (env.TEMPORAL_ADDRESS || env.TEMPORAL_PROFILE || env.TEMPORAL_CONFIG_FILE) {
    try {
      const { connectionOptions, namespace } = loadClientConnectConfig({ overrideEnvVars: given(env) });
      const { address = 'localhost:7233', tls, apiKey, metadata } = connectionOptions;
      const options: ConnectionOptions = { address };
      if (tls !== undefined && tls !== null) options.tls = tls;
      if (apiKey !== undefined) options.apiKey = apiKey;
      if (metadata !== undefined) options.metadata = metadata;
      return { options, namespace: namespace ?? 'default', address };
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new ClientError('Unreachable', problems.temporalSettings(why), {}, error);
    }
  }
  const file = join(env.DATA_DIR || join(import.meta.dirname, '..', '.data'), 'running.json');
  try {
    const { temporal } = z.parse(running, JSON.parse(await readFile(file, 'utf8')));
    return { options: { address: temporal }, namespace: 'default', address: temporal };
  } catch (error) {
    throw new ClientError('Unreachable', problems.notRunning(file), {}, error);
  }
}

const given = (env: NodeJS.ProcessEnv): Record<string, string> =>
  Object.fromEntries(Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));

/**
 * Connects to Temporal.
 *
 * @throws {@link ClientError} with exit status 5 where it cannot be reached within 5 s.
 */
export async function connectTemporal(place: Place): Promise<Client> {
  try {
    const connection = await connectClient({ ...place.options, connectTimeout: '5s' });
    return new Client({ connection, namespace: place.namespace });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ClientError('Unreachable', problems.unreachable(place.address, why), { address: place.address }, error);
  }
}
