// What the manager sends; the shapes of api/openapi.yaml. Times are seconds since 1970 UTC with a fraction.

export type Health = 'healthy' | 'slow' | 'failing' | 'unknown' | 'paused' | 'registering';

export interface HealthDetail {
  code: string;
  message: string;
  fix?: string;
  /** Of a failure: its fact. */
  facts?: Fact[];
  checked_at: number | null;
  since?: number | null;
  duration_ms?: number | null;
}

export interface CatalogSummary {
  name: string;
  connector: string;
  description: string;
  allow_roles: string[];
  health: Health;
  health_detail: HealthDetail;
  phase: 'registering' | 'ready' | 'removing';
  operation_id?: string | null;
  revision: number;
  created_at: number;
  created_by: string;
  updated_at: number;
  updated_by: string;
}

export interface CredentialState {
  set: true;
  updated_at: number;
  updated_by: string;
}

export type FieldValue = string | Record<string, string>;

export interface Catalog extends CatalogSummary {
  properties: Record<string, string>;
  credentials: Record<string, CredentialState>;
  /** The connection as the connector's form; null when the properties say more than the form can. */
  fields: Record<string, FieldValue> | null;
}

export interface ForeignCatalog {
  name: string;
  connector: string;
  state: 'loaded' | 'failed';
  message: string;
}

export interface ForeignCatalogs {
  catalogs: ForeignCatalog[];
  read_at: number | null;
}

export type StepStatus = 'not_run' | 'running' | 'passed' | 'skipped' | 'failed' | 'undone';

/** What a sentence of the server says: the page has the words for it in other languages. */
export interface Fact {
  code: string;
  values: Record<string, string>;
  /** The English templates of a failure whose texts are not those of its class; see `Phrases`. */
  message?: string;
  fix?: string;
}

/** A step of a check or of an operation. */
export interface Step {
  id: string;
  title: string;
  ran_from: 'manager' | 'trino';
  status: StepStatus;
  duration_ms: number;
  message: string;
  /** What `message` says. Of a failure: its class, and what the text may name. */
  facts?: Fact[];
  code: string | null;
  fix?: string;
}

export interface TestPlan {
  deadline_ms: number;
  steps: Step[];
}

export interface TestReport {
  ok: boolean;
  code: string | null;
  message: string;
  fix?: string;
  raw?: string;
  proves: '' | 'metastore' | 'service' | 'data path';
  duration_ms: number;
  steps: Step[];
}

export interface FieldProblem {
  field: string;
  code: string;
  message: string;
}

export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  fix?: string;
  raw?: string;
  retryable: boolean;
  errors?: FieldProblem[];
  steps?: Step[];
  reference: string;
}

export interface Operation {
  id: string;
  kind: 'register' | 'remove';
  catalog: string;
  connector: string;
  user: string;
  status: 'running' | 'succeeded' | 'failed';
  started_at: number;
  ended_at: number | null;
  steps: Step[];
  /** Ids of steps, in the order in which they were undone. */
  undone: string[];
  /** What could not be undone yet, in words. */
  left: string[];
  /** The same, each in its place. */
  left_facts: Fact[];
  problem: Problem | null;
}

export interface Check {
  checked_at: number;
  trigger: 'scheduled' | 'registration' | 'manual';
  user: string | null;
  health: Health;
  duration_ms: number;
  code: string | null;
  message: string;
  fix?: string;
  steps: Step[];
}

/** What somebody did to a catalog, or tried to. */
export interface HistoryEvent {
  at: number;
  event: 'CATALOG_CREATED' | 'CATALOG_CREATE_FAILED' | 'CATALOG_DELETED' | 'CATALOG_DELETE_FAILED' | 'CATALOG_TESTED';
  user: string;
  result: 'success' | 'failed';
  code: string | null;
  detail: string;
  client: string;
  operation_id: string;
  request_id: string;
}

