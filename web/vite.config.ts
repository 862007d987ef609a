import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

// base './': the same build works at the root and behind the cockpit's prefix.
export default defineConfig({
  base: './',
  plugins: [react()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: { polyfill: false },
    // Nothing may become a data: URL in a script or sheet; the content security policy allows them for images only.
    assetsInlineLimit: 0,
    rolldownOptions: {
      output: {
        // What changes with every release stays apart from what changes with an upgrade of a library.
        codeSplitting: {
          groups: [
            { name: 'react', test: /node_modules[\\/](react|react-dom|scheduler)[\\/]/, priority: 2 },
          ],
        },
      },
    },
  },
  test: {
    environment: 'jsdom',
    globals: true,
    setupFiles: ['src/test/setup.ts'],
    css: false,
    restoreMocks: true,
    testTimeout: 15000,
  },
});
