import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTables, type Database, openEmbedded, openPostgres } from '../../outside/database.ts';
import { startPostgres } from './postgres.ts';

/** A database of each kind with the tables made, and how to take it away again. */
export type Kept = { database: Database; stop(): Promise<void> };

export const databases: Record<'embedded' | 'PostgreSQL', () => Promise<Kept>> = {
  async embedded() {
    const folder = mkdtempSync(join(tmpdir(), 'aterkalla-register-'));
    const database = await openEmbedded(folder);
    await createTables(database);
    return {
      database,
      stop: async () => {
        await database.close();
        rmSync(folder, { recursive: true, force: true });
      },
    };
  },
  async PostgreSQL() {
    const server = await startPostgres();
    const database = openPostgres(server.url);
    await createTables(database);
    return {
      database,
      stop: async () => {
        await database.close();
        await server.stop();
      },
    };
  },
};
