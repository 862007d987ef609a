import assert from 'node:assert/strict';
import { check } from '../harness/checks.mjs';
import { cockpit } from '../harness/cockpit.mjs';
import { until } from '../harness/processes.mjs';

const adminCalls = (bench) => bench.recorder.calls.filter((call) => call.path.startsWith('/api/admin/') && call.path !== '/api/admin/me');

check('01 without a session: to the issuer with a PKCE challenge, and back to the same place', async (bench) => {
  const visit = await bench.visit({ kept: { cookies: [], origins: [] } });
  await visit.page.goto(`${visit.entry.url}#/new`);
  await visit.page.waitForURL((url) => url.origin === visit.entry.issuer);
  const asked = visit.addresses.map((address) => new URL(address)).find((url) => url.searchParams.has('code_challenge'));
  assert.equal(asked.origin, visit.entry.issuer);
  assert.equal(asked.searchParams.get('code_challenge_method'), 'S256');
  assert.equal(asked.searchParams.get('response_type'), 'code');
  assert.ok(asked.searchParams.get('state') && asked.searchParams.get('nonce') !== '');
  await visit.picture('sign-in');
  await visit.signIn();
  await cockpit(visit).heading('Add a catalog').waitFor();
  assert.equal(new URL(visit.page.url()).hash, '#/new');
  assert.equal(new URL(visit.page.url()).search, '', 'no code or state stays in the address');
}, { proxied: true });

check('02 nothing of a token is kept, and a reload signs in without a question', async (bench) => {
  const visit = await bench.visit({ kept: { cookies: [], origins: [] } });
  await visit.go('#/');
  await cockpit(visit).heading('Data Catalogs').waitFor();
  const kept = () => visit.page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]));
  assert.doesNotMatch(await kept(), /eyJ|token|code_verifier/i);
  let asked = 0;
  visit.page.on('framenavigated', (frame) => (asked += /\/dev-issuer\/.*(login|form)/.test(frame.url()) ? 1 : 0));
  await visit.page.reload();
  await cockpit(visit).heading('Data Catalogs').waitFor();
  assert.equal(await visit.page.getByRole('button', { name: /bob/i }).count(), 0);
  assert.doesNotMatch(await kept(), /eyJ|token|code_verifier/i);
}, { proxied: true });

check('03 without the role akko-admin: the page says whom to ask, and asks the manager nothing else', async (bench) => {
  const visit = await bench.at('#/', { user: 'carol' });
  const page = cockpit(visit);
  await page.heading(/You need the akko-admin role/).waitFor();
  await page.main.getByText(/You are signed in as carol/).waitFor();
  await page.button('Sign in again').waitFor();
  await page.button('Copy request').click();
  assert.match(await page.clipboard(), /akko-admin[\s\S]*carol/);
  assert.deepEqual(adminCalls(bench).map((call) => call.path), []);
  await visit.picture('role-missing');
}, { proxied: true });

check('04 a session that ends while typing: a banner, and nothing typed is lost', async (bench) => {
  const visit = await bench.at('#/new');
  const page = cockpit(visit);
  await page.fillPostgresql(bench, 'kept-values');
  // The tokens are over, and the issuer gives no new ones.
  const well = bench.recorder.spoilTokens((call) => call.path.startsWith('/api/'));
  const refuse = (route) => {
    const headers = { 'Access-Control-Allow-Origin': new URL(visit.entry.url).origin };
    return route.fulfill({ status: 400, contentType: 'application/json', headers, body: '{"error":"invalid_grant"}' });
  };
  await visit.context.route('**/dev-issuer/token', refuse);
  await page.button('Test connection').click();
  await page.page.getByText('Your session ended.').first().waitFor();
  assert.equal(await page.field('Host').inputValue(), '127.0.0.1');
  assert.equal(await page.field('Name').inputValue(), 'kept-values');
  assert.equal(await page.field('Password').inputValue(), 'pw_ok');
  await visit.picture('session-ended');
  well();
  await visit.context.unroute('**/dev-issuer/token', refuse);
  const popup = visit.context.waitForEvent('page');
  await page.button(/Sign in again/).first().click();
  const tab = await popup;
  await until(() => tab.isClosed(), 15, 'the tab of the sign-in closes itself');
  await page.page.getByText('Your session ended.').first().waitFor({ state: 'hidden' });
  await page.button('Test connection').click();
  await page.panel.getByText('Passed').first().waitFor();
  assert.equal(await page.field('Password').inputValue(), 'pw_ok');
}, { proxied: true });

check('05a a link to a place inside works on a fresh load, and an unknown one says so', async (bench) => {
  const visit = await bench.at('#/c/deep-link/checks');
  const page = cockpit(visit);
  await page.heading(/deep-link/).waitFor();
  assert.match(visit.page.url(), /#\/c\/deep-link\/checks$/);
  await visit.page.goto(`${visit.entry.url}#/nowhere/at/all`);
  await page.heading('There is no such page').waitFor();
}, { catalogs: [(stack) => stack.catalog('deep-link')], proxied: true });

check('05b signing out forgets the session', async (bench) => {
  const visit = await bench.visit({ kept: { cookies: [], origins: [] } });
  await visit.go('#/');
  const page = cockpit(visit);
  await page.button('Account of alice').click();
  await visit.page.getByRole('menuitem', { name: 'Sign out' }).click();
  // From the issuer back to the page, which has no session and asks the issuer who it is: nothing else may be opened before.
  const form = visit.page.getByRole('button', { name: /^(?!Account of).*alice/i });
  await form.waitFor();
  assert.deepEqual((await visit.context.cookies()).filter((cookie) => /session/i.test(cookie.name)), []);
  await visit.page.goto(visit.entry.url);
  await form.waitFor();
});
