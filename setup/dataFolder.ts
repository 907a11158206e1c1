import { linkSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { isSameProcess, processInfo } from './processes.ts';

/** The data folder: one running system at a time, and where others find it. */

const ownerSchema = z.object({ pid: z.number(), started: z.string() });
type Owner = z.infer<typeof ownerSchema>;

/** What `running.json` holds (contract, "Commands"). */
export type Running = { pid: number; temporal: string; ui: string | null; portal: string | null };

/**
 * Makes the data folder where it is missing and takes it for this process, until {@link release} or the process's end.
 *
 * @param dataDir absolute path.
 * @returns its real path, and how to give it back.
 * @throws Error that names the process that has it.
 */
export function takeDataFolder(dataDir: string): { path: string; release: () => void } {
  // Names and addresses lie in it: for this user alone.
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const path = realpathSync(dataDir);
  const lock = join(path, 'owner.json');
  const mine: Owner = { pid: process.pid, started: processInfo(process.pid)?.started ?? '' };
  const fresh = join(path, `owner-${process.pid}.tmp`);
  for (let attempt = 0; attempt < 10; attempt++) {
    writeFileSync(fresh, JSON.stringify(mine));
    try {
      // Unlike a rename, a link never replaces: of two at once, one gets it.
      linkSync(fresh, lock);
      return { path, release: () => releaseIf(lock, mine) };
    } catch (error) {
      if (!isCode(error, 'EEXIST')) throw error;
    } finally {
      rmSync(fresh, { force: true });
    }
    const owner = readOwner(lock);
    if (owner && isSameProcess(owner))
      throw new Error(
        `The data folder ${path} is in use by process ${owner.pid}. End that one first, or set DATA_DIR to another folder.`,
      );
    setAside(lock, owner);
  }
  throw new Error(`The data folder ${path} could not be taken: others take it at the same time. Try again.`);
}

/** Takes the lock of a process that is gone away, unless somebody else has just done so and taken the folder. */
function setAside(lock: string, dead: Owner | undefined): void {
  const aside = `${lock}.${process.pid}`;
  try {
    renameSync(lock, aside);
  } catch (error) {
    if (isCode(error, 'ENOENT')) return;
    throw error;
  }
  const moved = readOwner(aside);
  if (moved && !(moved.pid === dead?.pid && moved.started === dead.started)) linkSync(aside, lock);
  rmSync(aside, { force: true });
}

function releaseIf(lock: string, mine: Owner): void {
  const owner = readOwner(lock);
  if (owner?.pid === mine.pid && owner.started === mine.started) rmSync(lock, { force: true });
}

function readOwner(lock: string): Owner | undefined {
  try {
    return ownerSchema.safeParse(JSON.parse(readFileSync(lock, 'utf8'))).data;
  } catch {
    return undefined;
  }
}

const isCode = (error: unknown, code: string) => error instanceof Error && 'code' in error && error.code === code;

const runningFile = (dataDir: string) => join(dataDir, 'running.json');

/** Says where the system is: whole or not at all. */
export function writeRunning(dataDir: string, running: Running): void {
  const fresh = `${runningFile(dataDir)}.tmp`;
  writeFileSync(fresh, `${JSON.stringify(running)}\n`);
  renameSync(fresh, runningFile(dataDir));
}

export const removeRunning = (dataDir: string): void => rmSync(runningFile(dataDir), { force: true });
