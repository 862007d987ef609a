import assert from 'node:assert/strict';
import { check } from '../harness/checks.mjs';
import { cockpit } from '../harness/cockpit.mjs';
import { tool, until } from '../harness/processes.mjs';
import { to } from '../harness/recorder.mjs';

const three = ['list-a', 'list-b', 'other-c'].map((name) => (stack) => stack.catalog(name));

check('06a states are words with marks, a reason and an age', async (bench) => {
  const { stack } = bench;
  await stack.postgresql.addAccount('leaver', 'pw_leaver');
  bench.after(() => stack.postgresql.execute('DROP OWNED BY leaver; DROP ROLE leaver'));
  await bench.manager.register(stack.catalog('fails-soon', 'pw_leaver', 'leaver'));
  const visit = await bench.at('#/');
  const page = cockpit(visit);
  await page.row('list-a').getByText('Healthy').waitFor();
  await page.row('list-a').getByText('PostgreSQL').waitFor();
  assert.match(await page.row('list-a').innerText(), /akko-admin.*akko-engineer.*akko-analyst/s);
  assert.match(await page.row('list-a').innerText(), /alice/);
  assert.ok((await page.row('list-a').locator('svg, [aria-hidden]').count()) > 0, 'a mark beside the word');
  // Somebody changes the password of the source: the list says so by itself.
  await stack.postgresql.execute("ALTER ROLE leaver PASSWORD 'other'");
  const row = page.row('fails-soon');
  await row.getByText('Failing').waitFor({ timeout: 20_000 });
  assert.match(await row.innerText(), /leaver|refused/i);
  assert.match(await row.innerText(), /ago|now|second|minute/i);
  await visit.picture('list');
}, { catalogs: three.slice(0, 1) });

check('06b a source that goes away and comes back is seen without a reload', async (bench) => {
  const visit = await bench.at('#/');
  const page = cockpit(visit);
  await page.row('list-a').getByText('Healthy').waitFor();
  await bench.stack.postgresql.stop();
  bench.after(() => bench.stack.postgresql.start());
  await page.row('list-a').getByText('Failing').waitFor({ timeout: 25_000 });
  await bench.stack.postgresql.start();
  await page.row('list-a').getByText('Healthy').waitFor({ timeout: 25_000 });
  assert.equal(bench.recorder.of('GET', '/').length, 1);
}, { catalogs: three.slice(0, 1), timeout: 90_000, proxied: true });

check('07 search and filters are in the address, and the way back restores them', async (bench) => {
  const visit = await bench.at('#/');
  const page = cockpit(visit);
  await page.row('other-c').waitFor();
  const search = visit.page.getByRole('searchbox', { name: 'Search catalogs' });
  await search.fill('list');
  await page.row('other-c').waitFor({ state: 'hidden' });
  await page.row('list-a').waitFor();
  assert.match(visit.page.url(), /q=list/);
  await page.main.getByRole('status').filter({ hasText: '2 of 3' }).first().waitFor();
  await page.row('list-a').getByRole('link', { name: 'list-a' }).click();
  await page.heading(/list-a/).waitFor();
  await visit.page.goBack();
  await page.row('list-b').waitFor();
  assert.equal(await search.inputValue(), 'list');
  assert.equal(await page.row('other-c').count(), 0);
  await search.fill('zzz');
  await page.main.getByText(/No catalog matches .zzz./).waitFor();
  await page.button('Clear filters').click();
  await page.row('other-c').waitFor();
  assert.doesNotMatch(visit.page.url(), /q=/);
}, { catalogs: three, proxied: true });

check('08 an empty list offers three ways to begin', async (bench) => {
  const visit = await bench.at('#/');
  const page = cockpit(visit);
  await page.main.getByText('No catalogs yet').waitFor();
  await visit.picture('list-empty');
  const first = (role, name) => page.main.getByRole(role, { name }).last();
  await first('button', /^Copy a curl example/).click();
  assert.match(await page.clipboard(), /curl[\s\S]*\/api\/admin\/catalogs/);
  await first('link', 'Add catalog').click();
  await page.heading('Add a catalog').waitFor();
  await visit.page.goBack();
  await first('link', /^Paste a connection URL/).click();
  await page.heading('Add a catalog').waitFor();
  const paste = visit.page.getByRole('textbox', { name: /Paste a connection URL/ });
  await paste.waitFor();
  assert.ok(await paste.evaluate((element) => element === document.activeElement), 'the cursor waits in the field');
});

check('09a while the list loads: a skeleton that says it is busy', async (bench) => {
  const release = bench.recorder.hold(to('/api/admin/catalogs', 'GET'));
  const visit = await bench.visit();
  await visit.page.goto(visit.entry.url);
  // Signing in is busy as well: only here the list itself is asked for.
  await until(() => bench.recorder.of('GET', '/api/admin/catalogs').length, 20, 'the list is asked for');
  await visit.page.locator('[aria-busy=true]').first().waitFor();
  await visit.picture('list-loading');
  release();
  const page = cockpit(visit);
  await page.row('list-a').waitFor();
  await visit.page.locator('[aria-busy=true]').first().waitFor({ state: 'hidden' });
}, { catalogs: three.slice(0, 1) });

check('09b a list that cannot be read: the reason, and trying again works', async (bench) => {
  const visit = await bench.visit();
  visit.tolerate(/ERR_EMPTY_RESPONSE|ERR_CONNECTION|ERR_INCOMPLETE_CHUNKED|Failed to load resource/);
  const well = bench.recorder.breakOff(to('/api/admin/catalogs', 'GET'), '[');
  await visit.page.goto(visit.entry.url);
  const page = cockpit(visit);
  await page.main.getByText('The catalog list could not be read.').waitFor({ timeout: 20_000 });
  await visit.picture('list-failed');
  well();
  await page.button('Try again').first().click();
  await page.row('list-a').waitFor();
}, { catalogs: three.slice(0, 1) });

check('10 catalogs that others made in Trino are listed, without a way to change them', async (bench) => {
  const { stack } = bench;
  await stack.query('CREATE CATALOG outsider USING memory');
  bench.after(() => stack.query('DROP CATALOG outsider'));
  const visit = await bench.at('#/');
  const page = cockpit(visit);
  await page.row('list-a').waitFor();
  await page.heading('Managed elsewhere', 2).waitFor({ timeout: 20_000 });
  const foreign = visit.page.getByRole('row').filter({ has: visit.page.getByRole('rowheader', { name: 'outsider' }) });
  await foreign.getByText('Loaded').waitFor();
  assert.equal(await foreign.getByRole('button').count(), 0);
  assert.equal(await foreign.getByRole('link', { name: 'outsider', exact: true }).count(), 0);
}, { catalogs: three.slice(0, 1) });

check('10b Trino gone: the rows stay, a banner says so, and it goes when Trino is back', async (bench) => {
  const visit = await bench.at('#/');
  const page = cockpit(visit);
  await page.row('list-a').waitFor();
  const { stack } = bench;
  await tool('trino', ['stop', stack.trinoDirectory]);
  bench.after(() => tool('trino', ['start', stack.trinoDirectory]));
  await visit.page.getByText(/Trino does not answer/).waitFor({ timeout: 30_000 });
  assert.equal(await page.row('list-a').count(), 1);
  await visit.picture('trino-down');
  await tool('trino', ['start', stack.trinoDirectory]);
  await visit.page.getByText(/Trino does not answer/).waitFor({ state: 'hidden', timeout: 30_000 });
}, { catalogs: three.slice(0, 1), timeout: 120_000 });
