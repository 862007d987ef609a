import { act, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import { HttpResponse, http } from 'msw';
import { applyEvent } from '../../api/live';
import type { HistoryEvent } from '../../api/types';
import { setLanguage } from '../../i18n';
import { alpha, catalog, events, problem, row, step } from '../../test/fixtures';
import { renderPage } from '../../test/render';
import { server } from '../../test/server';
import DetailPage from '.';
import { HistoryTab } from './HistoryTab';

const event = (change: Partial<HistoryEvent> = {}): HistoryEvent => ({
  at: 1_700_000_000,
  event: 'CATALOG_CREATED',
  user: 'alice',
  result: 'success',
  code: null,
  detail: 'db.example:5432',
  client: '10.20.0.4',
  operation_id: 'op-1',
  request_id: 'aaaa0000aaaa0000aaaa0000aaaa0000',
  ...change,
});

const life: HistoryEvent[] = [
  event({ event: 'CATALOG_DELETED', at: 1_700_000_400, request_id: 'e5' }),
  event({ event: 'CATALOG_DELETE_FAILED', user: 'bob', result: 'failed', code: 'revision_mismatch', request_id: 'e4' }),
  event({ event: 'CATALOG_TESTED', user: 'bob', result: 'failed', code: 'auth_refused', request_id: 'e3' }),
  event({ event: 'CATALOG_TESTED', user: 'bob', request_id: 'e2' }),
  event({ event: 'CATALOG_CREATED', request_id: 'e1' }),
  event({ event: 'CATALOG_CREATE_FAILED', user: 'eve', result: 'failed', code: 'a_code_of_tomorrow', request_id: 'e0' }),
];

const past = (...answers: HistoryEvent[][]) => {
  let asked = 0;
  server.use(
    http.get('*/api/admin/catalogs/sales/history', () => {
      const found = answers[Math.min(asked, answers.length - 1)];
      asked += 1;
      return HttpResponse.json({ events: found });
    }),
  );
};

/** The manager behind the whole screen. */
const manager = (there: boolean) =>
  server.use(
    http.get('*/api/admin/catalogs', () => HttpResponse.json(there ? [row('sales')] : [])),
    http.get('*/api/admin/catalogs/sales', () =>
      there ? HttpResponse.json(catalog('sales')) : HttpResponse.json(problem('catalog_not_found', 404), { status: 404 }),
    ),
    http.get('*/api/admin/catalogs/sales/checks', () => HttpResponse.json({ checks: [] })),
    http.get('*/api/admin/connectors', () => HttpResponse.json([alpha])),
  );

const lines = async () => (await screen.findAllByRole('listitem')).map((line) => line.textContent);

it('says in words who did what, how it went and why not, in the order of the manager', async () => {
  past(life);
  renderPage(<HistoryTab name="sales" />);
  const found = await lines();
  expect(found).toHaveLength(6);
  expect(found[0]).toMatch(/alice removed this catalog.*Succeeded/);
  expect(found[1]).toMatch(/bob could not remove this catalog.*Failed.*Somebody else had changed the catalog\./);
  expect(found[2]).toMatch(/bob’s test failed.*Failed.*The source refused this user\./);
  expect(found[3]).toMatch(/bob tested the connection.*Succeeded/);
  expect(found[4]).toMatch(/alice registered this catalog.*Succeeded/);
  expect(found[5]).toMatch(/eve could not register this catalog.*Failed.*Cause: a_code_of_tomorrow/);
});

it('tells when, whereto, from where, and the reference to copy', async () => {
  past([event()]);
  const user = userEvent.setup();
  renderPage(<HistoryTab name="sales" />);
  const line = await screen.findByRole('listitem');
  expect(line).toHaveTextContent(/14 Nov 2023/);
  expect(line).toHaveTextContent('to db.example:5432');
  expect(line).toHaveTextContent('from 10.20.0.4');
  expect(line.querySelector('time')).toHaveAttribute('datetime', '2023-11-14T22:13:20.000Z');
  const copy = within(line).getByRole('button', { name: 'Copy the reference aaaa0000aaaa0000aaaa0000aaaa0000' });
  await user.tab();
  expect(copy).toHaveFocus();
  await user.keyboard('{Enter}');
  expect(await navigator.clipboard.readText()).toBe('aaaa0000aaaa0000aaaa0000aaaa0000');
});

it('speaks French', async () => {
  await setLanguage('fr');
  past(life);
  renderPage(<HistoryTab name="sales" />);
  const found = await lines();
  expect(found[0]).toMatch(/alice a retiré ce catalogue.*Réussi/);
  expect(found[2]).toMatch(/Le test de bob a échoué.*Échoué.*La source a refusé l’utilisateur indiqué\./);
  expect(found[4]).toMatch(/alice a enregistré ce catalogue/);
});

it('says that there is nothing, and what could not be read', async () => {
  past([]);
  const empty = renderPage(<HistoryTab name="sales" />);
  expect(await screen.findByText('Nothing is on record yet.')).toBeVisible();
  empty.unmount();
  past([event()]);
  server.use(
    http.get('*/api/admin/catalogs/sales/history', () => HttpResponse.json(problem('trino_setup', 400), { status: 400 }), {
      once: true,
    }),
  );
  renderPage(<HistoryTab name="sales" />);
  const alert = await screen.findByRole('alert');
  expect(alert).toHaveTextContent('The history could not be read.');
  await userEvent.click(within(alert).getByRole('button', { name: 'Try again' }));
  expect(await screen.findByText('alice registered this catalog')).toBeVisible();
});

it('is a tab of the detail, by link, with nothing for axe to find', async () => {
  manager(true);
  past(life);
  const { container } = renderPage(<DetailPage name="sales" tab="history" />, { path: '/c/sales/history' });
  expect(await screen.findByText('alice registered this catalog')).toBeVisible();
  expect(screen.getByRole('tab', { name: 'History' })).toHaveAttribute('aria-selected', 'true');
  const { violations } = await axe.run(container, { rules: { 'color-contrast': { enabled: false }, region: { enabled: false } } });
  expect(violations.map((each) => `${each.id}: ${each.nodes[0]?.html}`)).toEqual([]);
});

it('is told of a catalog that is gone, and reached from there', async () => {
  manager(false);
  past(life);
  const gone = renderPage(<DetailPage name="sales" tab="connection" />);
  expect(await screen.findByRole('link', { name: 'What is known of its past' })).toHaveAttribute('href', '#/c/sales/history');
  gone.unmount();
  renderPage(<DetailPage name="sales" tab="history" />);
  expect(await screen.findByRole('heading', { name: 'There is no catalog sales' })).toBeVisible();
  expect(await screen.findByText('alice removed this catalog')).toBeVisible();
});

it('says of a name without a past that it has none', async () => {
  manager(false);
  server.use(
    http.get('*/api/admin/catalogs/sales/history', () =>
      HttpResponse.json(problem('catalog_not_found', 404), { status: 404 }),
    ),
  );
  renderPage(<DetailPage name="sales" tab="history" />);
  expect(await screen.findByText('Nothing is on record under this name.')).toBeVisible();
  expect(screen.queryByRole('alert')).not.toBeInTheDocument();
});

it('is read anew after a test from this page', async () => {
  manager(true);
  past([event()], [event({ event: 'CATALOG_TESTED', request_id: 'new' }), event()]);
  const passed = step('dns', { status: 'passed' });
  const report = { ok: true, code: null, message: '', proves: 'service', duration_ms: 3, steps: [passed] };
  server.use(
    http.post(
      '*/api/admin/catalogs/sales/test',
      () =>
        new HttpResponse(events(['plan', { deadline_ms: 20_000, steps: [step('dns')] }], ['step', passed], ['result', report]), {
          headers: { 'Content-Type': 'text/event-stream' },
        }),
    ),
  );
  renderPage(<DetailPage name="sales" tab="history" />);
  await screen.findByText('alice registered this catalog');
  await userEvent.click(screen.getByRole('button', { name: 'Test connection' }));
  expect(await screen.findByText('alice tested the connection')).toBeVisible();
});

it.each([
  ['catalog', row('sales')],
  ['catalog_removed', { name: 'sales' }],
  ['hello', { generation: 2 }],
])('is read anew after the event %s', async (name, data) => {
  past([event()], [event({ event: 'CATALOG_TESTED', user: 'bob', request_id: 'new' }), event()]);
  const { queryClient } = renderPage(<HistoryTab name="sales" />);
  await screen.findByText('alice registered this catalog');
  act(() => applyEvent(queryClient, { id: '', name, data }));
  expect(await screen.findByText('bob tested the connection')).toBeVisible();
});
