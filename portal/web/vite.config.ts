import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import MessageFormat from '@messageformat/core';
import compileModule from '@messageformat/core/compile-module';
import vue from '@vitejs/plugin-vue';
import { defineConfig, type Plugin } from 'vite';
import { en } from '../../texts/pages.en.ts';
import { type PageTexts, sv } from '../../texts/pages.sv.ts';

/** How the pages are built: see `setup/pages.ts`. */

const texts = new Map<string, { locale: string; page: PageTexts }>([
  ['virtual:texts/sv', { locale: 'sv', page: sv }],
  ['virtual:texts/en', { locale: 'en', page: en }],
]);

/** The texts as modules, their ICU messages compiled to functions, so that no browser needs a parser. */
const compiledTexts: Plugin = {
  name: 'compiled-texts',
  resolveId: (id) => (texts.has(id) ? id : undefined),
  load(id) {
    const found = texts.get(id);
    if (!found) return undefined;
    const entries = Object.entries(found.page.texts);
    const plain = Object.fromEntries(entries.filter(([, text]) => !text.includes('{')));
    const messages = Object.fromEntries(entries.filter(([, text]) => text.includes('{')));
    const compiled = compileModule(new MessageFormat(found.locale), messages).replace(
      'export default',
      'const messages =',
    );
    return `${compiled}
export const texts = { ...${JSON.stringify(plain)}, ...messages };
export const fkui = ${JSON.stringify(found.page.fkui)};`;
  },
};

/** FKUI brings fillings for browsers older than ours; what defines them has no other effect. */
const fillings = [
  ...readFileSync(
    createRequire(import.meta.url)
      .resolve('@fkui/vue')
      .replace('/cjs/index.cjs.js', '/esm/index.esm.js'),
    'utf8',
  ).matchAll(/^var (require_[a-z0-9_]+) = /gm),
].flatMap(([, name]) => name ?? []);

export default defineConfig({
  root: import.meta.dirname,
  plugins: [vue(), compiledTexts],
  define: {
    __VUE_PROD_DEVTOOLS__: 'false',
    __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
  },
  build: {
    target: 'es2023',
    // The content security policy lets nothing in that is not a file of ours.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      treeshake: { manualPureFunctions: fillings },
      // What several pages need lies together: many small files weigh a tenth more.
      output: {
        codeSplitting: {
          groups: [
            { name: 'packages', test: /node_modules/, priority: 2 },
            { name: 'parts', test: /portal\/web\/(parts\/|[a-z]+\.ts$)/, priority: 1 },
          ],
        },
      },
    },
  },
});
