import assert from 'node:assert/strict';
import { check } from '../harness/checks.mjs';
import { cockpit } from '../harness/cockpit.mjs';
import { catalogues } from '../harness/words.mjs';

/** Texts of the English catalogue that a French screen must not show: long enough to be no name, and not the same in French. */
async function english() {
  const { en, fr } = await catalogues();
  const texts = (messages, prefix = '') =>
    Object.entries(messages).flatMap(([key, value]) =>
      typeof value === 'string' ? [[`${prefix}${key}`, value]] : texts(value, `${prefix}${key}.`),
    );
  const french = new Map(texts(fr));
  const all = new Set(french.values());
  return texts(en)
    .filter(([key, text]) => text.length > 3 && french.get(key) !== text && !all.has(text))
    .map(([key, text]) => [key, text.split(/\{\{[^}]*\}\}/).map((part) => part.trim()).filter((part) => /\p{L}{2}.*\p{L}{2}/u.test(part))])
    .filter(([, parts]) => parts.length > 0);
}

/** All words of a screen: text, and what a screen reader is told. */
const wordsOf = (page) =>
  page.evaluate(() => {
    const attributes = [...document.querySelectorAll('*')].flatMap((element) =>
      ['aria-label', 'title', 'placeholder', 'alt', 'aria-description'].map((name) => element.getAttribute(name) ?? ''),
    );
    return `${document.title}\n${document.body.innerText}\n${attributes.join('\n')}`;
  });

const places = {
  list: ['#/', (page) => page.row('en-francais').waitFor()],
  'no match': ['#/?q=zzz', (page) => page.main.getByText('zzz').first().waitFor()],
  form: ['#/new', (page) => page.page.getByRole('textbox').first().waitFor()],
  detail: ['#/c/en-francais', (page) => page.heading(/en-francais/).waitFor()],
  access: ['#/c/en-francais/access', (page) => page.main.getByText('akko-admin').first().waitFor()],
  checks: ['#/c/en-francais/checks', (page) => page.page.getByRole('tabpanel').first().waitFor()],
};

check('39a in French no screen shows a word of the English catalogue', async (bench) => {
  const forbidden = await english();
  assert.ok(forbidden.length > 100, `${forbidden.length} texts to look for`);
  const found = [];
  for (const [name, [location, ready]] of Object.entries(places)) {
    const visit = await bench.at(location, { locale: 'fr-FR' });
    await ready(cockpit(visit));
    const lines = (await wordsOf(visit.page)).split('\n').map((line) => line.trim());
    for (const [key, parts] of forbidden) {
      const shows = (line) => (parts.length === 1 ? line === parts[0] : parts.every((part) => line.includes(part)));
      if (lines.some(shows)) found.push(`${name}: ${key} “${parts.join(' … ')}”`);
    }
    assert.equal(await visit.page.locator('html').getAttribute('lang'), 'fr');
    assert.match(await visit.page.title(), /Catalogues de données$/);
    await visit.picture(`${name.replace(' ', '-')}-fr`);
    await visit.page.close();
  }
  assert.deepEqual(found, []);
}, { catalogs: [(stack) => stack.catalog('en-francais')] });

check('39b the language is changed by hand and kept', async (bench) => {
  const visit = await bench.at('#/', { locale: 'en-GB' });
  const page = cockpit(visit);
  await page.heading('Data Catalogs').waitFor();
  await page.button('Français').click();
  await page.heading('Catalogues de données').waitFor();
  assert.equal(await visit.page.locator('html').getAttribute('lang'), 'fr');
  await visit.page.reload();
  await page.heading('Catalogues de données').waitFor();
});

check('39c counts of none, one and two are put right in both languages', async (bench) => {
  const expectations = { 'en-GB': [/\b1 catalog\b/, /\b2 catalogs\b/], 'fr-FR': [/\b1 catalogue\b/, /\b2 catalogues\b/] };
  for (const [locale, words] of Object.entries(expectations)) {
    await bench.manager.removeAll();
    const visit = await bench.at('#/', { locale });
    for (const [index, expected] of words.entries()) {
      await bench.manager.register(bench.stack.catalog(`counted-${index}`));
      await cockpit(visit).main.getByText(expected).first().waitFor();
    }
    await visit.page.close();
  }
});

check('39d the two catalogues have the same keys, values and no leftovers', async () => {
  const { en, fr } = await catalogues();
  const flat = (messages, prefix = '') =>
    Object.entries(messages).flatMap(([key, value]) => (typeof value === 'string' ? [[prefix + key, value]] : flat(value, `${prefix}${key}.`)));
  const [english_, french] = [new Map(flat(en)), new Map(flat(fr))];
  // French has a plural form of its own for millions.
  const keys = (map) => [...map.keys()].filter((key) => !key.endsWith('_many')).sort();
  // The server's own words are English: the page has them again in every other language, by code.
  assert.deepEqual(keys(french).filter((key) => !/^errors\.(what|fix)\./.test(key)), keys(english_).filter((key) => !/^errors\.(what|fix)\./.test(key)));
  const values = (text) => [...text.matchAll(/\{\{\s*(\w+)/g)].map(([, name]) => name).sort().join();
  for (const [key, text] of english_) {
    assert.equal(values(french.get(key)), values(text), key);
    assert.ok(french.get(key).trim(), key);
  }
});

