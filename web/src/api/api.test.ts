import { QueryClient } from '@tanstack/react-query';
import { HttpResponse, http } from 'msw';
import { events, problem, row, step } from '../test/fixtures';
import { setLanguage } from '../i18n';
import { server } from '../test/server';
import { type CheckState, runCheck } from './check';
import { api, send, setSession } from './client';
import { ApiError, NetworkError, SessionLostError, StreamDroppedError } from './errors';
import { keys } from './keys';
import { applyEvent, withRow } from './live';
import { followOperation } from './operation';
import type { CatalogSummary, Operation } from './types';

const sse = (body: string) => new HttpResponse(body, { headers: { 'Content-Type': 'text/event-stream' } });
const failure = (code: string, status: number, change?: object) =>
  HttpResponse.json(problem(code, status, change), { status });

let token: string | null;
let renewals: number;
beforeEach(() => {
  token = 'first';
  renewals = 0;
  setSession({
    token: () => token,
    renew: async () => {
      renewals += 1;
      token = renewals === 1 ? 'second' : null;
      return token !== null;
    },
  });
});

describe('send', () => {
  it('asks in the language of the page', async () => {
    const asked: (string | null)[] = [];
    server.use(
      http.get('*/api/admin/connectors', ({ request }) => {
        asked.push(request.headers.get('Accept-Language'));
        return HttpResponse.json([]);
      }),
    );
    await api.connectors();
    await setLanguage('fr');
    await api.connectors();
    expect(asked).toEqual(['en', 'fr']);
    expect(keys.connectors('fr')).not.toEqual(keys.connectors('en'));
  });
  it('renews the session once when the token is refused, and sends the request again', async () => {
    const seen: (string | null)[] = [];
    server.use(
      http.get('*/api/admin/me', ({ request }) => {
        seen.push(request.headers.get('Authorization'));
        return seen.length === 1 ? failure('token_expired', 401) : HttpResponse.json({ user: 'alice' });
      }),
    );
    expect((await api.me()).user).toBe('alice');
    expect(seen).toEqual(['Bearer first', 'Bearer second']);
  });
  it('says that the session is lost when the new token is refused too', async () => {
    server.use(http.get('*/api/admin/me', () => failure('token_expired', 401)));
    await expect(api.me()).rejects.toBeInstanceOf(SessionLostError);
    expect(renewals).toBe(1);
  });
  it('sends nothing without a token', async () => {
    token = null;
    renewals = 1;
    await expect(api.me()).rejects.toBeInstanceOf(SessionLostError);
  });
  it('throws what the server says, and the seconds it asks to wait', async () => {
    server.use(
      http.get('*/x', () => HttpResponse.json(problem('too_many_checks', 429), { status: 429, headers: { 'Retry-After': '7' } })),
    );
    const error = await send('x').catch((each: unknown) => each);
    expect(error).toBeInstanceOf(ApiError);
    expect((error as ApiError).code).toBe('too_many_checks');
    expect((error as ApiError).retryAfter).toBe(7);
  });
  it("makes a problem of a proxy's own page", async () => {
    server.use(http.get('*/x', () => new HttpResponse('<html>', { status: 502 })));
    const error = (await send('x').catch((each: unknown) => each)) as ApiError;
    expect(error.problem.status).toBe(502);
    expect(error.problem.retryable).toBe(true);
  });
  it('tells a broken network from an answer', async () => {
    server.use(http.get('*/x', () => HttpResponse.error()));
    await expect(send('x')).rejects.toBeInstanceOf(NetworkError);
  });
});

