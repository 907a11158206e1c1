import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

/**
 * The portal's pages, built by Vite. That takes seconds, so that they are kept in the cache under a hash of all that they
 * are made from.
 */

const root = dirname(import.meta.dirname);
const cache = join(root, '.cache');
/** What the pages are made from, beside the packages that the lock file names. */
const sources = [
  join('portal', 'web'),
  join('portal', 'api.ts'),
  join('machines', 'messages.ts'),
  'texts',
  'package-lock.json',
  join('setup', 'pages.ts'),
];
const KEPT = 3;

/**
 * The folder of the built pages, built where the cache does not hold it.
 *
 * @param say is told where that takes time.
 * @throws Vite's own error where they cannot be built.
 */
export async function pagesFolder(say: (text: string) => void = () => {}): Promise<string> {
  const hash = createHash('sha256');
  for (const source of sources) await addTo(hash, join(root, source));
  const place = join(cache, `pages-${hash.digest('hex').slice(0, 16)}`);
  if (existsSync(join(place, 'index.html'))) return place;
  say('building the pages of the portal, some seconds …');
  await mkdir(cache, { recursive: true });
  await removeOld();
  const fresh = join(cache, `setup-${process.pid}-pages`);
  // Only where there is something to build: it takes a while to load.
  const { build } = await import('vite');
  await build({
    configFile: join(root, 'portal', 'web', 'vite.config.ts'),
    logLevel: 'error',
    build: { outDir: fresh, emptyOutDir: true },
  });
  await packAll(fresh);
  // Of two that build at once the later one finds the place taken, by the same.
  await rename(fresh, place).catch(async (error: unknown) => {
    await rm(fresh, { recursive: true, force: true });
    if (!existsSync(join(place, 'index.html'))) throw error;
  });
  return place;
}

/** Each file beside its packed self, which the server sends to browsers that take it. */
async function packAll(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) await writeFile(`${path}.gz`, await promisify(gzip)(await readFile(path), { level: 9 }));
  }
}

async function addTo(hash: ReturnType<typeof createHash>, path: string): Promise<void> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => undefined);
  if (!entries) {
    hash.update(path.slice(root.length)).update(await readFile(path));
    return;
  }
  for (const { name } of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) await addTo(hash, join(path, name));
}

async function removeOld(): Promise<void> {
  const names = (await readdir(cache)).filter((name) => /^pages-\w+$/.test(name));
  const aged = await Promise.all(names.map(async (name) => ({ name, at: (await stat(join(cache, name))).mtimeMs })));
  const old = aged.toSorted((a, b) => b.at - a.at).slice(KEPT);
  await Promise.all(old.map(({ name }) => rm(join(cache, name), { recursive: true, force: true })));
}
