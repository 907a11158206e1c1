import { readFileSync } from 'node:fs';
import * as z from 'zod/mini';

const file = z.object({ version: z.string() });

/** The version of this project that this process runs, as package.json has it. */
export const { version } = z.parse(file, JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')));