describe('runCheck', () => {
  const run = async (body: string) => {
    server.use(http.post('*/t', () => sse(body)));
    const states: CheckState[] = [];
    const last = await runCheck('t', {}, new AbortController().signal, (state) => states.push(state));
    return { states, last };
  };
  const plan = { deadline_ms: 20_000, steps: [step('dns'), step('tcp')] };
  it('shows each step as it comes and ends with the report', async () => {
    const passed = step('dns', { status: 'passed' });
    const report = { ok: true, steps: [passed, step('tcp', { status: 'passed' })] };
    const { states, last } = await run(events(['plan', plan], ['step', passed], ['result', report]));
    expect(states.map((state) => state.steps.map((each) => each.status).join())).toEqual([
      '',
      'not_run,not_run',
      'passed,not_run',
      'passed,passed',
    ]);
    expect(last.phase).toBe('done');
    expect(last.deadlineMs).toBe(20_000);
  });
  it('says that the stream broke when it ends without a result', async () => {
    const { last } = await run(events(['plan', plan]));
    expect(last.phase).toBe('dropped');
    expect(last.error).toBeInstanceOf(StreamDroppedError);
  });
  it('keeps the reason of a refusal', async () => {
    server.use(http.post('*/t', () => failure('invalid_request', 422)));
    const last = await runCheck('t', {}, new AbortController().signal, () => undefined);
    expect(last.phase).toBe('refused');
    expect((last.error as ApiError).code).toBe('invalid_request');
  });
  it('is cancelled by its signal', async () => {
    server.use(http.post('*/t', () => sse(events(['plan', plan]))));
    const controller = new AbortController();
    controller.abort();
    expect((await runCheck('t', {}, controller.signal, () => undefined)).phase).toBe('cancelled');
  });
  it('leaves no step running when it is cancelled or breaks off', async () => {
    const running = { id: 'dns', title: 'Name', ran_from: 'manager', status: 'running', duration_ms: 0, message: '', code: null };
    server.use(http.post('*/t', () => sse(events(['plan', plan], ['step', running]))));
    const seen: string[] = [];
    const last = await runCheck('t', {}, new AbortController().signal, (state) => seen.push(...state.steps.map((step) => step.status)));
    expect(last.phase).toBe('dropped');
    expect(seen).toContain('running');
    expect(last.steps.map((step) => step.status)).not.toContain('running');
  });
});

describe('followOperation', () => {
  const running: Operation = {
    id: 'op',
    kind: 'register',
    catalog: 'sales',
    connector: 'alpha',
    user: 'alice',
    status: 'running',
    started_at: 1,
    ended_at: null,
    steps: [step('reserve_name')],
    undone: [],
    left: [],
    left_facts: [],
    problem: null,
  };
  it('takes a broken stream up after its last event', async () => {
    const resumed: (string | null)[] = [];
    server.use(
      http.get('*/operations/op/events', ({ request }) => {
        resumed.push(request.headers.get('Last-Event-ID'));
        return resumed.length === 1
          ? sse(events(['plan', running, '1'], ['step', step('reserve_name', { status: 'running' }), '2']))
          : sse(events(['result', { ...running, status: 'succeeded' }, '3']));
      }),
      http.get('*/operations/op', () => HttpResponse.json(running)),
    );
    const seen: string[] = [];
    await followOperation('op', new AbortController().signal, {
      onOperation: (operation) => seen.push(operation.status),
      onStep: (each) => seen.push(`step ${each.status}`),
      onDropped: (dropped) => dropped && seen.push('dropped'),
    });
    expect(resumed).toEqual([null, '2']);
    expect(seen).toEqual(['running', 'step running', 'running', 'dropped', 'succeeded']);
  });
  it('gives up on an operation that the server does not know', async () => {
    server.use(http.get('*/operations/op/events', () => failure('operation_not_found', 404)));
    const none = { onOperation: () => undefined, onStep: () => undefined, onDropped: () => undefined };
    await expect(followOperation('op', new AbortController().signal, none)).rejects.toBeInstanceOf(ApiError);
  });
});

describe('live updates', () => {
  const event = (name: string, data: unknown) => ({ name, data, id: undefined });
  it('replaces, adds and removes rows, in the order of names', () => {
    const queryClient = new QueryClient();
    queryClient.setQueryData(keys.catalogs, [row('a'), row('c')]);
    applyEvent(queryClient, event('catalog', row('b')));
    applyEvent(queryClient, event('catalog', row('c', { health: 'failing' })));
    applyEvent(queryClient, event('catalog_removed', { name: 'a' }));
    const rows = queryClient.getQueryData<CatalogSummary[]>(keys.catalogs);
    expect(rows?.map((each) => `${each.name} ${each.health}`)).toEqual(['b healthy', 'c failing']);
  });
  it('does not invent a list that was not read yet', () => {
    const queryClient = new QueryClient();
    applyEvent(queryClient, event('catalog', row('b')));
    expect(queryClient.getQueryData(keys.catalogs)).toBeUndefined();
  });
  it('reads the list again after a hello', () => {
    const queryClient = new QueryClient();
    queryClient.setQueryData(keys.catalogs, []);
    applyEvent(queryClient, event('hello', { generation: 2 }));
    expect(queryClient.getQueryState(keys.catalogs)?.isInvalidated).toBe(true);
  });
  it('keeps one row a name', () => {
    expect(withRow([row('a')], row('a', { revision: 9 }))).toHaveLength(1);
  });
});
