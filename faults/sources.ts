import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

/** Copies of this project's sources with something changed: what a worker of another release is built from. */

const root = join(import.meta.dirname, '..');
const LEFT_OUT = new Set(['node_modules', '.cache', '.data', '.git', 'test']);

/** In this file, this text becomes that one. */
export type Change = { file: string; from: string; to: string };

/**
 * Copies the sources into a folder of their own.
 *
 * @returns the folder, and how to take it away.
 * @throws Error where a file does not hold what is to be changed exactly once.
 */
export function copySources(changes: readonly Change[]): { folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'aterkalla-sources-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    cpSync(root, folder, { recursive: true, filter: (path) => !LEFT_OUT.has(relative(root, path)) });
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    for (const { file, from, to } of changes) {
      const parts = readFileSync(join(folder, file), 'utf8').split(from);
      if (parts.length !== 2) throw new Error(`${file} holds "${from}" ${parts.length - 1} times; expected once`);
      writeFileSync(join(folder, file), parts.join(to));
    }
    return { folder, remove };
  } catch (error) {
    remove();
    throw error;
  }
}

/** Nobody waits an hour here: a mail that was refused for good is tried again after seconds. */
export const shortWaits: Change = {
  file: 'machines/deadlines.ts',
  from: 'retryEveryHours: 1,',
  to: 'retryEveryHours: 5 / 3600,',
};

/** What the machines' versions are raised to, in both. */
export const NEWER = '2-newer';
export const newerVersion: Change[] = ['removal', 'employeeLeaves'].map((name) => ({
  file: `machines/${name}.ts`,
  from: "version: '1',",
  to: `version: '${NEWER}',`,
}));
