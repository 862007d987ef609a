import assert from 'node:assert/strict';
import { check } from '../harness/checks.mjs';
import { cockpit } from '../harness/cockpit.mjs';
import { plainSecret } from '../harness/canary.mjs';
import { until } from '../harness/processes.mjs';

const one = (name) => ({ catalogs: [(stack) => stack.catalog(name)] });

check('28 the detail shows what was registered, and never a secret', async (bench) => {
  const { stack } = bench;
  const secret = bench.secret(plainSecret());
  await stack.postgresql.addAccount('shown_one', secret);
  bench.after(() => stack.postgresql.execute('DROP OWNED BY shown_one; DROP ROLE shown_one'));
  await bench.manager.register(stack.catalog('shown-one', secret, 'shown_one'));
  const visit = await bench.at('#/c/shown-one');
  const page = cockpit(visit);
  await page.heading(/shown-one/).waitFor();
  for (const loaded of ['PostgreSQL', '127.0.0.1', /Set, changed/]) await page.main.getByText(loaded).first().waitFor();
  const text = await page.main.innerText();
  assert.match(text, /shown_one/);
  await visit.picture('detail');
  for (const tab of ['Access', 'Checks', 'History']) {
    await visit.page.getByRole('tab', { name: tab }).click();
    await visit.page.getByRole('tabpanel').first().waitFor();
    assert.deepEqual(await bench.search(), [], tab);
    await visit.picture(`detail-${tab.toLowerCase()}`);
  }
}, { proxied: true });

check('29 a catalog is tested with the secret that is stored, and the check is remembered', async (bench) => {
  const visit = await bench.at('#/c/tested-here');
  const page = cockpit(visit);
  await page.heading(/tested-here/).waitFor();
  const path = '/api/admin/catalogs/tested-here/test';
  // A scheduled check may be at it in this very moment: then the page says so, and one tries again.
  await until(async () => {
    const already = bench.recorder.of('POST', path).length;
    await page.button(/^Test (connection|again)$/).click();
    const call = await until(() => bench.recorder.of('POST', path)[already], 5, 'the test is asked for');
    await until(() => call.ended, 20, 'the test has ended');
    return call.status === 200;
  }, 30, 'a test ran', 300);
  assert.doesNotMatch(bench.recorder.of('POST', path)[0].body, /password|pw_ok/);
  await page.panel.getByText('Passed').first().waitFor();
  await visit.page.getByRole('tab', { name: 'Checks' }).click();
  await visit.page.getByRole('tabpanel').getByText(/by alice/).first().waitFor();
  await visit.picture('detail-tested');
}, one('tested-here'));

check('28b access: who can query it, by role', async (bench) => {
  const visit = await bench.at('#/c/who-can/access');
  const page = cockpit(visit);
  for (const role of ['akko-admin', 'akko-engineer', 'akko-analyst']) await page.main.getByText(role).first().waitFor();
  await page.main.getByText(/3 people can query this/).first().waitFor();
}, one('who-can'));

check('28c a catalog that is not there says so', async (bench) => {
  const visit = await bench.at('#/c/never-was');
  const page = cockpit(visit);
  await page.main.getByText(/There is no catalog never-was/).first().waitFor();
});

check('28d history: who registered it, who tested it, by a link and on a fresh load', async (bench) => {
  const path = '/api/admin/catalogs/with-a-past/test';
  await until(async () => (await bench.manager.api('POST', path)).status === 200, 30, 'a test ran', 300);
  const visit = await bench.at('#/c/with-a-past/history');
  const page = cockpit(visit);
  await page.heading(/with-a-past/).waitFor();
  assert.equal(await visit.page.getByRole('tab', { name: 'History' }).getAttribute('aria-selected'), 'true');
  const panel = visit.page.getByRole('tabpanel');
  const lines = panel.getByRole('listitem');
  await lines.first().waitFor();
  assert.match(await lines.first().innerText(), /alice tested the connection/);
  const last = await lines.last().innerText();
  assert.match(last, /alice registered this catalog/);
  assert.match(last, /Succeeded/);
  assert.match(last, /from 127\.0\.0\.1/);
  assert.match(last, /Reference [0-9a-f]{32}/);
  // A test from this page shows up by itself.
  const before = await lines.count();
  await until(async () => {
    await page.button(/^Test (connection|again)$/).click();
    return (await lines.count()) > before;
  }, 30, 'the new test is in the history', 1000);
  await visit.picture('detail-history');
}, one('with-a-past'));

