import { createRequire } from 'node:module';
import { join } from 'node:path';
import { run } from 'vue-tsc';

/** Checks the types of the portal's pages. vue-tsc reads Vue files with the TypeScript that it was made for, not with ours. */

process.argv.push('--noEmit', '--project', join(import.meta.dirname, '..', 'portal', 'web', 'tsconfig.json'));
run(createRequire(import.meta.url).resolve('typescript-for-vue/lib/tsc'));
