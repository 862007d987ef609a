import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { HttpResponse, http } from 'msw';
import i18next from '../i18n';
import { problem, row, step } from '../test/fixtures';
import { renderPage } from '../test/render';
import { server } from '../test/server';
import { ConfirmRemove } from './ConfirmRemove';
import { ErrorSummary } from './ErrorSummary';
import { HealthMark } from './HealthMark';
import { StepList } from './StepList';

describe('HealthMark', () => {
  it('says the health in words', () => {
    renderPage(<HealthMark health="slow" />);
    expect(screen.getByText('Slow')).toBeVisible();
  });
});

describe('StepList', () => {
  const steps = [
    step('dns', { status: 'passed', duration_ms: 12, message: 'db is 10.0.0.1' }),
    step('sign_in', {
      status: 'failed',
      ran_from: 'trino',
      duration_ms: 41,
      message: 'Alpha refused user ada.',
      code: 'auth_refused',
      fix: 'Ask the owner.',
    }),
    step('metadata', { ran_from: 'trino' }),
  ];
  it('shows mark, word, time, place, cause and fix of each step', () => {
    renderPage(<StepList steps={steps} raw="SQLSTATE 28P01" />);
    const [dns, signIn, metadata] = screen.getAllByRole('listitem');
    expect(dns).toHaveTextContent('Find the host (DNS)');
    expect(dns).toHaveTextContent('Passed · 12 ms');
    expect(dns).toHaveTextContent('from the manager · db is 10.0.0.1');
    expect(signIn).toHaveTextContent('from Trino · Alpha refused user ada.');
    expect(signIn).toHaveTextContent('Ask the owner.');
    expect(metadata).toHaveTextContent('Not run');
    expect(metadata).not.toHaveTextContent('ms');
  });
  it('folds the technical message away', () => {
    renderPage(<StepList steps={steps} raw="SQLSTATE 28P01" />);
    expect(screen.getByText('SQLSTATE 28P01')).not.toBeVisible();
  });
  it('uses the title of the server for a step it has no words for', () => {
    renderPage(<StepList steps={[step('brand_new')]} />);
    expect(screen.getByText('Title of brand_new')).toBeInTheDocument();
  });
  it('says that the check is stale', () => {
    renderPage(<StepList steps={steps} stale />);
    expect(screen.getByText('Changed since this check')).toBeVisible();
  });
  it('announces the last step that ended', () => {
    renderPage(<StepList steps={steps} live />);
    expect(screen.getByRole('status')).toHaveTextContent('Sign in: Failed');
  });
  it('speaks French about a code and keeps the words of the server as the technical message', async () => {
    await i18next.changeLanguage('fr');
    renderPage(<StepList steps={steps} />);
    const signIn = screen.getAllByRole('listitem')[1];
    expect(signIn).toHaveTextContent('La source a refusé l’utilisateur indiqué.');
    expect(screen.getByText('Alpha refused user ada.')).not.toBeVisible();
  });
  it('names in French what the server names, from the facts of a step', async () => {
    await i18next.changeLanguage('fr');
    const told = [
      step('dns', {
        status: 'passed',
        message: 'db is 10.0.0.1',
        facts: [{ code: 'resolves_to', values: { host: 'db', addresses: '10.0.0.1' } }],
      }),
      step('tcp', {
        status: 'failed',
        message: 'db refused port 5432.',
        code: 'tcp_refused',
        facts: [{ code: 'tcp_refused', values: { host: 'db', port: '5432', from: 'the catalog manager' } }],
      }),
      step('tls', { status: 'skipped', message: 'switched off', facts: [{ code: 'network_checks_off', values: {} }] }),
      step('metadata', {
        status: 'passed',
        message: '4 schemas visible',
        facts: [{ code: 'visible', values: { count: '4', what: 'schemas' } }],
      }),
    ];
    renderPage(<StepList steps={told} />);
    const [dns, tcp, tls, metadata] = screen.getAllByRole('listitem');
    expect(dns).toHaveTextContent('db correspond à 10.0.0.1');
    expect(tcp).toHaveTextContent('Connexion refusée par db sur le port 5432.');
    expect(tls).toHaveTextContent('désactivé par AKKO_NETWORK_CHECKS');
    expect(metadata).toHaveTextContent('visible : 4 schémas');
  });
  it('shows the words of the server for a fact it does not know', async () => {
    await i18next.changeLanguage('fr');
    const facts = [{ code: 'brand_new', values: {} }];
    renderPage(<StepList steps={[step('dns', { status: 'passed', message: 'something new', facts })]} />);
    expect(screen.getByText(/something new/)).toBeVisible();
  });
});

describe('ErrorSummary', () => {
  it('takes the focus and leads to the field', async () => {
    renderPage(
      <>
        <ErrorSummary title="Check 1 field" errors={[{ id: 'host', message: 'Host is required.' }]} />
        <input id="host" aria-label="Host" />
      </>,
    );
    expect(screen.getByRole('alert')).toHaveFocus();
    await userEvent.click(screen.getByRole('button', { name: 'Host is required.' }));
    expect(screen.getByLabelText('Host')).toHaveFocus();
  });
});

describe('ConfirmRemove', () => {
  const open = () => {
    const done = { onClose: vi.fn(), onRemoved: vi.fn() };
    renderPage(<ConfirmRemove catalog={row('sales')} {...done} />);
    const dialog = screen.getByRole('alertdialog', { name: 'Remove sales?' });
    return { ...done, dialog, button: within(dialog).getByRole('button', { name: 'Remove catalog' }) };
  };
  it('arms the button only with the exact name', async () => {
    const { button } = open();
    expect(button).toBeDisabled();
    await userEvent.type(screen.getByRole('textbox'), 'sale');
    expect(button).toBeDisabled();
    await userEvent.type(screen.getByRole('textbox'), 's');
    expect(button).toBeEnabled();
  });
  it('removes', async () => {
    let calls = 0;
    server.use(
      http.delete('*/api/admin/catalogs/sales', () => {
        calls += 1;
        return new HttpResponse(null, { status: 204 });
      }),
    );
    const { button, onRemoved } = open();
    await userEvent.type(screen.getByRole('textbox'), 'sales');
    await userEvent.click(button);
    await vi.waitFor(() => expect(onRemoved).toHaveBeenCalledOnce());
    expect(calls).toBe(1);
  });
  it('says what is left when it failed, and stays', async () => {
    server.use(
      http.delete('*/api/admin/catalogs/sales', () =>
        HttpResponse.json(problem('trino_unavailable', 503, { detail: 'the secrets are still there' }), { status: 503 }),
      ),
    );
    const { button, onRemoved } = open();
    await userEvent.type(screen.getByRole('textbox'), 'sales');
    await userEvent.click(button);
    expect(await screen.findByText('the secrets are still there')).toBeVisible();
    expect(onRemoved).not.toHaveBeenCalled();
  });
  it('takes a catalog that is gone already for removed', async () => {
    server.use(
      http.delete('*/api/admin/catalogs/sales', () =>
        HttpResponse.json(problem('catalog_not_found', 404), { status: 404 }),
      ),
    );
    const { button, onRemoved } = open();
    await userEvent.type(screen.getByRole('textbox'), 'sales');
    await userEvent.click(button);
    await vi.waitFor(() => expect(onRemoved).toHaveBeenCalledOnce());
  });
  it('keeps the catalog on Escape', async () => {
    const { onClose, dialog } = open();
    // What a browser does with Escape.
    dialog.dispatchEvent(new Event('cancel', { bubbles: true, cancelable: true }));
    expect(onClose).toHaveBeenCalled();
  });
});
