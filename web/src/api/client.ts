import { language } from '../i18n';
import { errorFrom, isAbort, NetworkError, SessionLostError } from './errors';
import type {
  Catalog,
  CatalogDraft,
  CatalogSummary,
  Check,
  Connector,
  ForeignCatalogs,
  HistoryEvent,
  Me,
  NameAnswer,
  Operation,
  Phrases,
  RolePreview,
  Roles,
} from './types';

/** What the session gives to requests. Tokens stay in memory, behind these two functions. */
export interface Session {
  /** The current access token, or null. */
  token(): string | null;
  /** Renews the session once; false when it has ended. Concurrent calls share one renewal. */
  renew(): Promise<boolean>;
}

let session: Session = { token: () => null, renew: async () => false };
export function setSession(next: Session): void {
  session = next;
}

export interface RequestOptions {
  method?: string;
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

/** Where the page is served, with its slash; the API is relative to it. */
export const base = (): string => new URL('./', window.location.href.split(/[?#]/, 1)[0]).href;

async function attempt(path: string, options: RequestOptions, token: string): Promise<Response> {
  const headers: Record<string, string> = { Accept: 'application/json', 'Accept-Language': language(), ...options.headers };
  headers.Authorization = `Bearer ${token}`;
  if (options.body !== undefined) headers['Content-Type'] = 'application/json';
  try {
    return await fetch(new URL(path, base()), {
      method: options.method ?? 'GET',
      headers,
      body: options.body === undefined ? undefined : JSON.stringify(options.body),
      signal: options.signal,
      credentials: 'omit',
      cache: 'no-cache',
    });
  } catch (error) {
    if (isAbort(error)) throw error;
    throw new NetworkError({ cause: error });
  }
}

/** Sends a request with the token of the session, renewed once if the server refuses it; throws what errors.ts names. */
export async function send(path: string, options: RequestOptions = {}): Promise<Response> {
  let token = session.token();
  if (!token && (await session.renew())) token = session.token();
  if (!token) throw new SessionLostError();
  let response = await attempt(path, options, token);
  if (response.status === 401) {
    if (!(await session.renew())) throw new SessionLostError();
    response = await attempt(path, options, session.token() ?? '');
    if (response.status === 401) throw new SessionLostError();
  }
  if (!response.ok) throw await errorFrom(response);
  return response;
}

export async function json<T>(path: string, options: RequestOptions = {}): Promise<T> {
  const response = await send(path, options);
  return (await response.json()) as T;
}

const segment = encodeURIComponent;
const admin = 'api/admin';

/** Paths of calls that answer with a stream; see sse.ts. */
export const paths = {
  events: `${admin}/events`,
  testDraft: `${admin}/catalogs/test`,
  testCatalog: (name: string) => `${admin}/catalogs/${segment(name)}/test`,
  operationEvents: (id: string) => `${admin}/operations/${segment(id)}/events`,
} as const;

export const api = {
  me: (signal?: AbortSignal) => json<Me>(`${admin}/me`, { signal }),
  connectors: (signal?: AbortSignal) => json<Connector[]>(`${admin}/connectors`, { signal }),
  phrases: (signal?: AbortSignal) => json<Phrases>(`${admin}/phrases`, { signal }),
  catalogs: (signal?: AbortSignal) => json<CatalogSummary[]>(`${admin}/catalogs`, { signal }),
  catalog: (name: string, signal?: AbortSignal) => json<Catalog>(`${admin}/catalogs/${segment(name)}`, { signal }),
  checks: (name: string, signal?: AbortSignal) =>
    json<{ checks: Check[] }>(`${admin}/catalogs/${segment(name)}/checks`, { signal }),
  history: (name: string, signal?: AbortSignal) =>
    json<{ events: HistoryEvent[] }>(`${admin}/catalogs/${segment(name)}/history`, { signal }),
  foreignCatalogs: (signal?: AbortSignal) => json<ForeignCatalogs>(`${admin}/trino/catalogs`, { signal }),
  name: (name: string, signal?: AbortSignal) => json<NameAnswer>(`${admin}/names/${segment(name)}`, { signal }),
  roles: (signal?: AbortSignal) => json<Roles>(`${admin}/roles`, { signal }),
  rolePreview: (roles: string[], signal?: AbortSignal) =>
    json<RolePreview>(`${admin}/roles/preview?roles=${roles.map(segment).join(',')}`, { signal }),
  operation: (id: string, signal?: AbortSignal) => json<Operation>(`${admin}/operations/${segment(id)}`, { signal }),
  /** Starts a registration; the same key sent again never registers twice. */
  register: (draft: CatalogDraft, idempotencyKey: string) =>
    json<Operation>(`${admin}/catalogs`, {
      method: 'POST',
      body: draft,
      headers: { Prefer: 'respond-async', 'Idempotency-Key': idempotencyKey },
    }),
  remove: async (name: string) => {
    await send(`${admin}/catalogs/${segment(name)}`, { method: 'DELETE' });
  },
} as const;
