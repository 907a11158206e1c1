import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { bundleWorkflowCode, type Logger } from '@temporalio/worker';
import { inProduction } from './webpackInProduction.ts';

/**
 * The workflow bundle, small (see webpackInProduction.ts). That takes seconds to make, so that it is kept in the cache
 * under a hash of all it is made from.
 */

const root = dirname(import.meta.dirname);
const cache = join(root, '.cache');
/** What a bundle is made from, beside the packages that the lock file names. */
const sources = [
  'machines',
  'workflows',
  'texts',
  'package-lock.json',
  join('setup', 'bundle.ts'),
  join('setup', 'webpackInProduction.ts'),
];
const KEPT = 5;

/** For `WorkerOptions.dataConverter`, wherever the bundle is used. */
export const payloadConverterPath = join(root, 'workflows', 'payloadConverter.ts');
const workflowInterceptorModules = [join(root, 'workflows', 'inbound.ts')];

/**
 * The bundle of all workflows, made where the cache does not hold it.
 *
 * @param workflowsPath the module that exports the workflows; a test may give its own.
 * @returns for `WorkerOptions.workflowBundle`.
 */
export async function workflowBundle(workflowsPath?: string): Promise<{ code: string }> {
  const path = await bundleFile(workflowsPath);
  const [code, map] = await Promise.all([readFile(path, 'utf8'), readFile(`${path}.map`)]);
  // The worker takes a map only as part of the code.
  return { code: `${code.slice(0, code.lastIndexOf(MAP))}${INLINE_MAP}${map.toString('base64')}` };
}

const MAP = '//# sourceMappingURL=';
const INLINE_MAP = `${MAP}data:application/json;charset=utf-8;base64,`;

/**
 * The same as a file in the cache, its source map beside it with `.map` behind the name.
 *
 * @returns its path.
 */
export async function bundleFile(workflowsPath = join(root, 'workflows', 'index.ts')): Promise<string> {
  const hash = createHash('sha256')
    .update(workflowsPath)
    .update(await readFile(workflowsPath));
  for (const source of sources) await addTo(hash, join(root, source));
  const path = join(cache, `workflows-${hash.digest('hex').slice(0, 16)}.js`);
  if (existsSync(path) && existsSync(`${path}.map`)) return path;

  const { code } = await bundleWorkflowCode({
    workflowsPath,
    workflowInterceptorModules,
    payloadConverterPath,
    // Loaded once for all cases instead of once for each: no module keeps anything of a case. What they export is frozen;
    // schemas, which zod changes when they are first used, are in their scope alone.
    preloadModules: [workflowsPath, ...workflowInterceptorModules],
    webpackConfigHook: inProduction,
    logger: onlyErrors,
  });
  const end = code.lastIndexOf(INLINE_MAP);
  if (end < 0) throw new Error(`The workflow bundle has no source map: expected ${INLINE_MAP}… at its end`);
  await mkdir(cache, { recursive: true });
  await removeOldBundles();
  await put(`${path}.map`, Buffer.from(code.slice(end + INLINE_MAP.length), 'base64'));
  await put(path, `${code.slice(0, end)}${MAP}${basename(path)}.map\n`);
  return path;
}

/** Whole or not at all, also where two make the same one. */
async function put(path: string, content: string | Buffer): Promise<void> {
  const fresh = join(cache, `workflows-${randomUUID()}.tmp`);
  await writeFile(fresh, content);
  await rename(fresh, path);
}

async function addTo(hash: ReturnType<typeof createHash>, path: string): Promise<void> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => undefined);
  if (!entries) {
    hash.update(path.slice(root.length)).update(await readFile(path));
    return;
  }
  for (const { name } of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) await addTo(hash, join(path, name));
}

/** A bundle is read once, when its worker starts: older ones are only there for a checkout that goes back and forth. */
async function removeOldBundles(): Promise<void> {
  const names = (await readdir(cache)).filter((name) => /^workflows-\w+\.js$/.test(name));
  const aged = await Promise.all(names.map(async (name) => ({ name, at: (await stat(join(cache, name))).mtimeMs })));
  const old = aged.toSorted((a, b) => b.at - a.at).slice(KEPT);
  const files = old.flatMap(({ name }) => [name, `${name}.map`]);
  await Promise.all(files.map((name) => rm(join(cache, name), { force: true })));
}

const quiet = () => {};
const onlyErrors: Logger = {
  log: quiet,
  trace: quiet,
  debug: quiet,
  info: quiet,
  warn: quiet,
  error: (message) => console.error(message),
};
