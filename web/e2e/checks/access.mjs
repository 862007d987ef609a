import assert from 'node:assert/strict';
import { check } from '../harness/checks.mjs';
import { cockpit } from '../harness/cockpit.mjs';
import { until } from '../harness/processes.mjs';
import { desktop, phone } from '../harness/browser.mjs';

/** The screens and states that are judged, and how one gets there. */
const states = {
  list: { at: '#/', ready: (page) => page.row('judged').waitFor() },
  'list with its menu open': {
    at: '#/',
    ready: async (page) => {
      await page.row('judged').waitFor();
      await page.openMenu('judged');
    },
  },
  'remove dialog': {
    at: '#/',
    ready: async (page) => {
      await page.row('judged').waitFor();
      await page.openMenu('judged');
      await page.page.getByRole('menuitem', { name: /^Remove/ }).click();
      await page.page.locator('[role=dialog], [role=alertdialog]').waitFor();
    },
  },
  'no match': { at: '#/?q=zzz', ready: (page) => page.button('Clear filters').waitFor() },
  'empty form': { at: '#/new', ready: (page) => page.button('Test connection').waitFor() },
  'form with errors': {
    at: '#/new',
    ready: async (page) => {
      await page.connector('PostgreSQL');
      await page.button('Test connection').click();
      await page.summary.waitFor();
    },
  },
  'failed check': {
    at: '#/new',
    ready: async (page, bench) => {
      await page.fillPostgresql(bench, 'judged-too', { Password: 'wrong' });
      await page.button('Test connection').click();
      await page.panel.getByText('Failed').first().waitFor({ timeout: 20_000 });
      await page.checkEnds();
    },
  },
  detail: { at: '#/c/judged', ready: (page) => page.heading(/judged/).waitFor() },
  'detail, access': { at: '#/c/judged/access', ready: (page) => page.main.getByText(/3 people/).first().waitFor() },
  'detail, checks': { at: '#/c/judged/checks', ready: (page) => page.page.getByRole('tabpanel').first().waitFor() },
  'detail, history': { at: '#/c/judged/history', ready: (page) => page.main.getByText(/registered this catalog/).first().waitFor() },
  'no such page': { at: '#/nowhere', ready: (page) => page.heading('There is no such page').waitFor() },
};

/** Buttons, links and fields that are smaller than a finger needs; links in running text may be. */
const small = () =>
  [...document.querySelectorAll('main button, main input:not([type=hidden]), header button, header a, [role=menuitem]')]
    .filter((element) => element.checkVisibility() && !element.closest('[aria-hidden=true]'))
    // A field among pills is as large as the box around it, which hands its clicks on.
    .map((element) => [element, ((element.matches('[class*=inputField]') && element.closest('[class*=Input-wrapper]')) || element).getBoundingClientRect()])
    .filter(([element, box]) => box.width > 0 && (box.width < 24 || box.height < 24) && getComputedStyle(element).opacity !== '0')
    .map(([element, box]) => `${element.outerHTML.slice(0, 120)}: ${Math.round(box.width)} × ${Math.round(box.height)}`);

for (const [scheme, viewport, size] of [
  ['light', desktop, 'wide'], ['dark', desktop, 'wide'], ['light', phone, 'phone'], ['dark', phone, 'phone'],
])
  check(`38 ${Object.keys(states).length} states, ${scheme}, ${size}: axe finds nothing, nothing scrolls sideways, targets are large enough`, async (bench) => {
    const found = [];
    for (const [name, state] of Object.entries(states)) {
      const visit = await bench.at(state.at, { colorScheme: scheme, viewport, bypassCSP: true });
      const page = cockpit(visit);
      await state.ready(page, bench);
      const violations = await visit.axe();
      if (violations.length) found.push([name, ...violations.map((violation) => `${violation.rule}: ${violation.where.join(' | ')}`)]);
      if (await page.scrollsSideways()) found.push([name, 'scrolls sideways']);
      const tiny = await visit.page.evaluate(small);
      if (tiny.length) found.push([name, 'too small', ...tiny]);
      await visit.picture(`${name.replace(/[^a-z]+/g, '-')}-${scheme}-${size}`);
      await visit.page.close();
    }
    assert.deepEqual(found, []);
  }, { catalogs: [(stack) => stack.catalog('judged')], timeout: 150_000 });

check('38b at 200 % zoom nothing scrolls sideways', async (bench) => {
  for (const place of ['#/', '#/new', '#/c/zoomed']) {
    const visit = await bench.at(place, { viewport: { width: 640, height: 450 } }); // 1280 × 900, twice as large
    const page = cockpit(visit);
    await page.page.getByRole('heading', { level: 1 }).first().waitFor();
    assert.equal(await page.scrollsSideways(), false, place);
  }
}, { catalogs: [(stack) => stack.catalog('zoomed')] });

check('38c one h1, a skip link that works, and a title for each screen', async (bench) => {
  for (const [place, title] of [['#/', /Data Catalogs/], ['#/new', /Add a catalog/], ['#/c/titled', /titled/]]) {
    const visit = await bench.at(place);
    const page = cockpit(visit);
    await page.page.getByRole('heading', { level: 1 }).first().waitFor();
    assert.equal(await page.page.getByRole('heading', { level: 1 }).count(), 1, place);
    assert.match(await visit.page.title(), title);
    assert.match(await visit.page.title(), /Data Catalogs$/);
    const skip = visit.page.getByRole('button', { name: 'Skip to the content' });
    await page.tabTo(skip, 5);
    await visit.page.keyboard.press('Enter');
    assert.ok(await page.main.evaluate((main) => main === document.activeElement || main.contains(document.activeElement)), place);
    assert.match(visit.page.url(), new RegExp(place.replace(/[/#]/g, '\\$&')), 'the place stays');
  }
}, { catalogs: [(stack) => stack.catalog('titled')] });

check('38d light, dark and automatic: chosen by hand, kept over a reload', async (bench) => {
  const visit = await bench.at('#/', { colorScheme: 'light' });
  const ground = () => visit.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const bright = async () => (await ground()).match(/\d+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0) > 384;
  assert.ok(await bright());
  await visit.page.emulateMedia({ colorScheme: 'dark' });
  await visit.page.waitForFunction(() => getComputedStyle(document.body).backgroundColor.match(/\d+/g).slice(0, 3).reduce((a, b) => a + Number(b), 0) < 384);
  assert.equal(await bright(), false, 'automatic follows the system');
  const page = cockpit(visit);
  await page.button('Account of alice').click();
  await visit.page.locator('[role^=menuitem]').filter({ hasText: 'Light' }).click();
  await until(bright, 5, 'light by hand');
  await visit.page.reload();
  await page.heading('Data Catalogs').waitFor();
  assert.ok(await bright(), 'and still light after a reload, on a dark system');
});
