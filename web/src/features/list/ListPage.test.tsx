import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { HttpResponse, http } from 'msw';
import type { CatalogSummary } from '../../api/types';
import i18next from '../../i18n';
import { alpha, problem, row } from '../../test/fixtures';
import { alice, renderPage } from '../../test/render';
import { phrasesAre, server } from '../../test/server';
import { ListPage } from './ListPage';

const rows = [
  row('lake', {
    connector: 'beta',
    health: 'failing',
    health_detail: { code: 'tcp_refused', message: 'lake.example refused port 1.', checked_at: 1_700_000_000 },
  }),
  row('sales', { allow_roles: ['r1', 'r2', 'r3', 'r4', 'r5'] }),
  row('young', { phase: 'registering', health: 'registering', operation_id: 'op-1' }),
];

function manager(list: CatalogSummary[]) {
  server.use(
    http.get('*/api/admin/catalogs', () => HttpResponse.json(list)),
    http.get('*/api/admin/connectors', () => HttpResponse.json([alpha])),
    http.get('*/api/admin/trino/catalogs', () =>
      HttpResponse.json({ catalogs: [{ name: 'tpch', connector: 'tpch', state: 'failed', message: 'no luck' }], read_at: 1 }),
    ),
  );
}

const rowOf = (name: string) => screen.getByRole('link', { name }).closest('tr') as HTMLElement;

it('says health, reason and age in words', async () => {
  manager(rows);
  renderPage(<ListPage />);
  await screen.findByRole('link', { name: 'lake' });
  expect(rowOf('lake')).toHaveTextContent('Failing');
  expect(rowOf('lake')).toHaveTextContent('lake.example refused port 1.');
  expect(rowOf('lake')).toHaveTextContent(/checked .* ago/);
  expect(await within(rowOf('sales')).findByText('Alpha DB')).toBeVisible();
  expect(rowOf('sales')).toHaveTextContent('+2');
  expect(within(rowOf('young')).getByRole('link', { name: 'Show progress' })).toHaveAttribute('href', '#/c/young');
});

it('says the reason in French, by its template and with its values', async () => {
  const said = (name: string, fact: object) =>
    row(name, {
      health: 'failing',
      health_detail: { code: 'tcp_refused', message: 'in English', facts: [{ code: 'tcp_refused', values: { host: 'h', port: '1' }, ...fact }], checked_at: 1 },
    });
  manager([said('by-class', {}), said('by-template', { message: 'No door {port} at {host}.' })]);
  server.use(phrasesAre({ 'No door {port} at {host}.': 'Pas de porte {port} chez {host}.' }));
  await i18next.changeLanguage('fr');
  renderPage(<ListPage />);
  expect(await screen.findByText('Pas de porte 1 chez h.')).toBeVisible();
  expect(rowOf('by-template')).toHaveTextContent('Pas de porte 1 chez h.');
  expect(rowOf('by-class')).toHaveTextContent('Connexion refusée par h sur le port 1.');
});

it('lists what Trino has of others, without a menu', async () => {
  manager(rows);
  renderPage(<ListPage />);
  const section = await screen.findByRole('region', { name: 'Managed elsewhere' });
  expect(section).toHaveTextContent('tpch');
  expect(section).toHaveTextContent('Did not load');
  expect(within(section).queryByRole('button')).not.toBeInTheDocument();
});

it('keeps search and filters in the address and offers to clear them', async () => {
  manager(rows);
  renderPage(<ListPage />);
  await screen.findByRole('link', { name: 'lake' });
  await userEvent.type(screen.getByRole('searchbox'), 'sal');
  expect(window.location.hash).toBe('#/?q=sal');
  expect(screen.queryByRole('link', { name: 'lake' })).not.toBeInTheDocument();
  expect(screen.getByText('1 of 3 catalogs')).toBeVisible();
  await userEvent.type(screen.getByRole('searchbox'), 'zz');
  expect(screen.getByText('No catalog matches “salzz”.')).toBeVisible();
  await userEvent.click(screen.getByRole('button', { name: 'Clear filters' }));
  expect(window.location.hash).toBe('#/');
  expect(screen.getByRole('link', { name: 'lake' })).toBeVisible();
});

it('reads the filters from the address', async () => {
  manager(rows);
  renderPage(<ListPage />, { path: '/?health=failing' });
  await screen.findByRole('link', { name: 'lake' });
  expect(screen.queryByRole('link', { name: 'sales' })).not.toBeInTheDocument();
});

it('goes to the search on a slash', async () => {
  manager(rows);
  renderPage(<ListPage />);
  await screen.findByRole('link', { name: 'lake' });
  await userEvent.keyboard('/');
  expect(screen.getByRole('searchbox')).toHaveFocus();
});

it('has three things to do when there is nothing', async () => {
  manager([]);
  renderPage(<ListPage />);
  expect(await screen.findByRole('heading', { name: 'No catalogs yet' })).toBeVisible();
  await userEvent.click(screen.getByRole('link', { name: 'Paste a connection URL' }));
  expect(window.location.hash).toBe('#/new?paste=1');
  expect(screen.getByRole('button', { name: 'Copy a curl example' })).toBeEnabled();
  expect(screen.getAllByRole('link', { name: /Add catalog/ })).not.toHaveLength(0);
});

it('says why the list could not be read and tries again', async () => {
  let broken = true;
  manager(rows);
  server.use(
    http.get('*/api/admin/catalogs', () =>
      broken ? HttpResponse.json(problem('store', 500, { detail: 'disk full' }), { status: 500 }) : HttpResponse.json(rows),
    ),
  );
  renderPage(<ListPage />);
  const alert = await screen.findByRole('alert');
  expect(alert).toHaveTextContent('The catalog list could not be read.');
  expect(alert).toHaveTextContent('disk full');
  expect(alert).toHaveTextContent('Reference 0f6f2f6d0c6b4a9d8d1f3a5b7c9e1d2f');
  broken = false;
  await userEvent.click(within(alert).getByRole('button', { name: 'Try again' }));
  expect(await screen.findByRole('link', { name: 'sales' })).toBeVisible();
});

it('tests all that are ready, and says which could not be tested', async () => {
  manager(rows);
  const tested: string[] = [];
  server.use(
    http.post('*/api/admin/catalogs/:name/test', ({ params }) => {
      tested.push(String(params.name));
      return params.name === 'lake'
        ? HttpResponse.json(problem('tests_busy', 503), { status: 503 })
        : HttpResponse.json({ ok: true, steps: [] });
    }),
  );
  renderPage(<ListPage />);
  await screen.findByRole('link', { name: 'lake' });
  await userEvent.click(screen.getByRole('button', { name: 'Test all' }));
  expect(await screen.findByText(/lake could not be tested: detail of tests_busy/)).toBeVisible();
  await vi.waitFor(() => expect(tested.sort()).toEqual(['lake', 'sales']));
});

it('tests nothing while Trino is down', async () => {
  manager(rows);
  const down = { ...alice, server: { ...alice.server, trino: { ...alice.server.trino, up: false } } };
  renderPage(<ListPage />, { me: down });
  await screen.findByRole('link', { name: 'lake' });
  expect(screen.getByRole('button', { name: 'Test all' })).toBeDisabled();
});
