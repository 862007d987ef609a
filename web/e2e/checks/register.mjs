import assert from 'node:assert/strict';
import { check } from '../harness/checks.mjs';
import { cockpit } from '../harness/cockpit.mjs';
import { plainSecret } from '../harness/canary.mjs';
import { until } from '../harness/processes.mjs';
import { to } from '../harness/recorder.mjs';

const registrations = (bench) => bench.recorder.of('POST', '/api/admin/catalogs');

check('25a registering shows its steps and ends with a catalog that answers', async (bench) => {
  const { stack } = bench;
  const secret = bench.secret(plainSecret());
  await stack.postgresql.addAccount('live_one', secret);
  bench.after(() => stack.postgresql.execute('DROP OWNED BY live_one; DROP ROLE live_one'));
  const visit = await bench.at('#/new');
  const page = cockpit(visit);
  await page.fillPostgresql(bench, 'live-one', { User: 'live_one', Password: secret });
  await page.button('Register catalog').click();
  await page.main.getByText('live-one is live.').waitFor({ timeout: 40_000 });
  for (const step of ['Store the secrets', 'Add to Trino', 'Make it available']) await page.main.getByText(step).first().waitFor();
  await visit.picture('registered');
  assert.deepEqual(await stack.query('SELECT count(*) FROM "live-one".shop.orders'), [[100]]);
  assert.match(registrations(bench)[0].headers.prefer ?? '', /respond-async/);
  await page.main.getByRole('link', { name: 'Open', exact: true }).or(page.button('Open')).first().click();
  await page.heading(/live-one/).waitFor();
  await page.main.getByText('Healthy').first().waitFor();
}, { proxied: true });

check('25b leaving goes on without you, and the list shows how it ends', async (bench) => {
  const visit = await bench.at('#/new');
  const page = cockpit(visit);
  await page.fillPostgresql(bench, 'goes-on');
  const release = bench.recorder.hold(to(/\/operations\/[^/]+\/events/));
  await page.button('Register catalog').click();
  await until(() => registrations(bench).some((call) => call.status === 202), 20, 'the manager has taken the registration');
  await visit.page.goto(`${visit.entry.url}#/`);
  release();
  await page.row('goes-on').getByText(/Healthy/).waitFor({ timeout: 30_000 });
});

check('26 a registration that fails: what was undone, and no half row', async (bench) => {
  const { stack } = bench;
  const secret = bench.secret(plainSecret());
  await stack.postgresql.addAccount('half_way', secret);
  bench.after(() => stack.postgresql.execute('DROP OWNED BY half_way; DROP ROLE half_way'));
  const visit = await bench.at('#/new');
  const page = cockpit(visit);
  await page.fillPostgresql(bench, 'half-way', { User: 'half_way', Password: secret });
  await page.button('Test connection').click();
  await page.checkEnds();
  await page.panel.getByText('Passed').first().waitFor();
  // Tested well; by the time of the registration the source lets this user in no more.
  await stack.postgresql.execute('ALTER ROLE half_way NOLOGIN');
  await page.button('Register catalog').click();
  await page.main.getByText(/Nothing was left behind|Undone/i).first().waitFor({ timeout: 40_000 });
  await visit.picture('registration-failed');
  assert.deepEqual(await bench.manager.names(), []);
  await visit.page.goto(`${visit.entry.url}#/`);
  await page.main.getByText('No catalogs yet').waitFor();
  assert.equal(await page.row('half-way').count(), 0);
});

check('27 a double click registers once', async (bench) => {
  const visit = await bench.at('#/new');
  const page = cockpit(visit);
  await page.fillPostgresql(bench, 'only-once');
  await page.button('Register catalog').dblclick();
  await page.main.getByText('only-once is live.').waitFor({ timeout: 40_000 });
  assert.equal(registrations(bench).length, 1);
  assert.deepEqual(await bench.manager.names(), ['only-once']);
});

check('27b a name that somebody takes in the meantime: a clear word, the form stays', async (bench) => {
  const visit = await bench.at('#/new');
  const page = cockpit(visit);
  await page.fillPostgresql(bench, 'race-for-it');
  await page.button('Test connection').click();
  await page.checkEnds();
  await page.panel.getByText('Passed').first().waitFor();
  await bench.manager.register(bench.stack.catalog('race-for-it'));
  await page.button('Register catalog').click();
  await page.main.getByText(/in use|is taken|exists already|already/i).first().waitFor({ timeout: 20_000 });
  assert.equal(await page.field('Host').inputValue(), '127.0.0.1');
});
