/**
 * How the web UI is built: into assets with hashed names and a manifest of them, from which a node writes its pages. There is
 * no page of Vite's: where a node is reached is known only when it is asked.
 */
import { join } from 'node:path';
import { defineConfig } from 'vite';

export default defineConfig({
  root: import.meta.dirname,
  // Assets find each other from where they are, so that any prefix in front of them will do.
  base: './',
  publicDir: false,
  logLevel: 'warn',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    target: 'es2023',
    // The security policy takes no data: for styles or scripts, and what is small is in memory anyway.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: 'manifest.json',
    reportCompressedSize: false,
    rolldownOptions: {
      input: {
        main: join(import.meta.dirname, 'src/main.tsx'),
        theme: join(import.meta.dirname, 'src/theme-first.ts'),
      },
    },
  },
});
