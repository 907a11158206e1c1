import { linkSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import * as z from 'zod';
import { isSameProcess, processInfo } from './processes.ts';

/** The data folder: one running system at a time, and where others find it. */

/**
 * How long to wait for another process to give the folder back, in milliseconds: where it is ending, and where it may be
 * about to (npm ends before what it runs, so that a start right after an end meets the one before).
 */
const ENDING_PATIENCE = 30_000;
const PATIENCE = 2000;

const ownerSchema = z.object({ pid: z.number(), started: z.string(), ending: z.optional(z.boolean()) });
type Owner = z.infer<typeof ownerSchema>;

/** What `running.json` holds (contract, "Commands"). */
export type Running = { pid: number; temporal: string; ui: string | null; portal: string | null };

export type DataFolder = {
  /** Symbolic links resolved. */
  path: string;
  /** Says that this process is about to end, so that the next one waits for it. */
  markEnding(): void;
  release(): void;
};

/**
 * Makes the data folder where it is missing and takes it for this process, until it is released or the process ends.
 *
 * @param dataDir absolute path.
 * @throws Error that names the process that has it and keeps it.
 */
export async function takeDataFolder(dataDir: string): Promise<DataFolder> {
  // Names and addresses lie in it: for this user alone.
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const path = realpathSync(dataDir);
  const lock = join(path, 'owner.json');
  const mine: Owner = { pid: process.pid, started: processInfo(process.pid)?.started ?? '' };
  for (const begun = Date.now(); !tryLock(lock, mine); ) {
    const owner = readOwner(lock);
    if (!owner || !isSameProcess(owner)) {
      setAside(lock, owner);
      continue;
    }
    if (Date.now() - begun > (owner.ending ? ENDING_PATIENCE : PATIENCE))
      throw new Error(
        `The data folder ${path} is in use by process ${owner.pid}. End that one first, or set DATA_DIR to another folder.`,
      );
    await wait(50);
  }
  return {
    path,
    markEnding: () => {
      if (isOwnedBy(lock, mine)) replaceFile(lock, { ...mine, ending: true });
    },
    release: () => {
      if (isOwnedBy(lock, mine)) rmSync(lock, { force: true });
    },
  };
}

/** Unlike a rename, a link never replaces: of two at once, one gets it. */
function tryLock(lock: string, mine: Owner): boolean {
  const fresh = `${lock}.${process.pid}.fresh`;
  writeFileSync(fresh, JSON.stringify(mine));
  try {
    linkSync(fresh, lock);
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    rmSync(fresh, { force: true });
  }
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

function isOwnedBy(lock: string, mine: Owner): boolean {
  const owner = readOwner(lock);
  return owner?.pid === mine.pid && owner.started === mine.started;
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

/** Says where the system is. */
export const writeRunning = (dataDir: string, running: Running): void => replaceFile(runningFile(dataDir), running);

export const removeRunning = (dataDir: string): void => rmSync(runningFile(dataDir), { force: true });

/** Whoever reads it sees the whole of it, old or new. */
function replaceFile(path: string, value: object): void {
  const fresh = `${path}.${process.pid}.tmp`;
  writeFileSync(fresh, `${JSON.stringify(value)}\n`);
  renameSync(fresh, path);
}
