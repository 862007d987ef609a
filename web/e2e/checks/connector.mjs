// A definition that nobody has compiled in: one file in a directory, and the page has a form for it.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { check } from '../harness/checks.mjs';
import { cockpit } from '../harness/cockpit.mjs';
import { freePort, repository } from '../harness/processes.mjs';
import { Manager } from '../harness/stack.mjs';

check('12b a new definition gives a working form, without a new page', async (bench) => {
  const { stack } = bench;
  const directory = mkdtempSync(path.join(stack.directory, 'added-'));
  const guide = readFileSync(path.join(repository, 'docs/adding-a-connector.md'), 'utf8');
  const [, definition] = guide.match(/<!-- the example -->\n```json\n([\s\S]*?)```\n/);
  mkdirSync(path.join(directory, 'connectors'));
  writeFileSync(path.join(directory, 'connectors', 'clickhouse.json'), definition);
  await bench.manager.stop(); // one secret directory belongs to one manager at a time
  const added = await Manager.make(directory, stack.trinoPort, {
    SECRETS_DIR: stack.secrets, CONNECTORS_DIR: path.join(directory, 'connectors'), WARM_UP: 'false',
  });
  bench.after(async () => {
    await added.close();
    await bench.manager.start();
  });
  await added.start();
  const entry = { name: 'added', url: added.url, issuer: added.issuer };
  const visit = await bench.at('#/new', { entry });
  const page = cockpit(visit);
  await page.connector(JSON.parse(definition).title);
  await page.field('Name').fill('from-a-file');
  const port = await freePort();
  for (const [label, value] of [['Host', '127.0.0.1'], ['Port', String(port)], ['User', 'reader'], ['Password', 'pw_ok']]) await page.field(label).fill(value);
  await visit.picture('connector-from-a-file');
  await page.button('Test connection').click();
  await page.panel.getByText('Failed').first().waitFor({ timeout: 30_000 });
  assert.match(await page.step('Open the port').innerText(), /refused/);
  const [sent] = added.recorder.of('POST', '/api/admin/catalogs/test');
  assert.equal(JSON.parse(sent.body).connector, 'clickhouse');
}, { timeout: 90_000 });