check('33a removing asks for the name; Escape keeps', async (bench) => {
  const visit = await bench.at('#/');
  const page = cockpit(visit);
  await page.row('keep-me').waitFor();
  await page.openMenu('keep-me');
  await visit.page.getByRole('menuitem', { name: /^Remove/ }).click();
  const dialog = visit.page.locator('[role=dialog], [role=alertdialog]');
  await dialog.getByText('Remove keep-me?').first().waitFor();
  const remove = dialog.getByRole('button', { name: 'Remove catalog' });
  assert.ok(await remove.isDisabled());
  const typed = dialog.getByRole('textbox');
  await typed.fill('keep-m');
  assert.ok(await remove.isDisabled());
  await typed.fill('keep-me');
  assert.ok(await remove.isEnabled());
  await visit.picture('remove');
  await visit.page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
  assert.deepEqual(await bench.manager.names(), ['keep-me']);
  assert.equal(bench.recorder.of('DELETE', /./).length, 0);
}, one('keep-me'));

check('33b removed: the row is gone, the cursor is on the heading of the list, Trino has it no more', async (bench) => {
  const visit = await bench.at('#/');
  const page = cockpit(visit);
  await page.row('gone-soon').waitFor();
  await page.openMenu('gone-soon');
  await visit.page.getByRole('menuitem', { name: /^Remove/ }).click();
  const dialog = visit.page.locator('[role=dialog], [role=alertdialog]');
  await dialog.getByRole('textbox').fill('gone-soon');
  await dialog.getByRole('button', { name: 'Remove catalog' }).click();
  await dialog.waitFor({ state: 'hidden', timeout: 20_000 });
  await page.row('gone-soon').waitFor({ state: 'hidden' });
  await page.row('stays-on').waitFor();
  await until(async () => /H1/.test((await page.focused()).tag), 5, 'the heading has the focus');
  assert.deepEqual(await bench.manager.names(), ['stays-on']);
  const catalogs = (await bench.stack.query('SHOW CATALOGS')).flat();
  assert.ok(!catalogs.includes('gone-soon'));
}, { catalogs: ['gone-soon', 'stays-on'].map((name) => (stack) => stack.catalog(name)), proxied: true });

check('33c removed from its own page: back to the list', async (bench) => {
  const visit = await bench.at('#/c/left-behind');
  const page = cockpit(visit);
  await page.heading(/left-behind/).waitFor();
  await page.button(/^Remove/).click();
  const dialog = visit.page.locator('[role=dialog], [role=alertdialog]');
  await dialog.getByRole('textbox').fill('left-behind');
  await dialog.getByRole('button', { name: 'Remove catalog' }).click();
  await page.heading('Data Catalogs').waitFor({ timeout: 20_000 });
  await page.main.getByText('No catalogs yet').waitFor();
}, one('left-behind'));

check('37b menus and dialogs by keyboard: Escape closes, and the focus returns to where it was', async (bench) => {
  const visit = await bench.at('#/');
  const page = cockpit(visit);
  await page.row('by-keys').waitFor();
  const button = page.row('by-keys').getByRole('button', { name: 'Actions for by-keys' });
  await page.tabTo(button);
  await visit.page.keyboard.press('Enter');
  await visit.page.getByRole('menu').waitFor();
  await visit.page.keyboard.press('Escape');
  await visit.page.getByRole('menu').waitFor({ state: 'hidden' });
  await until(() => button.evaluate((element) => element === document.activeElement), 5, 'the focus is back on the button');
}, one('by-keys'));

check('02b two windows see the same: what one removes is gone in the other', async (bench) => {
  const first = await bench.at('#/');
  const second = await bench.at('#/');
  await cockpit(second).row('seen-by-two').waitFor();
  await cockpit(first).row('seen-by-two').waitFor();
  await bench.manager.api('DELETE', '/api/admin/catalogs/seen-by-two');
  for (const visit of [first, second]) await cockpit(visit).row('seen-by-two').waitFor({ state: 'hidden', timeout: 15_000 });
}, { ...one('seen-by-two'), proxied: true });
