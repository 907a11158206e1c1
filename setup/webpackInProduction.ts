import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import type { BundleOptions } from '@temporalio/worker';

/** What makes the workflow bundle small, a ninth of what the SDK's own settings make of it, and quick. */

type Webpack = Parameters<NonNullable<BundleOptions['webpackConfigHook']>>[0];

/** Finds what the SDK's worker depends on, the same copies that it uses. */
const ofTheWorker = createRequire(import.meta.resolve('@temporalio/worker'));

/**
 * The SDK's packages for workflows, as sources. They ship beside the compiled CommonJS, from which webpack can leave
 * nothing out: from the sources it takes what is used alone (50 KB less), and one scope instead of a hundred modules.
 */
const fromSource = ['@temporalio/workflow', '@temporalio/common', 'nexus-rpc'].map((name) => {
  const folder = dirname(ofTheWorker.resolve(`${name}/package.json`));
  return { name, folder, src: `${folder}/src` };
});

/**
 * What JavaScript brings along and nobody changes: the SDK freezes it, and replaces none of these. In the SDK's context for
 * workflows each look at a global is a call out of V8 (70 times slower than at a constant), and XState looks at them all the
 * time. `Date`, `WeakRef` and timers stay as they are: those the SDK replaces.
 */
const constants = [
  ...['Array', 'ArrayBuffer', 'BigInt', 'Boolean', 'Error', 'Function', 'JSON', 'Map', 'Math', 'Number', 'Object'],
  ...['Promise', 'Proxy', 'RangeError', 'Reflect', 'RegExp', 'Set', 'String', 'Symbol', 'SyntaxError', 'TypeError'],
  ...['Uint8Array', 'WeakMap', 'WeakSet', 'globalThis', 'isNaN', 'parseFloat', 'parseInt'],
];

const sourceOf = Object.fromEntries(
  fromSource.flatMap(({ name, src }) => [
    [`${name}$`, `${src}/index.ts`],
    [`${name}/lib`, src],
  ]),
);

/**
 * For `BundleOptions.webpackConfigHook`: webpack's production mode, in which libraries leave out what they have for
 * developers, for the V8 of this Node instead of one of 2017 (20 KB less).
 */
export const inProduction = (config: Webpack): Webpack => ({
  ...config,
  mode: 'production',
  target: ['web', 'es2022'],
  // Stack traces name our lines all the same; the sources themselves lie where the map says.
  devtool: 'inline-nosources-source-map',
  plugins: [...(config.plugins ?? []), constantsFirst],
  optimization: { moduleIds: 'size', mangleExports: 'size' },
  // Ours come last: what the SDK keeps out of workflows stays out.
  resolve: { ...config.resolve, alias: { ...config.resolve?.alias, ...sourceOf } },
  module: { ...config.module, rules: [compileTypeScript, ...(config.module?.rules ?? []).filter(isNotForTypeScript)] },
});

const constantsFirst: NonNullable<Webpack['plugins']>[number] = (compiler) =>
  new compiler.webpack.BannerPlugin({ banner: `const {${constants}} = this;`, raw: true }).apply(compiler);

const isNotForTypeScript = (rule: unknown) =>
  !(typeof rule === 'object' && rule && 'test' in rule && rule.test instanceof RegExp && rule.test.test('a.ts'));

const compileTypeScript = {
  test: /\.ts$/,
  exclude: { and: [/node_modules/], not: fromSource.map(({ src }) => src) },
  use: {
    loader: ofTheWorker.resolve('swc-loader'),
    options: {
      jsc: {
        target: 'es2022',
        // The SDK marks its error classes with decorators of TypeScript's old kind.
        parser: { syntax: 'typescript', decorators: true },
        // One class has a field named by a constant that is declared only; compiled by TypeScript, its name is undefined.
        transform: { legacyDecorator: true, optimizer: { globals: { vars: { rawPayloadTypeBrand: 'undefined' } } } },
      },
    },
  },
};
