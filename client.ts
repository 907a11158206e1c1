import { runCommandLine } from './client/commandLine.ts';
import { isMain } from './setup/main.ts';

/**
 * The client, as a library and as the command line `aterkalla`. It needs nothing but Temporal: what takes the register
 * it asks of the worker.
 */

export type { AterkallaClient } from './client/aterkalla.ts';
export { connect } from './client/aterkalla.ts';
export { ClientError } from './client/errors.ts';

if (isMain(import.meta.url)) {
  // Whoever reads along may stop early, e.g. `aterkalla cases | head`.
  process.stdout.on('error', () => process.exit());
  process.exitCode = await runCommandLine(process.argv.slice(2), process.env);
}
