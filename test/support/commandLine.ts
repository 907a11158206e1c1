import { spawn } from 'node:child_process';
import { join } from 'node:path';
import * as assert from 'uvu/assert';

/** The command line as a person uses it: a real process. */

const root = join(import.meta.dirname, '..', '..');

export type Ran = { exit: number | null; out: string; err: string };

/** @returns a function that runs `aterkalla` with one command's words, in this environment. */
export function commandLine(env: NodeJS.ProcessEnv) {
  return (...words: string[]): Promise<Ran> =>
    new Promise((done) => {
      const child = spawn(process.execPath, [join(root, 'aterkalla.mjs'), ...words], {
        // What was compiled once is kept: a test runs a hundred commands.
        env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: join(root, '.cache', 'compiled'), ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const ran = { out: '', err: '' };
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        ran.out += text;
      });
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        ran.err += text;
      });
      child.on('close', (exit) => done({ ...ran, exit }));
    });
}

/** @returns a function that runs a command with `--json` and gives its exit status and its one value. */
export function inJson(run: ReturnType<typeof commandLine>) {
  return async (...words: string[]): Promise<{ exit: number | null; value: unknown }> => {
    const { exit, out, err } = await run(...words, '--json');
    assert.is(err, '', 'nothing but the value is printed');
    return { exit, value: JSON.parse(out) };
  };
}

/** A field of a value, by its path, e.g. `error.code` or `0.request`. */
export function at(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((inner, key) => {
    return typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined;
  }, value);
}
