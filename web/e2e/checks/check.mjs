import assert from 'node:assert/strict';
import { check } from '../harness/checks.mjs';
import { cockpit } from '../harness/cockpit.mjs';
import { newSecret } from '../harness/canary.mjs';
import { freePort, until } from '../harness/processes.mjs';
import { wrongName } from '../harness/tls.mjs';
import { to } from '../harness/recorder.mjs';

const tests = (bench) => bench.recorder.of('POST', '/api/admin/catalogs/test');

check('20 the check comes step by step, not all at once', async (bench) => {
  const visit = await bench.at('#/new');
  const page = cockpit(visit);
  await page.fillPostgresql(bench, 'step-by-step');
  await visit.page.evaluate(() => {
    window.seen = [];
    const panel = [...document.querySelectorAll('section, aside, [role=region]')].find((area) => /Connection check/.test(area.textContent));
    new MutationObserver(() => window.seen.push([performance.now(), panel.innerText])).observe(panel, { subtree: true, childList: true, characterData: true });
  });
  await page.button('Test connection').click();
  await page.checkEnds();
  const seen = await visit.page.evaluate(() => window.seen);
  const early = seen.find(([, text]) => /Passed/.test(text) && /Running/.test(text));
  assert.ok(early, 'a step is shown as passed while another runs');
  const [last] = seen.slice(-1);
  assert.ok(last[0] - early[0] > 20, 'and the end comes later');
  const text = await page.panel.innerText();
  assert.match(text, /from the manager/);
  assert.match(text, /from Trino/);
  assert.match(text, /\d+\s*ms/);
  await visit.picture('check-passed');
}, { proxied: true });

/** What goes wrong at each stage, really. */
const failures = [
  ['dns', { Host: 'no-such-host.invalid' }, /Find the host/, /not known|no-such-host\.invalid/],
  ['tcp', async () => ({ Port: String(await freePort()) }), /Open the port/, /refused/],
  ['sign_in', { Password: 'wrong-password' }, /Sign in/, /refused/],
];

for (const [stage, given, title, words] of failures)
  check(`21 a failure at ${stage}: its words, what follows is not run, and nothing is registered`, async (bench) => {
    const visit = await bench.at('#/new');
    const page = cockpit(visit);
    const changes = typeof given === 'function' ? await given() : given;
    await page.fillPostgresql(bench, `fails-${stage.replace('_', '-')}`, changes);
    await page.button('Register catalog').click(); // untested: it tests first
    await page.panel.getByText('Failed').first().waitFor({ timeout: 30_000 });
    await page.checkEnds();
    assert.match(await page.step(title).innerText(), /Failed/);
    assert.match(await page.step(title).innerText(), words);
    if (stage !== 'sign_in') assert.match(await page.step('Sign in').innerText(), /Not run/);
    await visit.picture(`check-failed-${stage}`);
    assert.deepEqual(await bench.manager.names(), []);
    assert.equal(bench.recorder.of('POST', '/api/admin/catalogs').filter((call) => call.status < 300).length, 0);
  });

check('21 a failure at tls: the certificate is for another name', async (bench) => {
  const server = await wrongName(bench.stack.directory);
  bench.after(() => server.close());
  const visit = await bench.at('#/new');
  const page = cockpit(visit);
  await page.connector('Elasticsearch');
  await page.field('Name').fill('fails-tls');
  await page.field('Host').fill('127.0.0.1');
  await page.field('Port').fill(String(server.port));
  for (const [label, value] of [['User', 'reader'], ['Password', 'pw_ok']])
    if (await page.field(label).count()) await page.field(label).fill(value);
  await page.button('Test connection').click();
  await page.panel.getByText('Failed').first().waitFor({ timeout: 30_000 });
  assert.match(await page.step('Encrypt').innerText(), /Failed/);
  assert.match(await page.step('Encrypt').innerText(), /certificate/);
  assert.match(await page.step('Sign in').innerText(), /Not run/);
});

