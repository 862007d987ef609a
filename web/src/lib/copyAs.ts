// A catalog as text that does the same elsewhere: a request, a statement of Trino, a custom resource.
// No secret is ever in it: each is a placeholder named after its field.

/** Each with the key of its name. */
export const copyFormats = [
  ['curl', 'copyCurl'],
  ['sql', 'copySql'],
  ['yaml', 'copyYaml'],
] as const;
export type CopyFormat = (typeof copyFormats)[number][0];

type Value = string | number | boolean | Record<string, string>;

export interface CopySource {
  name: string;
  /** Our id of the connector: for curl and YAML. */
  connector: string;
  /** Trino's name of it: for SQL. */
  trinoConnector: string;
  description: string;
  allowRoles: string[];
  /** The connection as the form, without secrets; null when only the properties can say it. */
  fields: Record<string, Value> | null;
  /** Trino's properties, without secrets. */
  properties: Record<string, string>;
  /** Keys of the secret fields that are set. */
  secretFields: string[];
  /** Trino's names of the secrets that are set. */
  credentials: string[];
  /** Properties and secrets that stand beside the form. */
  extra?: { properties: Record<string, string>; credentials: string[] };
}

/** "connection-password" -> CONNECTION_PASSWORD: a name that every shell takes. */
export function placeholder(key: string): string {
  const word = key.replace(/[^A-Za-z0-9]+/g, '_').toUpperCase();
  return /^[A-Z]/.test(word) ? word : `SECRET_${word}`;
}

const isFilled = (record: object) => Object.keys(record).length > 0;

interface Sections {
  fields?: Record<string, Value>;
  properties?: Record<string, string>;
  secretFields: string[];
  credentials: string[];
}

function sections(source: CopySource): Sections {
  if (!source.fields) return { properties: source.properties, secretFields: [], credentials: source.credentials };
  const { properties = {}, credentials = [] } = source.extra ?? {};
  return { fields: source.fields, properties, secretFields: source.secretFields, credentials };
}

// The manager takes no control character in a value, so this stands for nothing else.
const mark = (key: string) => `\u0000${placeholder(key)}\u0000`;

function curl(source: CopySource, address: string): string {
  const { fields, properties, secretFields, credentials } = sections(source);
  const filled = (keys: string[]) => Object.fromEntries(keys.map((key) => [key, mark(key)]));
  const body: Record<string, unknown> = { name: source.name, connector: source.connector };
  if (fields) body.fields = { ...fields, ...filled(secretFields) };
  if (properties && isFilled(properties)) body.properties = properties;
  if (credentials.length > 0) body.credentials = filled(credentials);
  if (source.description) body.description = source.description;
  if (source.allowRoles.length > 0) body.allow_roles = source.allowRoles;
  const text = JSON.stringify(body, null, 2)
    .replace(/[\\$`]/g, '\\$&')
    .replace(/\\\\u0000([A-Z0-9_]+)\\\\u0000/g, (_, name: string) => `\${${name}}`);
  const names = ['TOKEN', ...[...secretFields, ...credentials].map(placeholder)];
  return [
    `# Set ${names.join(', ')} first; in a secret write " as \\", \\ as \\\\ and a line end as \\n.`,
    `curl --fail-with-body -X POST '${address.replaceAll("'", '%27')}api/admin/catalogs' \\`,
    `  -H "Authorization: Bearer $TOKEN" \\`,
    `  -H 'Content-Type: application/json' \\`,
    `  --data-binary @- <<AKKO_BODY`,
    text,
    'AKKO_BODY',
    '',
  ].join('\n');
}

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;
const literal = (value: string) => `'${value.replaceAll("'", "''")}'`;
const identifier = (name: string) => (/^[a-z_][a-z0-9_]*$/.test(name) ? name : quoted(name));

function sql(source: CopySource): string {
  const lines = Object.entries(source.properties).map(([name, value]) => `  ${quoted(name)} = ${literal(value)}`);
  for (const name of source.credentials) lines.push(`  ${quoted(name)} = '\${${placeholder(name)}}'`);
  const start = `CREATE CATALOG ${quoted(source.name)} USING ${identifier(source.trinoConnector)}`;
  return lines.length > 0 ? `${start}\nWITH (\n${lines.join(',\n')}\n);\n` : `${start};\n`;
}

// JSON's way to write a text is one of YAML's, so that no value is read as a number, a date or a "no".
function yamlLines(value: unknown, indent: string): string[] {
  if (Array.isArray(value)) return value.map((each) => `${indent}- ${JSON.stringify(each)}`);
  return Object.entries(value as object).flatMap(([key, each]) => {
    const name = /^[A-Za-z][A-Za-z0-9_.-]*$/.test(key) && !/^(y|n|yes|no|on|off|true|false|null)$/i.test(key) ? key : JSON.stringify(key);
    if (typeof each !== 'object') return [`${indent}${name}: ${JSON.stringify(each)}`];
    if (!isFilled(each)) return [`${indent}${name}: ${Array.isArray(each) ? '[]' : '{}'}`];
    return [`${indent}${name}:`, ...yamlLines(each, `${indent}  `)];
  });
}

function yaml(source: CopySource): string {
  const { fields, properties, secretFields, credentials } = sections(source);
  const spec: Record<string, unknown> = { connector: source.connector };
  if (source.description) spec.description = source.description;
  if (source.allowRoles.length > 0) spec.allowRoles = source.allowRoles;
  if (fields) spec.fields = fields;
  if (properties && isFilled(properties)) spec.properties = properties;
  if (secretFields.length + credentials.length > 0) {
    const secretRef: Record<string, unknown> = { name: `${source.name}-credentials` };
    if (secretFields.length > 0) secretRef.fields = secretFields;
    if (credentials.length > 0) secretRef.properties = credentials;
    spec.secretRef = secretRef;
  }
  const resource = { apiVersion: 'akko.io/v1alpha1', kind: 'TrinoCatalog', metadata: { name: source.name }, spec };
  return `${yamlLines(resource, '').join('\n')}\n`;
}

/** `address` is the base of the API, with its slash. */
export function copyAs(format: CopyFormat, source: CopySource, address: string): string {
  if (format === 'curl') return curl(source, address);
  return format === 'sql' ? sql(source) : yaml(source);
}
