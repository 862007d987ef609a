import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { check } from '../harness/checks.mjs';
import { cockpit } from '../harness/cockpit.mjs';
import { freePort, repository, until } from '../harness/processes.mjs';
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

/** Texts of the connector definitions that French says otherwise. */
function englishDefinitions() {
  const words = JSON.parse(readFileSync(path.join(repository, 'connectors/locales/fr.json'), 'utf8'));
  const french = new Set(Object.values(words));
  return Object.keys(words).filter((text) => !french.has(text));
}

/** Every text node and attribute for people, folded ones and choices included; not what other systems said. */
const nodesOf = (page) =>
  page.evaluate(() => {
    const found = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) if (!walker.currentNode.parentElement.closest('pre, code, script')) found.push(walker.currentNode.data.trim());
    for (const element of document.querySelectorAll('[aria-label], [title], [placeholder]'))
      for (const name of ['aria-label', 'title', 'placeholder']) found.push((element.getAttribute(name) ?? '').trim());
    return [...new Set(found)].filter(Boolean);
  });

/** Choices of a form one after the other, so that each field is shown once. */
async function eachChoice(page, look) {
  await look();
  for (let at = 0; at < (await page.main.locator('select').count()); at++) {
    const select = page.main.locator('select').nth(at);
    if (!(await select.isEnabled())) continue;
    const values = await select.locator('option').evaluateAll((options) => options.map((option) => option.value).filter(Boolean));
    const first = await select.inputValue();
    for (const value of values.filter((each) => each !== first)) {
      await select.selectOption(value);
      await look();
    }
    if (first) await select.selectOption(first);
  }
}

const unfold = (page) => page.page.evaluate(() => document.querySelectorAll('details').forEach((each) => (each.open = true)));

check('39e in French the form of every connector is French, folded fields and every choice included', async (bench) => {
  const english = englishDefinitions();
  assert.ok(english.length > 1000, `${english.length} texts to look for`);
  const exact = new Set(english);
  const long = english.filter((text) => text.length > 24);
  const connectors = (await bench.manager.api('GET', '/api/admin/connectors')).body;
  assert.equal(connectors.length, 15);
  const visit = await bench.at('#/new', { locale: 'fr-FR' });
  const page = cockpit(visit);
  const found = new Set();
  let seen = 0;
  const look = async (where) => {
    await unfold(page);
    for (const text of await nodesOf(visit.page)) {
      seen++;
      if (exact.has(text.replace(/ \*$/, '')) || long.some((each) => text.includes(each))) found.add(`${where}: ${text}`);
    }
  };
  const search = visit.page.getByRole('textbox', { name: 'Rechercher un connecteur' });
  const change = page.button('Changer de connecteur');
  for (const { title } of connectors) {
    await search.or(change).waitFor();
    if (await change.count()) await change.click();
    await look('picker');
    await search.fill(title);
    await visit.page.getByRole('region', { name: 'Connecteur' }).getByRole('listitem').getByRole('button').filter({ hasText: new RegExp(`^${title}`) }).first().click();
    await change.waitFor();
    await eachChoice(page, () => look(title));
  }
  assert.ok(seen > 5000, `${seen} texts were looked at`);
  assert.deepEqual([...found], []);
}, { timeout: 180_000 });

/** What a definition's own sentences about failures say around their values. */
function ownSentences(connector) {
  const { diagnosis, hints } = JSON.parse(readFileSync(path.join(repository, `connectors/${connector}.json`), 'utf8'));
  return [...diagnosis, ...Object.values(hints)]
    .flatMap(({ message = '', fix = '' }) => `${message}{}${fix}`.split(/\{\w*\}/))
    .map((part) => part.trim())
    .filter((part) => /\p{L}{2} .*\p{L}{2}/u.test(part));
}

check('39f in French a check says what it found, passed or failed, without English', async (bench) => {
  const visit = await bench.at('#/c/en-francais', { locale: 'fr-FR' });
  const page = cockpit(visit);
  await page.button(/^Tester (la connexion|à nouveau)$/).click();
  const steps = page.panel.getByRole('listitem');
  // The panel shows the check of the registration until this one has begun.
  await until(() => bench.recorder.of('POST', '/api/admin/catalogs/en-francais/test')[0]?.ended, 30, 'the test has ended');
  await page.panel.getByText('La connexion fonctionne.').waitFor();
  const passed = (await steps.allInnerTexts()).join('\n');
  assert.match(passed, /127\.0\.0\.1 correspond à 127\.0\.0\.1/);
  assert.match(passed, /127\.0\.0\.1:\d+ accepte les connexions/);
  assert.match(passed, /visible : \d+ schémas/);
  assert.doesNotMatch(passed, /\b(is|accepts|visible$|these|does not|not run)\b/m);
  await visit.picture('check-passed-fr');

  await visit.go('#/new');
  const port = String(await freePort());
  await visit.page.getByRole('textbox', { name: 'Rechercher un connecteur' }).fill('PostgreSQL');
  await visit.page.getByRole('region', { name: 'Connecteur' }).getByRole('listitem').getByRole('button').first().click();
  const values = { Nom: 'echec', 'Hôte': '127.0.0.1', Port: port, 'Base de données': 'sales', Utilisateur: 'trino_ro', 'Mot de passe': 'pw_ok' };
  for (const [label, value] of Object.entries(values)) await page.field(label).fill(value);
  await page.button('Tester la connexion').click();
  await page.panel.getByText('Échouée').first().waitFor({ timeout: 30_000 });
  const failed = await page.panel.innerText();
  assert.ok(failed.includes(`Connexion refusée par 127.0.0.1 sur le port ${port}.`), failed);
  assert.doesNotMatch(failed, /\b(refused|listen|reach)\b/);
  await visit.picture('check-failed-fr');

  await bench.stack.postgresql.execute("CREATE ROLE sans_acces NOLOGIN PASSWORD 'pw_ok';");
  await page.field('Port').fill(String(bench.stack.postgresql.port));
  await page.field('TLS').selectOption('disable');
  const english = ownSentences('postgresql');
  assert.ok(english.length > 5, `${english.length} sentences to look for`);
  // The first is the sentence of the class, the others are PostgreSQL's own; only the last one's remedy names a statement.
  const failures = [
    [{ 'Mot de passe': 'faux' }, 'PostgreSQL a refusé l’utilisateur trino_ro.'],
    [{ 'Mot de passe': 'pw_ok', 'Base de données': 'base_absente' }, 'base_absente'],
    [{ 'Base de données': 'sales', Utilisateur: 'sans_acces' }, 'ALTER ROLE'],
  ];
  for (const [changes, words] of failures) {
    for (const [label, value] of Object.entries(changes)) await page.field(label).fill(value);
    await page.button('Tester la connexion').click();
    await page.panel.getByText(words).first().waitFor({ timeout: 30_000 });
    const said = (await nodesOf(visit.page)).join('\n');
    assert.deepEqual(english.filter((part) => said.includes(part)), []);
    assert.doesNotMatch(await page.panel.innerText(), /\b(refused|spelling|owner)\b/);
    await visit.picture(`check-failed-${words.split(' ', 1)[0].toLowerCase()}-fr`);
  }
  assert.match(await page.panel.innerText(), /sans_acces/);
}, { catalogs: [(stack) => stack.catalog('en-francais')], timeout: 120_000 });

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
