import assert from 'node:assert/strict';
import { check } from '../harness/checks.mjs';
import { cockpit } from '../harness/cockpit.mjs';
import { plainSecret } from '../harness/canary.mjs';
import { until } from '../harness/processes.mjs';

check('11 the picker: 15 connectors in 5 groups, searchable, by keyboard alone', async (bench) => {
  const visit = await bench.at('#/new');
  const page = cockpit(visit);
  await page.connectors.first().waitFor();
  assert.equal(await page.connectors.count(), 15);
  const groups = await visit.page.getByRole('region', { name: 'Connector' }).getByRole('heading', { level: 3 }).allInnerTexts();
  assert.deepEqual(groups.toSorted(), ['Data lakes', 'NoSQL and search', 'Relational databases', 'Streams', 'Warehouses']);
  for (const card of await page.connectors.all()) assert.match(await card.innerText(), /\n.{10,}/, 'each says what it needs');
  await visit.picture('connector-picker');
  await page.tabTo(page.search);
  await visit.page.keyboard.type('snow');
  await until(async () => (await page.connectors.count()) === 1, 5, 'one connector is left');
  await visit.page.keyboard.press('Tab');
  assert.match((await page.focused()).name, /^Snowflake/);
  await visit.page.keyboard.press('Enter');
  await page.isConnector('Snowflake');
  await until(async () => /Change connector/.test((await page.focused()).name), 5, 'the focus goes to where the choice can be changed');
  await page.field('User').waitFor();
});

check('12 each connector: required fields, real defaults, and every missing field by its name', async (bench) => {
  const connectors = (await bench.manager.api('GET', '/api/admin/connectors')).body;
  assert.equal(connectors.length, 15);
  const visit = await bench.at('#/new');
  const page = cockpit(visit);
  for (const { id, title } of connectors) {
    const { fields } = (await bench.manager.api('GET', `/api/admin/connectors/${id}`)).body;
    const shown = fields.filter((field) => !field.show_when && !field.advanced);
    const required = shown.filter((field) => field.required && field.default === undefined && field.kind !== 'enumeration');
    assert.ok(shown.length > 0, id);
    await page.connector(title);
    for (const field of required) await page.field(field.label).waitFor();
    for (const field of shown.filter(({ kind, default: value }) => kind === 'integer' && value !== undefined))
      assert.equal(await page.field(field.label).inputValue(), String(field.default), `${id}: ${field.label}`);
    await page.button('Register catalog').click();
    await page.summary.waitFor();
    const said = await page.summary.innerText();
    assert.match(said, /Give the catalog a name/);
    for (const field of required) assert.ok(said.includes(`${field.label} is required.`), `${id}: ${field.label} in ${said}`);
  }
  assert.equal(bench.recorder.of('POST', /catalogs/).length, 0, 'nothing incomplete is sent');
}, { timeout: 120_000 });

check('13 the summary of errors has the focus, and leads to the fields', async (bench) => {
  const visit = await bench.at('#/new');
  const page = cockpit(visit);
  await page.connector('PostgreSQL');
  await page.button('Register catalog').click();
  await page.summary.waitFor();
  await until(() => page.summary.evaluate((element) => element === document.activeElement), 5, 'the summary has the focus');
  await visit.picture('error-summary');
  await page.summary.getByRole('button', { name: /^Host/ }).click();
  const host = page.field('Host');
  assert.ok(await host.evaluate((element) => element === document.activeElement));
  for (const label of ['Name', 'Host', 'Database', 'User']) {
    const field = page.field(label);
    assert.equal(await field.getAttribute('aria-invalid'), 'true', label);
    const described = await field.evaluate((element) =>
      (element.getAttribute('aria-describedby') ?? '').split(/\s+/).map((id) => document.getElementById(id)?.textContent ?? '').join(' '),
    );
    assert.match(described, /required|Give/, `${label} says what is wrong`);
  }
  await host.fill('db.example');
  await until(async () => (await host.getAttribute('aria-invalid')) !== 'true', 5, 'a corrected field is right at once');
});

check('14 names: what the rule refuses, what it takes, and who has a taken one', async (bench) => {
  const visit = await bench.at('#/new');
  const page = cockpit(visit);
  const name = page.field('Name');
  const invalid = async () => (await name.getAttribute('aria-invalid')) === 'true';
  await page.connector('PostgreSQL');
  for (const wrong of ['Client_1', 'a'.repeat(41), '']) {
    await name.fill(wrong || 'x');
    await name.fill(wrong);
    await name.blur();
    if (!wrong) await page.button('Register catalog').click();
    await until(invalid, 5, `“${wrong}” is refused`);
  }
  for (const right of ['a', 'a'.repeat(40)]) {
    await name.fill(right);
    await name.blur();
    await until(async () => !(await invalid()), 5, `“${right}” is taken`);
  }
  await name.fill('taken-name');
  await name.blur();
  await page.main.getByText(/This name is in use.*alice/).first().waitFor();
}, { catalogs: [(stack) => stack.catalog('taken-name')] });

