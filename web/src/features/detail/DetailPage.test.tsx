import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { HttpResponse, http } from 'msw';
import type { Catalog, Check, Operation } from '../../api/types';
import i18next from '../../i18n';
import { alpha, catalog, events, problem, step } from '../../test/fixtures';
import { renderPage } from '../../test/render';
import { phrasesAre, server } from '../../test/server';
import DetailPage from '.';

const check = (change: Partial<Check> = {}): Check => ({
  checked_at: 1_700_000_000,
  trigger: 'manual',
  user: 'alice',
  health: 'healthy',
  duration_ms: 20,
  code: null,
  message: '',
  steps: [step('dns', { status: 'passed', message: 'stored step' })],
  ...change,
});

function manager(one: Catalog | null, checks: Check[] = [check()]) {
  server.use(
    http.get('*/api/admin/catalogs', () => HttpResponse.json(one ? [one] : [])),
    http.get('*/api/admin/catalogs/sales', () =>
      one ? HttpResponse.json(one) : HttpResponse.json(problem('catalog_not_found', 404), { status: 404 }),
    ),
    http.get('*/api/admin/catalogs/sales/checks', () => HttpResponse.json({ checks })),
    http.get('*/api/admin/connectors', () => HttpResponse.json([alpha])),
  );
}

it('shows the connection by the labels of the definition, and of secrets only that they are set', async () => {
  manager(catalog('sales'));
  renderPage(<DetailPage name="sales" tab="connection" />);
  expect(await screen.findByText('Host')).toBeVisible();
  expect(screen.getByText('db.example')).toBeVisible();
  expect(screen.getByText('Password').closest('div')).toHaveTextContent(/Set, changed 14 Nov 2023 by bob/);
  expect(await screen.findByText(/stored step/)).toBeVisible();
});

it('shows the properties of a catalog that the form cannot say', async () => {
  manager(catalog('sales', { fields: null }));
  renderPage(<DetailPage name="sales" tab="connection" />);
  expect(await screen.findByText('alpha://db.example:5432/sales')).toBeVisible();
});

it('draws a test while it runs', async () => {
  manager(catalog('sales'));
  const passed = step('dns', { status: 'passed', message: 'live step' });
  server.use(
    http.post(
      '*/api/admin/catalogs/sales/test',
      () =>
        new HttpResponse(
          events(
            ['plan', { deadline_ms: 20_000, steps: [step('dns')] }],
            ['step', passed],
            ['result', { ok: true, code: null, message: 'It answers.', proves: 'service', duration_ms: 3, steps: [passed] }],
          ),
          { headers: { 'Content-Type': 'text/event-stream' } },
        ),
    ),
  );
  renderPage(<DetailPage name="sales" tab="connection" />);
  await screen.findByText(/stored step/);
  await userEvent.click(screen.getByRole('button', { name: 'Test again' }));
  expect(await screen.findByText(/live step/)).toBeVisible();
  expect(screen.getByText('It answers.')).toBeVisible();
  expect(screen.queryByText(/stored step/)).not.toBeInTheDocument();
});

it('says that a test broke and offers another', async () => {
  manager(catalog('sales'), []);
  server.use(
    http.post(
      '*/api/admin/catalogs/sales/test',
      () => new HttpResponse(events(['plan', { deadline_ms: 20_000, steps: [step('dns')] }])),
    ),
  );
  renderPage(<DetailPage name="sales" tab="connection" />);
  await userEvent.click(await screen.findByRole('button', { name: 'Test connection' }));
  const alert = await screen.findByRole('alert');
  expect(alert).toHaveTextContent('The connection to the manager broke during the check.');
  expect(within(alert).getByRole('button', { name: 'Try again' })).toBeEnabled();
});

