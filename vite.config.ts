import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import type { Plugin } from 'vite';

/**
 * Writes into the page which build it is of, made from the content of all its files: builds of the same sources say the
 * same, so that instances that were built apart do not tell each other's pages of a new version.
 */
const buildName: Plugin = {
  name: 'build-name',
  transformIndexHtml: {
    order: 'post',
    handler(html, { bundle = {} }) {
      const hash = createHash('sha256').update(html);
      for (const [name, file] of Object.entries(bundle).toSorted(([one], [other]) => (one < other ? -1 : 1)))
        hash.update(`\n${name}\n`).update(file.type === 'chunk' ? file.code : file.source);
      const content = hash.digest('hex').slice(0, 16);
      return [{ tag: 'meta', attrs: { name: 'warroom-build', content }, injectTo: 'head' }];
    },
  },
};

// The page is served under a policy of `script-src 'self'`: nothing may end up inline in index.html.
// `#shared/…` needs no alias here; Vite reads it from the "imports" of package.json like Node does.
export default defineConfig({
  root: fileURLToPath(new URL('client', import.meta.url)),
  plugins: [react(), buildName],
  build: {
    outDir: fileURLToPath(new URL('dist/client', import.meta.url)),
    emptyOutDir: true,
    target: 'es2023',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      output: {
        // What every page needs is split from our own code, so that an upgrade of warroom does not make
        // browsers fetch it again. The editor is split by the lazy import of the room's document view.
        codeSplitting: {
          groups: [
            { name: 'react', test: /[\\/]node_modules[\\/](react|react-dom|scheduler)[\\/]/, priority: 20 },
            { name: 'mantine', test: /[\\/]node_modules[\\/](@mantine|@floating-ui)[\\/]/, priority: 10 },
          ],
        },
      },
    },
  },
});