export interface Me {
  user: string;
  subject: string;
  roles: string[];
  admin: boolean;
  server: {
    version: string;
    dev_issuer: boolean;
    secrets_in_statements: boolean;
    admin_role?: string;
    default_allow_roles?: string[];
    health_interval_seconds?: number;
    trino: { up: boolean; version: string; secrets_provider: 'unknown' | 'present' | 'missing' | 'elsewhere' };
  };
}

export interface NameAnswer {
  name: string;
  available: boolean;
  code: null | 'pattern' | 'reserved' | 'name_taken' | 'name_taken_in_trino';
  message: string;
  registered_by: string | null;
  registered_at: number | null;
}

export interface Role {
  name: string;
  description: string;
  members: number | null;
}

export interface Roles {
  source: 'keycloak' | 'development' | 'observed';
  complete: boolean;
  roles: Role[];
  problem: string | null;
}

export interface RolePreview {
  people: number | null;
  roles: { name: string; known: boolean | null; members: number | null; sample: string[] }[];
  you_keep_access: boolean;
}

export type FieldKind =
  | 'text'
  | 'textarea'
  | 'integer'
  | 'boolean'
  | 'enumeration'
  | 'duration'
  | 'secret'
  | 'secret_area'
  | 'file'
  | 'map';

export interface ConnectorField {
  key: string;
  label: string;
  help: string;
  kind: FieldKind;
  secret: boolean;
  required: boolean;
  advanced: boolean;
  retarget: boolean;
  min_length: number;
  max_length: number;
  default?: string | number | boolean;
  example?: string;
  accept?: string;
  pattern?: string;
  pattern_help?: string;
  minimum?: number;
  maximum?: number;
  choices?: { value: string; label: string; help?: string; sets?: Record<string, string> }[];
  show_when?: Record<string, string[]>;
  to?: string;
}

export interface UrlRules {
  forms: { name: string; prefix: string; default_port?: number; port?: 'forbidden' }[];
  aliases: string[];
  hosts: 'one' | 'several' | 'repeated';
  user_info: boolean;
  path: 'required' | 'optional' | 'forbidden';
  style: 'query' | 'semicolon';
  encoding: 'percent' | 'literal';
  parameters: string[];
  limited_parameters: string[];
  credential_parameters: Record<string, string>;
  refused_parameters: Record<string, string>;
}

export interface ConnectorProperty {
  name: string;
  label: string;
  help: string;
  kind: 'text' | 'integer' | 'boolean' | 'enumeration' | 'duration' | 'data_size' | 'url' | 'secret' | 'secret_file';
  secret: boolean;
  required: boolean;
  advanced: boolean;
  max_length: number;
  default?: string | number | boolean;
  pattern?: string;
  pattern_help?: string;
  minimum?: number;
  maximum?: number;
  choices?: string[];
  url?: UrlRules;
}

export interface Connector {
  id: string;
  title: string;
  category: 'relational' | 'lakehouse' | 'warehouse' | 'nosql' | 'streaming';
  summary: string;
  documentation: string;
  trino_connector: string;
  openmetadata_service: string;
  jvm_flags: string[];
  url_schemes: string[];
  fields: ConnectorField[];
  constants: Record<string, string>;
  properties: ConnectorProperty[];
  refused: { names: string[]; reason: string }[];
  check: { deadline_seconds: number };
  probe: { statements: unknown[]; proves: string; explanation: string };
  available: boolean | null;
  unavailable_reason?: string;
}

/** What a registration or a test of a connection sends. */
export interface CatalogDraft {
  name?: string;
  connector: string;
  fields?: Record<string, string | number | boolean | Record<string, string>>;
  properties?: Record<string, string>;
  credentials?: Record<string, string>;
  description?: string;
  allow_roles?: string[];
}

/** Another language's templates, by the English ones that facts carry. */
export interface Phrases {
  language: string;
  phrases: Record<string, string>;
}

export interface UiConfig {
  authority: string;
  client_id: string;
  scope: string;
  development: boolean;
  version: string;
  languages: string[];
}
