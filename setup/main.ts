import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Whether a module is the program that was started, not one that another imports. `import.meta.url` goes in. */
export function isMain(url: string): boolean {
  // Not import.meta.main: the launcher may have imported the program into its own process.
  const started = process.argv[1];
  return started !== undefined && realpathSync(started) === fileURLToPath(url);
}
