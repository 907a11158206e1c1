import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type BundleOptions, bundleWorkflowCode, type Logger } from '@temporalio/worker';

/**
 * The workflow bundle, in webpack's production mode: a third of the size, since libraries then leave out what they have
 * for developers. That takes seconds, so that it is kept in the cache beside a hash of all it is made from.
 */

const root = dirname(import.meta.dirname);
const cache = join(root, '.cache');
/** What a bundle is made from, beside the packages that the lock file names. */
const sources = ['machines', 'workflows', 'texts', 'package-lock.json', join('setup', 'bundle.ts')];
const KEPT = 5;

/** For `WorkerOptions.dataConverter`, wherever the bundle is used. */
export const payloadConverterPath = join(root, 'workflows', 'payloadConverter.ts');
const workflowInterceptorModules = [join(root, 'workflows', 'inbound.ts')];

type Webpack = Parameters<NonNullable<BundleOptions['webpackConfigHook']>>[0];

/**
 * For `BundleOptions.webpackConfigHook`, also of tests that bundle workflows of their own: production mode, for the V8 of
 * this Node instead of one of 2017, which takes 20 KB more.
 */
export const inProduction = (config: Webpack): Webpack => ({
  ...config,
  mode: 'production',
  target: ['web', 'es2022'],
  optimization: { moduleIds: 'size', mangleExports: 'size' },
  module: { ...config.module, rules: [compileTypeScript, ...(config.module?.rules ?? []).filter(isNotForTypeScript)] },
});

const isNotForTypeScript = (rule: unknown) =>
  !(typeof rule === 'object' && rule && 'test' in rule && rule.test instanceof RegExp && rule.test.test('a.ts'));

const compileTypeScript = {
  test: /\.ts$/,
  exclude: /node_modules/,
  use: {
    loader: createRequire(import.meta.resolve('@temporalio/worker')).resolve('swc-loader'),
    options: { sourceMap: true, jsc: { target: 'es2022', parser: { syntax: 'typescript' } } },
  },
};

/**
 * The bundle of all workflows, made where the cache does not hold it.
 *
 * @param workflowsPath the module that exports the workflows; a test may give its own.
 * @returns for `WorkerOptions.workflowBundle`.
 */
export async function workflowBundle(
  workflowsPath = join(root, 'workflows', 'index.ts'),
): Promise<{ codePath: string }> {
  const hash = createHash('sha256')
    .update(workflowsPath)
    .update(await readFile(workflowsPath));
  for (const source of sources) await addTo(hash, join(root, source));
  const codePath = join(cache, `workflows-${hash.digest('hex').slice(0, 16)}.js`);
  if (existsSync(codePath)) return { codePath };

  const { code } = await bundleWorkflowCode({
    workflowsPath,
    workflowInterceptorModules,
    payloadConverterPath,
    webpackConfigHook: inProduction,
    logger: onlyErrors,
  });
  await mkdir(cache, { recursive: true });
  await removeOldBundles();
  const fresh = join(cache, `workflows-${randomUUID()}.tmp`);
  await writeFile(fresh, code);
  await rename(fresh, codePath);
  return { codePath };
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
  await Promise.all(old.map(({ name }) => rm(join(cache, name), { force: true })));
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
