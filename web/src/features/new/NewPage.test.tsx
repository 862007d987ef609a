import '../../test/server';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { delay, http, HttpResponse } from 'msw';
import type { CatalogDraft, Operation, Step, TestReport } from '../../api/types';
import { definitions } from '../../lib/testdata/definitions';
import { renderPage } from '../../test/render';
import { server } from '../../test/server';
import NewPage from './index';
import { forgetOperation } from './useSubmission';

const secret = 'Tr0ub4dor-3';
const url = `jdbc:postgresql://db.customer.example:5433/sales?user=trino&password=${secret}`;

const step = (id: string, status: Step['status'], change: Partial<Step> = {}): Step => ({
  id, title: id, ran_from: 'manager', status, duration_ms: 1, message: '', code: null, ...change,
});
const report = (ok: boolean): TestReport => ({
  ok, code: ok ? null : 'auth_refused', message: ok ? '' : 'PostgreSQL refused user trino.', proves: 'service', duration_ms: 9,
  steps: [step('dns', 'passed'), step('sign_in', ok ? 'passed' : 'failed', ok ? {} : { code: 'auth_refused', message: 'PostgreSQL refused user trino.' })],
});
const operation = (change: Partial<Operation> = {}): Operation => ({
  id: 'op-1', kind: 'register', catalog: 'sales-pg', connector: 'postgresql', user: 'alice', status: 'running', started_at: 1,
  ended_at: null, steps: [step('reserve_name', 'running')], undone: [], left: [], left_facts: [], problem: null, ...change,
});
const events = (...all: [string, unknown][]) =>
  new HttpResponse(all.map(([name, data], id) => `id: ${id + 1}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`).join(''), {
    headers: { 'Content-Type': 'text/event-stream' },
  });

interface Seen {
  tests: CatalogDraft[];
  registrations: { draft: CatalogDraft; key: string | null; prefer: string | null }[];
}

/** A manager on which everything works; returns what it was asked. */
function manager(ok = true): Seen {
  const seen: Seen = { tests: [], registrations: [] };
  server.use(
    http.get('*/api/admin/connectors', () => HttpResponse.json(definitions)),
    http.get('*/api/admin/roles', () => HttpResponse.json({ source: 'development', complete: true, roles: [], problem: null })),
    http.get('*/api/admin/roles/preview', ({ request }) => {
      const roles = new URL(request.url).searchParams.get('roles')?.split(',') ?? [];
      return HttpResponse.json({
        people: 42, you_keep_access: roles.includes('akko-admin'),
        roles: roles.map((name) => ({ name, known: name.startsWith('akko-'), members: 14, sample: ['bob'] })),
      });
    }),
    http.get('*/api/admin/names/:name', ({ params }) => {
      const taken = params.name === 'taken';
      return HttpResponse.json({ name: params.name, available: !taken, code: taken ? 'name_taken' : null, message: '', registered_by: taken ? 'alice' : null, registered_at: taken ? 1_700_000_000 : null });
    }),
    http.post('*/api/admin/catalogs/test', async ({ request }) => {
      seen.tests.push((await request.json()) as CatalogDraft);
      return events(['plan', { deadline_ms: 20000, steps: [step('dns', 'not_run'), step('sign_in', 'not_run')] }], ['result', report(ok)]);
    }),
    http.post('*/api/admin/catalogs', async ({ request }) => {
      const draft = (await request.json()) as CatalogDraft;
      seen.registrations.push({ draft, key: request.headers.get('Idempotency-Key'), prefer: request.headers.get('Prefer') });
      await delay(30);
      return HttpResponse.json(operation(), { status: 202 });
    }),
    http.get('*/api/admin/operations/op-1/events', () =>
      events(['plan', operation()], ['result', operation({ status: 'succeeded', steps: [step('reserve_name', 'passed')] })]),
    ),
  );
  return seen;
}

async function pasted() {
  const user = userEvent.setup();
  const view = renderPage(<NewPage />, { path: '/new' });
  await user.click(await screen.findByLabelText('Paste a connection URL'));
  await user.paste(url);
  await screen.findByLabelText(/^Host/);
  return { user, view };
}

afterEach(() => forgetOperation());

