import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A disk of its own for the data folder, in memory, that can be full. Only root may mount one. */
export type Disk = {
  folder: string;
  fill(): void;
  free(): void;
  unmount(): void;
};

const SIZE = '4g';

/** @returns null where this is not root, or where mounting is not allowed. */
export function mountDisk(): Disk | null {
  if (process.getuid?.() !== 0 || process.platform !== 'linux') return null;
  const folder = mkdtempSync(join(tmpdir(), 'aterkalla-disk-'));
  const mount = (...args: string[]) => execFileSync('mount', args, { stdio: 'ignore' });
  try {
    mount('-t', 'tmpfs', '-o', `size=${SIZE}`, 'tmpfs', folder);
  } catch {
    rmdirSync(folder);
    return null;
  }
  return {
    folder,
    fill() {
      // It may not become smaller than what it holds, which grows meanwhile.
      for (let tries = 1; ; tries++) {
        const { blocks, bfree, bsize } = statfsSync(folder);
        try {
          mount('-o', `remount,size=${(blocks - bfree) * bsize}`, folder);
          return;
        } catch (error) {
          if (tries === 50) throw error;
        }
      }
    },
    free: () => mount('-o', `remount,size=${SIZE}`, folder),
    unmount() {
      execFileSync('umount', [folder], { stdio: 'ignore' });
      rmdirSync(folder);
    },
  };
}
