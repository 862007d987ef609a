import { act, screen } from '@testing-library/react';
import { delay, http, HttpResponse } from 'msw';
import { ApiError } from '../api/errors';
import type { Fact } from '../api/types';
import i18next from '../i18n';
import { problem, step } from '../test/fixtures';
import { renderPage } from '../test/render';
import { phrasesAre, server } from '../test/server';
import { ErrorNotice } from './ErrorNotice';
import { StepList } from './StepList';

const message = 'Tenant {1} of {title} has no user {user} ({from}).';
const fix = 'Ask {host} for one.';
const french = { [message]: '{1} : {title} n’y connaît pas l’utilisateur {user} ({from}).', [fix]: 'Demandez-le à {host}.' };
const english = 'Tenant blue of Alpha DB has no user given (Trino).';

const fact: Fact = { code: 'auth_refused', values: { title: 'Alpha DB', host: 'db', from: 'Trino', detail: 'blue $&' }, message, fix };
const failed = (change: Partial<Fact> = {}) =>
  step('sign_in', { status: 'failed', code: 'auth_refused', message: english, fix: 'Ask db for one.', facts: [{ ...fact, ...change }] });

const said = /blue \$& : Alpha DB n’y connaît pas l’utilisateur indiqué \(Trino\)\./;
const ofClass = /Alpha DB a refusé l’utilisateur indiqué\./;

beforeEach(() => i18next.changeLanguage('fr').then(() => undefined));

describe('a sentence of a connector', () => {
  it('is said in French with its values, and not in English any more; foreign words stay', async () => {
    server.use(phrasesAre(french));
    renderPage(<StepList steps={[failed()]} raw="SQLSTATE 28P01" />);
    expect(await screen.findByText(said)).toBeVisible();
    expect(screen.getByText('Demandez-le à db.')).toBeVisible();
    expect(screen.queryByText(english, { exact: false })).not.toBeInTheDocument();
    expect(screen.getByText('SQLSTATE 28P01')).toBeInTheDocument();
  });
  it('begins with a capital where the page names what has no name, and leaves a host as it is', async () => {
    server.use(phrasesAre({ [message]: '{from} ne répond pas.', [fix]: '{host} : voyez là.' }));
    renderPage(<StepList steps={[failed({ values: { from: 'the catalog manager', host: 'db' } })]} />);
    expect(await screen.findByText(/Le gestionnaire ne répond pas\./)).toBeVisible();
    expect(screen.getByText('db : voyez là.')).toBeVisible();
  });
  it('is that of its class until the words have arrived', async () => {
    let arrive = () => {};
    const arrived = new Promise<void>((resolve) => (arrive = resolve));
    server.use(
      http.get('*/api/admin/phrases', async () => {
        await arrived;
        return HttpResponse.json({ language: 'fr', phrases: french });
      }),
    );
    renderPage(<StepList steps={[failed()]} />);
    expect(screen.getByText(ofClass)).toBeVisible();
    arrive();
    expect(await screen.findByText(said)).toBeVisible();
  });
  it('is that of its class, with the English as the technical message, where there is no French', async () => {
    server.use(phrasesAre({ [fix]: french[fix]! }));
    renderPage(<StepList steps={[failed()]} />);
    expect(await screen.findByText('Demandez-le à db.')).toBeVisible();
    expect(screen.getByText(ofClass)).toBeVisible();
    expect(screen.getByText(english)).not.toBeVisible();
  });
  it('is that of the failed step in a problem', async () => {
    server.use(phrasesAre(french));
    const refused = problem('auth_refused', 422, { detail: english, steps: [step('dns', { status: 'passed' }), failed()] });
    renderPage(<ErrorNotice error={new ApiError(refused)} title="Refusé" />);
    expect(await screen.findByText(said)).toBeVisible();
    expect(screen.queryByText(english)).not.toBeInTheDocument();
  });
});

it('asks for the words in French only, once', async () => {
  const asked: (string | null)[] = [];
  server.use(
    http.get('*/api/admin/phrases', ({ request }) => {
      asked.push(request.headers.get('Accept-Language'));
      return HttpResponse.json({ language: 'fr', phrases: french });
    }),
  );
  await i18next.changeLanguage('en');
  renderPage(<StepList steps={[failed()]} />);
  expect(screen.getByText(english, { exact: false })).toBeVisible();
  await delay(20);
  expect(asked).toEqual([]);
  for (const language of ['fr', 'en', 'fr']) await act(() => i18next.changeLanguage(language));
  expect(await screen.findByText(said)).toBeVisible();
  expect(asked).toEqual(['fr']);
});
