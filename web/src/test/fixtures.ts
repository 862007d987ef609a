import type { Catalog, CatalogSummary, Connector, Step } from '../api/types';

export const row = (name: string, change: Partial<CatalogSummary> = {}): CatalogSummary => ({
  name,
  connector: 'alpha',
  description: '',
  allow_roles: ['akko-admin'],
  health: 'healthy',
  health_detail: { code: '', message: '', fix: '', facts: [], checked_at: 1_700_000_000, since: null, duration_ms: 20 },
  phase: 'ready',
  operation_id: null,
  revision: 1,
  created_at: 1_700_000_000,
  created_by: 'alice',
  updated_at: 1_700_000_000,
  updated_by: 'alice',
  ...change,
});

export const catalog = (name: string, change: Partial<Catalog> = {}): Catalog => ({
  ...row(name),
  properties: { 'connection-url': 'alpha://db.example:5432/sales' },
  credentials: { 'connection-password': { set: true, updated_at: 1_700_000_000, updated_by: 'bob' } },
  fields: { host: 'db.example' },
  ...change,
});

const text = { help: '', kind: 'text', secret: false, required: true, advanced: false, retarget: true } as const;

/** A connector that exists nowhere: the page must not know any by name. */
export const alpha: Connector = {
  id: 'alpha',
  title: 'Alpha DB',
  category: 'relational',
  summary: 'A host and a password.',
  documentation: 'https://docs.example/alpha',
  trino_connector: 'alpha_jdbc',
  openmetadata_service: 'Alpha',
  jvm_flags: [],
  url_schemes: ['alpha:'],
  fields: [
    { key: 'host', label: 'Host', ...text, min_length: 1, max_length: 255, example: "o'brien.example" },
    {
      key: 'password',
      label: 'Password',
      ...text,
      kind: 'secret',
      secret: true,
      min_length: 1,
      max_length: 255,
      to: 'connection-password',
    },
  ],
  constants: {},
  properties: [],
  refused: [],
  check: { deadline_seconds: 20 },
  probe: { statements: [], proves: 'service', explanation: '' },
  available: true,
};

export const step = (id: string, change: Partial<Step> = {}): Step => ({
  id,
  title: `Title of ${id}`,
  ran_from: 'manager',
  status: 'not_run',
  duration_ms: 0,
  message: '',
  code: null,
  ...change,
});

/** A body of server-sent events. */
export const events = (...all: [name: string, data: unknown, id?: string][]): string =>
  all
    .map(([name, data, id]) => `${id ? `id: ${id}\n` : ''}event: ${name}\ndata: ${JSON.stringify(data)}\n\n`)
    .join('');

export const problem = (code: string, status: number, change: object = {}) => ({
  type: `urn:akko:problem:${code}`,
  title: code,
  status,
  detail: `detail of ${code}`,
  code,
  retryable: false,
  reference: '0f6f2f6d0c6b4a9d8d1f3a5b7c9e1d2f',
  ...change,
});
