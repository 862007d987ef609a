import { http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll } from 'vitest';

/** Answers with these sentences for the English ones. */
export const phrasesAre = (phrases: Record<string, string>) =>
  http.get('*/api/admin/phrases', () => HttpResponse.json({ language: 'fr', phrases }));

/** The manager, as far as a test says. A call that no handler answers fails the test; only the sentences are asked for everywhere. */
export const server = setupServer(phrasesAre({}));

beforeAll(() => server.listen({ onUnhandledRequest: 'error' }));
afterEach(() => server.resetHandlers());
afterAll(() => server.close());