it('warns about unknown and empty roles and lost access', async () => {
  manager(catalog('sales', { allow_roles: ['ghosts', 'nobody', 'people'] }));
  server.use(
    http.get('*/api/admin/roles/preview', () =>
      HttpResponse.json({
        people: 2,
        roles: [
          { name: 'ghosts', known: false, members: null, sample: [] },
          { name: 'nobody', known: true, members: 0, sample: [] },
          { name: 'people', known: true, members: 2, sample: ['ann', 'ben'] },
        ],
        you_keep_access: false,
      }),
    ),
  );
  renderPage(<DetailPage name="sales" tab="access" />);
  expect(await screen.findByText('2 people can query this.')).toBeVisible();
  expect(screen.getByText('ghosts').closest('li')).toHaveTextContent('No such realm role.');
  expect(screen.getByText('nobody').closest('li')).toHaveTextContent('Nobody has this role.');
  expect(screen.getByText('people').closest('li')).toHaveTextContent('2 people, among them ann and ben');
  expect(screen.getByText(/None of your own roles/)).toBeVisible();
});

it('unfolds the steps of an old check', async () => {
  manager(catalog('sales'), [
    check(),
    check({
      checked_at: 1_699_999_000,
      trigger: 'scheduled',
      user: null,
      health: 'failing',
      code: 'tcp_refused',
      message: 'db.example refused port 1.',
      steps: [step('tcp', { status: 'failed', message: 'old step' })],
    }),
  ]);
  renderPage(<DetailPage name="sales" tab="checks" />);
  const summary = await screen.findByText('db.example refused port 1.');
  expect(screen.getByText(/old step/)).not.toBeVisible();
  await userEvent.click(summary);
  expect(screen.getByText(/old step/)).toBeVisible();
});

it('says in French what an old check found', async () => {
  const message = 'No door {port} at {host}.';
  const facts = [{ code: 'tcp_refused', values: { host: 'h', port: '1' }, message }];
  const failed = { code: 'tcp_refused', message: 'No door 1 at h.' };
  manager(catalog('sales'), [check({ ...failed, steps: [step('tcp', { status: 'failed', ...failed, facts })] })]);
  server.use(phrasesAre({ [message]: 'Pas de porte {port} chez {host}.' }));
  await i18next.changeLanguage('fr');
  renderPage(<DetailPage name="sales" tab="checks" />);
  // The panel's step, the line of the check, and its step.
  expect(await screen.findAllByText(/Pas de porte 1 chez h\./)).toHaveLength(3);
  expect(screen.queryByText(/No door/)).not.toBeInTheDocument();
});

/** A registration that failed, and what came of undoing it. */
function registrationFails(change: Partial<Operation> = {}) {
  manager(catalog('sales', { phase: 'registering', health: 'registering', operation_id: 'op-1' }));
  const operation: Operation = {
    id: 'op-1',
    kind: 'register',
    catalog: 'sales',
    connector: 'alpha',
    user: 'alice',
    status: 'failed',
    started_at: 1,
    ended_at: 2,
    steps: [
      step('write_secrets', { status: 'undone' }),
      step('sign_in', { status: 'failed', code: 'auth_refused', message: 'Alpha refused ada.' }),
    ],
    undone: ['write_secrets'],
    left: [],
    left_facts: [],
    problem: problem('auth_refused', 400),
    ...change,
  };
  server.use(
    http.get('*/api/admin/operations/op-1/events', () => new HttpResponse(events(['result', operation, '1']))),
  );
}

it('follows the operation of a catalog that is being registered, and what a failure undid', async () => {
  registrationFails();
  renderPage(<DetailPage name="sales" tab="connection" />);
  const alert = await screen.findByRole('alert');
  expect(alert).toHaveTextContent('Stopped at: Sign in.');
  expect(alert).toHaveTextContent('Undone: Store the secrets. Nothing was left behind.');
  expect(screen.queryByRole('button', { name: /Remove/ })).not.toBeInTheDocument();
});

it.each([
  ['en', 'the catalog sales in Trino'],
  ['fr', 'le catalogue sales dans Trino'],
])('says what is left in %s', async (language, words) => {
  await i18next.changeLanguage(language);
  registrationFails({
    left: ['the catalog sales in Trino'],
    left_facts: [{ code: 'catalog_in_trino', values: { name: 'sales' } }],
  });
  renderPage(<DetailPage name="sales" tab="connection" />);
  expect(await screen.findByRole('alert')).toHaveTextContent(words);
});

it('says that there is no such catalog', async () => {
  manager(null);
  renderPage(<DetailPage name="sales" tab="connection" />);
  expect(await screen.findByRole('heading', { name: 'There is no catalog sales' })).toBeVisible();
});