describe('adding a catalog', () => {
  it('fills the form from a URL and keeps the password out of everything but its field', async () => {
    manager();
    const { view } = await pasted();
    expect(screen.getByLabelText(/^Host/)).toHaveValue('db.customer.example');
    expect(screen.getByLabelText(/^Port/)).toHaveValue('5433');
    const password = screen.getByLabelText(/^Password/);
    expect(password).toHaveValue(secret);
    expect(password).toHaveAttribute('type', 'password');
    expect(view.container.ownerDocument.documentElement.outerHTML).not.toContain(secret);
    expect(screen.getByText(/The password was moved to the secret field/)).toBeInTheDocument();
  });

  it('says when a text is no URL of a source, and changes nothing', async () => {
    manager();
    const user = userEvent.setup();
    renderPage(<NewPage />, { path: '/new' });
    await user.click(await screen.findByLabelText('Paste a connection URL'));
    await user.paste(`ftp://u:${secret}@h`);
    expect(await screen.findByText(/does not look like a URL/)).toBeInTheDocument();
    expect(screen.queryByLabelText(/^Host/)).not.toBeInTheDocument();
    expect(screen.getByLabelText('Paste a connection URL')).toHaveValue('ftp://u:•••@h');
  });

  it('offers all connectors by search and keyboard alone, and lists every missing field', async () => {
    manager();
    const user = userEvent.setup();
    renderPage(<NewPage />, { path: '/new' });
    const search = await screen.findByLabelText('Search connectors');
    expect(screen.getAllByRole('button').filter((each) => each.getAttribute('aria-describedby')?.startsWith('connector-'))).toHaveLength(15);
    await user.type(search, 'mongo{Enter}');
    await waitFor(() => expect(screen.getByRole('button', { name: 'Change connector' })).toHaveFocus());
    await user.click(screen.getByRole('button', { name: 'Register catalog' }));
    const summary = await screen.findByRole('alert');
    expect(summary).toHaveFocus();
    const link = within(summary).getByRole('button', { name: 'Give the catalog a name.' });
    await user.click(link);
    const name = screen.getByLabelText(/^Name/);
    expect(name).toHaveFocus();
    expect(name).toHaveAttribute('aria-invalid', 'true');
    expect(name).toHaveAccessibleDescription(/Give the catalog a name/);
  });

  it('tells a wrong name at once and a taken one on leaving the field', async () => {
    manager();
    const user = userEvent.setup();
    renderPage(<NewPage />, { path: '/new' });
    const name = await screen.findByLabelText(/^Name/);
    await user.type(name, 'Client_1');
    expect(screen.getByText(/begin and end with a letter or digit/)).toBeInTheDocument();
    await user.clear(name);
    await user.type(name, 'taken');
    await user.tab();
    expect(await screen.findByText(/in use \(registered by alice on/)).toBeInTheDocument();
  });

  it('checks live, marks the check stale on an edit and clears it with another connector', async () => {
    const seen = manager();
    const { user } = await pasted();
    await user.click(screen.getByRole('button', { name: 'Test connection' }));
    expect(await screen.findByText('The connection works.')).toBeInTheDocument();
    expect(seen.tests[0]).toMatchObject({ connector: 'postgresql', fields: { host: 'db.customer.example', password: secret } });
    await user.type(screen.getByLabelText(/^Host/), '2');
    expect(await screen.findByText('Changed since this check')).toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'Change connector' }));
    await user.type(screen.getByLabelText('Search connectors'), 'snowflake{Enter}');
    expect(await screen.findByText(/Nothing is sent before/)).toBeInTheDocument();
    expect(screen.getByLabelText(/^Password/)).toHaveValue('');
  });

  it('tests first, then registers once for two clicks, and forgets the password', async () => {
    const seen = manager();
    const { user, view } = await pasted();
    await user.type(screen.getByLabelText(/^Name/), 'sales-pg');
    await user.dblClick(screen.getByRole('button', { name: 'Register catalog' }));
    expect(await screen.findByRole('button', { name: 'Copy SHOW SCHEMAS' })).toBeInTheDocument();
    expect(screen.getByText('sales-pg is live.')).toBeInTheDocument();
    expect(seen.tests).toHaveLength(1);
    expect(seen.registrations).toHaveLength(1);
    expect(seen.registrations[0]).toMatchObject({ prefer: 'respond-async', draft: { name: 'sales-pg' } });
    expect(seen.registrations[0]?.key).toMatch(/^[0-9a-f]{32}$/);
    expect(screen.queryByLabelText(/^Password/)).not.toBeInTheDocument();
    expect(view.container.innerHTML).not.toContain(secret);
    await user.click(screen.getByRole('button', { name: 'Add another' }));
    expect(await screen.findByLabelText('Search connectors')).toBeInTheDocument();
  });

  it('does not register what failed its test', async () => {
    const seen = manager(false);
    const { user } = await pasted();
    await user.type(screen.getByLabelText(/^Name/), 'sales-pg');
    await user.click(screen.getByRole('button', { name: 'Register catalog' }));
    expect(await screen.findByText(/PostgreSQL refused user trino/)).toBeInTheDocument();
    expect(seen.registrations).toHaveLength(0);
  });

  it('puts what the manager refuses at its fields', async () => {
    manager();
    server.use(
      http.post('*/api/admin/catalogs/test', () =>
        HttpResponse.json(
          { type: '', title: '', status: 422, detail: 'wrong', code: 'invalid_request', retryable: false, reference: '', errors: [{ field: 'fields.host', code: 'url', message: 'must be one host' }] },
          { status: 422 },
        ),
      ),
    );
    const { user } = await pasted();
    await user.click(screen.getByRole('button', { name: 'Test connection' }));
    await waitFor(() => expect(screen.getByLabelText(/^Host/)).toHaveAccessibleDescription(/must be one host/));
  });

  it('says that a stream broke off, and offers to retry', async () => {
    manager();
    server.use(http.post('*/api/admin/catalogs/test', () => events(['plan', { deadline_ms: 20000, steps: [step('dns', 'running')] }])));
    const { user } = await pasted();
    await user.click(screen.getByRole('button', { name: 'Test connection' }));
    expect(await screen.findByText('The answer broke off before the end.')).toBeInTheDocument();
    expect(screen.getByRole('button', { name: 'Retry' })).toBeInTheDocument();
  });

  it('cancels a check', async () => {
    manager();
    let aborted = false;
    server.use(
      http.post('*/api/admin/catalogs/test', async ({ request }) => {
        request.signal.addEventListener('abort', () => { aborted = true; });
        await delay(10_000);
        return events();
      }),
    );
    const { user } = await pasted();
    await user.click(screen.getByRole('button', { name: 'Test connection' }));
    await user.click(await screen.findByRole('button', { name: 'Cancel the check' }));
    expect(await screen.findByText('The check was cancelled.')).toBeInTheDocument();
    await waitFor(() => expect(aborted).toBe(true), { timeout: 1000 });
  });

  it('shows the same registration to who left and came back', async () => {
    manager();
    server.use(http.get('*/api/admin/operations/op-1/events', async () => { await delay(10_000); return events(); }));
    const { user, view } = await pasted();
    await user.type(screen.getByLabelText(/^Name/), 'sales-pg');
    await user.click(screen.getByRole('button', { name: 'Register catalog' }));
    expect(await screen.findByText('You may leave this page. This goes on without you.')).toBeInTheDocument();
    view.unmount();
    manager();
    renderPage(<NewPage />, { path: '/new' });
    expect(await screen.findByText('sales-pg is live.')).toBeInTheDocument();
  });

  it('says who may query, and warns of unknown roles and lost access', async () => {
    manager();
    const user = userEvent.setup();
    renderPage(<NewPage />, { path: '/new' });
    expect(await screen.findByText(/42 people can query this/)).toBeInTheDocument();
    await user.type(screen.getByRole('combobox', { name: /Allowed roles/ }), 'nonesuch{Enter}');
    expect(await screen.findByText('No such realm role: nonesuch.')).toBeInTheDocument();
    await user.type(screen.getByRole('combobox', { name: /Allowed roles/ }), '{Backspace}{Backspace}{Backspace}{Backspace}');
    expect(await screen.findByText('Nobody could query this catalog.')).toBeInTheDocument();
  });
});