const urls = [
  ['jdbc:postgresql://db.example:5433/sales?user=reader&password=@', 'PostgreSQL', { Host: 'db.example', Port: '5433', Database: 'sales', User: 'reader' }],
  ['postgresql://reader:@@pg.example/sales', 'PostgreSQL', { Host: 'pg.example', Port: '5432', Database: 'sales', User: 'reader' }],
  ['jdbc:mysql://my.example:3307?user=reader&password=@', 'MySQL', { Host: 'my.example', Port: '3307', User: 'reader' }],
  ['jdbc:sqlserver://ms.example:1433;databaseName=sales;user=reader;password=@', 'SQL Server', { Host: 'ms.example', Database: 'sales', User: 'reader' }],
  ['jdbc:oracle:thin:@ora.example:1521/ORCL', 'Oracle', { Host: 'ora.example', Port: '1521' }],
  ['jdbc:redshift://rs.example:5439/dev?user=reader&password=@', 'Redshift', { Host: 'rs.example', Database: 'dev', User: 'reader' }],
  ['jdbc:snowflake://acme.snowflakecomputing.com/?db=SALES&user=reader&password=@', 'Snowflake', { User: 'reader' }],
  ['thrift://hms.example:9083', 'Hive', {}],
  ['mongodb://reader:@@mongo.example:27017/', 'MongoDB', {}],
];

check('15 a pasted address picks the connector and fills the form; its password is seen nowhere', async (bench) => {
  const visit = await bench.at('#/new');
  const page = cockpit(visit);
  const paste = visit.page.getByRole('textbox', { name: /Paste a connection URL/ });
  for (const [template, connector, fields] of urls) {
    const secret = bench.secret(plainSecret());
    const url = template.includes('thin:@') ? template : template.replace('@', secret);
    await paste.fill(url);
    await paste.blur();
    await page.isConnector(connector).catch(() => assert.fail(`${connector} is not picked for ${template}`));
    for (const [label, value] of Object.entries(fields)) assert.equal(await page.field(label).inputValue(), value, `${connector}: ${label}`);
    if (url !== template) {
      await page.main.getByText(/moved to the secret field/i).first().waitFor();
      const held = await visit.page.locator('input[type=password]').evaluateAll((all) => all.map((field) => field.value));
      assert.ok(held.includes(secret), `${connector}: the password is in the secret field`);
    }
    assert.deepEqual(await bench.search(), [], connector);
  }
  await visit.picture('pasted');
  const [, connector] = urls.at(-1);
  await paste.fill('gopher://db.example/x');
  await paste.blur();
  await page.main.getByText(/does not look like a URL for a supported source/i).waitFor();
  await page.isConnector(connector);
});

check('16 another connector: its fields are empty, the old check is gone, name and description stay', async (bench) => {
  const visit = await bench.at('#/new');
  const page = cockpit(visit);
  await page.fillPostgresql(bench, 'stays-here', { Password: 'wrong' });
  await page.field('Description').fill('Orders of the shop');
  await page.button('Test connection').click();
  await page.panel.getByText('Failed').first().waitFor({ timeout: 20_000 });
  await page.connector('MySQL');
  assert.equal(await page.field('Name').inputValue(), 'stays-here');
  assert.equal(await page.field('Description').inputValue(), 'Orders of the shop');
  assert.equal(await page.field('Host').inputValue(), '');
  assert.equal(await page.field('User').inputValue(), '');
  assert.equal(await page.field('Port').inputValue(), '3306');
  assert.equal(await page.field('Password').inputValue(), '');
  assert.equal(await page.panel.getByText('Failed').count(), 0);
});

check('19 who can query it: counts by role, a warning for nobody and for losing one’s own access', async (bench) => {
  const visit = await bench.at('#/new');
  const page = cockpit(visit);
  await page.main.getByText(/3 people/).first().waitFor();
  const roles = visit.page.getByRole('textbox', { name: /^Allowed roles/ }).or(visit.page.getByRole('combobox', { name: /^Allowed roles/ })).first();
  await roles.focus();
  for (let role = 0; role < 3; role++) await visit.page.keyboard.press('Backspace');
  await page.main.getByText('Nobody could query this catalog.').waitFor();
  await roles.fill('akko-engineer');
  await visit.page.keyboard.press('Enter');
  await page.main.getByText(/1 person/).first().waitFor();
  await page.main.getByText(/You will lose access/).first().waitFor();
  await visit.picture('roles');
  await roles.fill('no-such-role');
  await visit.page.keyboard.press('Enter');
  await page.main.getByText('No such realm role: no-such-role.').first().waitFor();
});

check('35 copy as curl, SQL and YAML: usable, without a secret', async (bench) => {
  const secret = bench.secret(plainSecret());
  const visit = await bench.at('#/new');
  const page = cockpit(visit);
  await page.fillPostgresql(bench, 'copy-me', { Password: secret });
  const [curl, sql, yaml] = [await page.copyAs('curl'), await page.copyAs('SQL'), await page.copyAs('YAML')];
  for (const text of [curl, sql, yaml]) assert.deepEqual(bench.canary.seenIn(text), []);
  assert.match(sql, /CREATE CATALOG "copy-me"/);
  assert.match(yaml, /name: "?copy-me/);
  // The command runs as it is, with $TOKEN set and the placeholder filled in.
  await bench.manager.names();
  const { command } = await import('../harness/processes.mjs');
  const placeholder = /\$\{?([A-Z][A-Z0-9_]*)\}?/g;
  const names = new Set([...curl.matchAll(placeholder)].map(([, name]) => name).filter((name) => name !== 'TOKEN'));
  const variables = Object.fromEntries([...names].map((name) => [name, 'pw_ok']));
  const answer = await command('bash', ['-c', `set -u; ${curl}`], { TOKEN: bench.manager.token, NO_PROXY: '*', ...variables });
  assert.match(answer, /copy-me/);
  assert.deepEqual(await bench.manager.names(), ['copy-me']);
});