check('22 the technical message is folded, opens by keyboard, and holds no secret', async (bench) => {
  const secret = bench.secret(newSecret());
  const visit = await bench.at('#/new');
  const page = cockpit(visit);
  await page.fillPostgresql(bench, 'raw-message', { Password: secret });
  await page.button('Test connection').click();
  await page.panel.getByText('Failed').first().waitFor({ timeout: 30_000 });
  const fold = page.panel.getByText('Show the technical message').first();
  const raw = page.panel.getByText(/password authentication failed/i).first();
  assert.equal(await raw.isVisible().catch(() => false), false);
  await fold.focus();
  await visit.page.keyboard.press('Enter');
  await raw.waitFor();
  await visit.picture('technical-message');
  await page.panel.getByRole('button', { name: 'Copy report' }).click();
  assert.match(await page.clipboard(), /sign|Sign/);
  assert.deepEqual(bench.canary.seenIn(await page.clipboard()), []);
});

check('23 any change after a check makes it old', async (bench) => {
  const visit = await bench.at('#/new');
  const page = cockpit(visit);
  await page.fillPostgresql(bench, 'grows-old');
  await page.button('Test connection').click();
  await page.checkEnds();
  await page.panel.getByText('Passed').first().waitFor();
  assert.equal(await page.main.getByText('Changed since this check').count(), 0);
  await page.field('User').fill('someone_else');
  await page.main.getByText('Changed since this check').first().waitFor();
});

check('24a cancelling ends the check at once, here and at the manager', async (bench) => {
  const silent = (await import('node:net')).createServer(() => {}).listen(0, '127.0.0.1');
  bench.after(() => new Promise((resolve) => silent.close(resolve)));
  await until(() => silent.address(), 5, 'a source that says nothing listens');
  const sockets = new Set();
  silent.on('connection', (socket) => sockets.add(socket.on('error', () => {})));
  bench.after(() => sockets.forEach((socket) => socket.destroy()));
  const visit = await bench.at('#/new');
  const page = cockpit(visit);
  await page.fillPostgresql(bench, 'cancelled', { Port: String(silent.address().port) });
  await page.button('Test connection').click();
  await page.panel.getByText('Running').first().waitFor({ timeout: 20_000 });
  const began = Date.now();
  await page.button('Cancel the check').click();
  await until(() => tests(bench).at(-1)?.aborted, 5, 'the request is ended');
  assert.ok(tests(bench).at(-1).aborted - began < 1000);
  await until(async () => (await page.panel.getByText('Running').count()) === 0, 1, 'nothing runs any more');
});

check('24b a check whose answer breaks off says so and can be repeated', async (bench) => {
  const visit = await bench.at('#/new');
  visit.tolerate(/ERR_INCOMPLETE_CHUNKED|ERR_HTTP|network error|Failed to load/i);
  const page = cockpit(visit);
  await page.fillPostgresql(bench, 'broken-off');
  const well = bench.recorder.breakOff(to('/api/admin/catalogs/test'), 'event: step');
  await page.button('Test connection').click();
  // nginx keeps the end of one HTTP/2 stream to itself until it has a word for another: the next sign of life of the events.
  await page.main.getByText(/answer broke off before the end/).first().waitFor({ timeout: 30_000 });
  await until(async () => (await page.panel.getByText('Running').count()) === 0, 5, 'no step runs for ever');
  well();
  await page.button('Retry').click();
  await page.panel.getByText('Passed').first().waitFor();
  await page.checkEnds();
}, { proxied: true });

check('37a testing by keyboard alone', async (bench) => {
  const visit = await bench.at('#/new');
  const page = cockpit(visit);
  const { keyboard } = visit.page;
  await page.tabTo(page.search);
  await keyboard.type('PostgreSQL');
  await keyboard.press('Enter');
  await page.isConnector('PostgreSQL');
  await page.tabTo(page.field('Name'));
  await keyboard.type('by-keyboard');
  for (const [label, text] of [['Host', '127.0.0.1'], ['Port', String(bench.stack.postgresql.port)], ['Database', 'sales'], ['User', 'trino_ro'], ['Password', 'pw_ok']]) {
    await page.tabTo(page.field(label));
    await keyboard.press('Control+A');
    await keyboard.type(text);
  }
  await page.tabTo(page.field('TLS'));
  await keyboard.type('Off');
  await page.tabTo(page.button('Test connection'));
  const outline = await visit.page.evaluate(() => {
    const style = getComputedStyle(document.activeElement);
    return style.outlineStyle !== 'none' || style.boxShadow !== 'none';
  });
  assert.ok(outline, 'the focus is seen');
  await keyboard.press('Enter');
  await page.checkEnds();
  await page.panel.getByText('Passed').first().waitFor();
});
