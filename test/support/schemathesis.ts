import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Visitor } from './visitor.ts';

/** Schemathesis (PyPI): tries an HTTP API with all that its OpenAPI lets through, and with what it does not. */

const run = promisify(execFile);
const VERSION = '4.32.5';
const cache = join(import.meta.dirname, '..', '..', '.cache');
const place = join(cache, `schemathesis-${VERSION}`);
const program = join(place, 'bin', 'python');

/** Brings it into the cache where it is not there. @throws Error that says what was tried. */
async function bring(): Promise<void> {
  if (existsSync(join(place, 'ready'))) return;
  try {
    await mkdir(cache, { recursive: true });
    await rm(place, { recursive: true, force: true });
    // Not moved once made: a virtual environment knows where it is.
    await run('python3', ['-m', 'venv', place]);
    await run(program, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', `schemathesis==${VERSION}`], {
      timeout: 300_000,
    });
    await mkdir(join(place, 'fresh'));
    await rename(join(place, 'fresh'), join(place, 'ready'));
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).slice(-500) : String(error);
    throw new Error(
      `Schemathesis ${VERSION} could not be had: it takes python3 with venv, and pip that reaches PyPI. ${said}`,
    );
  }
}

export type Tried = { passed: boolean; output: string };

/**
 * Runs it against the portal as one person.
 *
 * @param seed makes a run repeatable.
 * @param without a regular expression of the paths that are left out.
 */
export async function schemathesis(who: Visitor, token: string, seed: number, without: string): Promise<Tried> {
  await bring();
  const cookies = [...who.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const args = ['-m', 'schemathesis.cli', 'run', `${who.url}/api/openapi.json`];
  args.push('--header', `Cookie: ${cookies}`, '--header', `x-csrf-token: ${token}`);
  args.push('--checks', 'not_a_server_error,response_schema_conformance,content_type_conformance');
  args.push('--phases', 'examples,coverage,fuzzing', '--max-examples', '25', '--seed', String(seed));
  args.push('--continue-on-failure', '--suppress-health-check', 'all', '--request-timeout', '60');
  args.push('--exclude-path-regex', without);
  const env = { ...process.env, NO_COLOR: '1' };
  try {
    const { stdout } = await run(program, args, { timeout: 600_000, maxBuffer: 50_000_000, env, cwd: place });
    return { passed: true, output: stdout };
  } catch (error) {
    if (!(error instanceof Error) || !('stdout' in error)) throw error;
    return { passed: false, output: `${error.stdout}${'stderr' in error ? error.stderr : ''}` };
  }
}
