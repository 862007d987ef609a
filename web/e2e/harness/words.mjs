// The page's own catalogues of texts, as its build reads them.
import { web } from './processes.mjs';

let loaded;
export async function catalogues() {
  loaded ??= await (async () => {
    const { createServer } = await import('vite');
    const server = await createServer({
      root: web, configFile: false, logLevel: 'error', appType: 'custom',
      server: { middlewareMode: true, ws: false, watch: null }, optimizeDeps: { noDiscovery: true },
    });
    const [{ en }, { fr }] = await Promise.all(['en', 'fr'].map((language) => server.ssrLoadModule(`/src/i18n/${language}/index.ts`)));
    await server.close();
    return { en, fr };
  })();
  return loaded;
}
