import assert from 'node:assert/strict';
import { check } from '../harness/checks.mjs';
import { cockpit } from '../harness/cockpit.mjs';

const firstLoad = 230_000; // bytes on the wire, compressed
const lazyPart = 60_000;

check('40a the first load and each later part stay within their budget', async (bench) => {
  const visit = await bench.visit({ kept: undefined });
  await visit.go('#/');
  const page = cockpit(visit);
  await page.row('weighed').waitFor();
  await visit.page.waitForLoadState('networkidle').catch(() => {});
  const files = () => bench.recorder.calls.filter((call) => call.method === 'GET' && call.status === 200 && !call.path.startsWith('/api/'));
  const first = new Map(files().map((call) => [call.path.split('?')[0], call]));
  const sum = [...first.values()].reduce((total, call) => total + call.size, 0);
  console.log(`first load: ${sum} bytes in ${first.size} files`);
  for (const call of first.values())
    if (/\.(js|css)$/.test(call.path)) assert.ok(call.answerHeaders['content-encoding'], `${call.path} is sent compressed`);
  assert.ok(sum <= firstLoad, `first load ${sum} bytes`);
  await visit.page.goto(`${visit.entry.url}#/new`);
  await page.button('Test connection').waitFor();
  await visit.page.goto(`${visit.entry.url}#/c/weighed`);
  await page.heading(/weighed/).waitFor();
  const later = files().filter((call) => !first.has(call.path.split('?')[0]));
  assert.ok(later.length > 0, 'the form is loaded when it is needed');
  for (const call of later) {
    console.log(`later: ${call.size} bytes ${call.path}`);
    assert.ok(call.size <= lazyPart, `${call.path}: ${call.size} bytes`);
  }
}, { catalogs: [(stack) => stack.catalog('weighed')] });

check('40b what the browser may keep, and what it must ask for', async (bench) => {
  const ask = (path, headers = {}) => fetch(new URL(path, bench.manager.url), { headers, redirect: 'manual' });
  const page = await ask('/');
  const html = await page.text();
  assert.equal(page.headers.get('cache-control'), 'no-cache');
  const policy = page.headers.get('content-security-policy');
  for (const part of ["default-src 'self'", "script-src 'self'", "style-src 'self'", "base-uri 'none'", "frame-ancestors 'none'", "object-src 'none'"])
    assert.ok(policy.includes(part), `${part} in ${policy}`);
  assert.doesNotMatch(policy, /unsafe|\*/);
  assert.equal(page.headers.get('x-content-type-options'), 'nosniff');
  const assets = [...html.matchAll(/(?:src|href)="\.?\/?(assets\/[^"]+)"/g)].map(([, asset]) => asset);
  assert.ok(assets.length > 0);
  for (const asset of assets) {
    const answer = await ask(`/${asset}`, { 'Accept-Encoding': 'gzip' });
    assert.match(answer.headers.get('cache-control'), /max-age=31536000.*immutable/);
    const etag = answer.headers.get('etag');
    await answer.arrayBuffer();
    if (etag) assert.equal((await ask(`/${asset}`, { 'If-None-Match': etag, 'Accept-Encoding': 'gzip' })).status, 304);
  }
  assert.equal((await ask('/ui-config.json')).headers.get('cache-control'), 'no-cache');
  assert.equal((await ask('/not/a/page')).status, 404);
});
