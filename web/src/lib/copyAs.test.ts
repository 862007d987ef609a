import { copyAs, type CopySource, placeholder } from './copyAs';

const source: CopySource = {
  name: 'client-pg-01',
  connector: 'postgresql',
  trinoConnector: 'postgresql',
  description: "Sales' \"own\" $HOME `id` \\ data",
  allowRoles: ['akko-admin', 'no'],
  fields: { host: 'db.customer.example', port: 5432, tls: true, parameters: { on: '1', ApplicationName: 'a$b' } },
  properties: { 'connection-url': "jdbc:x://h/o'brien" },
  secretFields: ['password'],
  credentials: ['connection-password'],
};
const address = 'https://cockpit.example/api/';

/** What an unquoted here-document of a shell yields. */
const expanded = (text: string, variables: Record<string, string>) =>
  text.replace(/\\([\\$`])|\$\{([A-Z_]+)\}|\$([A-Za-z_]+)/g, (_, literal, braced, plain) =>
    literal ?? variables[braced ?? plain] ?? '');

describe('copyAs', () => {
  it('writes a request that a shell turns into the very body', () => {
    const text = copyAs('curl', source, address);
    expect(text).toContain("curl --fail-with-body -X POST 'https://cockpit.example/api/api/admin/catalogs'");
    expect(text).toContain('Bearer $TOKEN');
    const document = text.split('<<AKKO_BODY\n')[1]!.split('\nAKKO_BODY')[0]!;
    expect(JSON.parse(expanded(document, { PASSWORD: 's3cret' }))).toEqual({
      name: source.name,
      connector: source.connector,
      fields: { ...source.fields, password: 's3cret' },
      description: source.description,
      allow_roles: source.allowRoles,
    });
  });

  it('writes properties and credentials where no form can say it', () => {
    const text = copyAs('curl', { ...source, fields: null }, address);
    expect(text).toContain('"connection-password": "${CONNECTION_PASSWORD}"');
    expect(text).not.toContain('"fields"');
  });

  it('puts what stands beside the form into the request', () => {
    const extra = { properties: { 'a.b': '1' }, credentials: ['k-s'] };
    const text = copyAs('curl', { ...source, extra }, address);
    expect(text).toContain('"a.b": "1"');
    expect(text).toContain('"k-s": "${K_S}"');
  });

  it('quotes names and values of SQL', () => {
    expect(copyAs('sql', source, address)).toBe(
      'CREATE CATALOG "client-pg-01" USING postgresql\nWITH (\n' +
        `  "connection-url" = 'jdbc:x://h/o''brien',\n  "connection-password" = '\${CONNECTION_PASSWORD}'\n);\n`,
    );
    expect(copyAs('sql', { ...source, properties: {}, credentials: [], trinoConnector: 'a-b' }, address)).toBe(
      'CREATE CATALOG "client-pg-01" USING "a-b";\n',
    );
  });

  it('writes a custom resource with a reference to the secret', () => {
    const text = copyAs('yaml', source, address);
    expect(text.startsWith('apiVersion: "akko.io/v1alpha1"\nkind: "TrinoCatalog"\nmetadata:\n  name: "client-pg-01"\n')).toBe(true);
    expect(text).toContain('    - "no"\n');
    expect(text).toContain('    port: 5432\n');
    expect(text).toContain('      "on": "1"\n');
    expect(text).toContain('  secretRef:\n    name: "client-pg-01-credentials"\n    fields:\n      - "password"\n');
  });

  it('names placeholders so that a shell takes them', () => {
    expect(placeholder('s3.aws-secret-key')).toBe('S3_AWS_SECRET_KEY');
    expect(placeholder('1st')).toBe('SECRET_1ST');
  });
});
