import { type Filled, readPastedUrl } from './pastedUrl';
import { definitions } from './testdata/definitions';

const secret = 'Tr0ub4dor';
function filled(text: string, current: string | null = null): Filled {
  const pasted = readPastedUrl(text, definitions, current);
  if (pasted.kind !== 'filled') throw new Error(`not filled: ${text}`);
  return pasted;
}

const table: [url: string, connector: string, fields: object, secrets: object][] = [
  [`jdbc:postgresql://db.customer.example:5433/sales?user=trino&password=${secret}&sslmode=verify-full&sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory`, 'postgresql', { host: 'db.customer.example', port: '5433', database: 'sales', user: 'trino', tls: 'verify-full' }, { password: secret }],
  [`postgres://trino:${secret}@db.customer.example/sales?sslmode=require`, 'postgresql', { host: 'db.customer.example', database: 'sales', user: 'trino', tls: 'require' }, { password: secret }],
  [`postgresql://trino:p%40ss%2F@[2001:db8::1]:5432/sales`, 'postgresql', { host: '[2001:db8::1]', port: '5432', database: 'sales', user: 'trino' }, { password: 'p@ss/' }],
  [`jdbc:mysql://db.customer.example:3306?user=u&password=${secret}&sslMode=VERIFY_IDENTITY`, 'mysql', { host: 'db.customer.example', port: '3306', user: 'u', tls: 'verify-identity' }, { password: secret }],
  [`mariadb://u:${secret}@db.customer.example`, 'mysql', { host: 'db.customer.example', user: 'u' }, { password: secret }],
  [`jdbc:sqlserver://db.customer.example:1433;databaseName=sales;userName=u;password={${secret}};encrypt=strict;`, 'sqlserver', { host: 'db.customer.example', port: '1433', database: 'sales', user: 'u', tls: 'strict' }, { password: secret }],
  ['jdbc:oracle:thin:@tcps://db.customer.example:2484/ORCL', 'oracle', { host: 'db.customer.example', port: '2484', service: 'ORCL', tls: 'tcps' }, {}],
  ['jdbc:oracle:thin:@db.customer.example:1521/ORCL', 'oracle', { host: 'db.customer.example', port: '1521', service: 'ORCL', tls: 'tcp' }, {}],
  [`jdbc:redshift://c.eu.redshift.example:5439/dev?UID=u&PWD=${secret}&ssl=false`, 'redshift', { host: 'c.eu.redshift.example', port: '5439', database: 'dev', user: 'u', tls: 'off' }, { password: secret }],
  [`jdbc:snowflake://acme.snowflakecomputing.com?user=u&password=${secret}`, 'snowflake', { host: 'acme.snowflakecomputing.com', user: 'u' }, { password: secret }],
  [`mongodb://u:${secret}@a.example:27017,b.example:27018/admin?replicaSet=rs0&authSource=admin&tls=true`, 'mongodb', { address: 'hosts', hosts: 'a.example:27017,b.example:27018', user: 'u', database: 'admin', replica_set: 'rs0', auth_database: 'admin', tls: 'on' }, { password: secret }],
  [`mongodb+srv://u:${secret}@cluster0.example.net/?authMechanism=SCRAM-SHA-256`, 'mongodb', { address: 'srv', hosts: 'cluster0.example.net', user: 'u', mechanism: 'SCRAM-SHA-256' }, { password: secret }],
  ['thrift://hms1.example:9083,thrift://hms2.example:9083', 'hive', { metastore: 'hms1.example:9083,hms2.example:9083' }, {}],
  ['https://rest.example/api/catalog', 'iceberg', { protocol: 'https', host: 'rest.example', path: 'api/catalog' }, {}],
  ['http://rest.example:8181', 'iceberg', { protocol: 'http', host: 'rest.example', port: '8181' }, {}],
];

describe('a pasted URL', () => {
  it.each(table)('%s', (url, connector, fields, secrets) => {
    const pasted = filled(url);
    expect(pasted.connector.id).toBe(connector);
    expect(pasted.fields).toEqual(fields);
    expect(pasted.secrets).toEqual(secrets);
    expect(pasted.count).toBe(Object.keys(fields).length + Object.keys(secrets).length);
    expect(JSON.stringify({ ...pasted, secrets: {} })).not.toContain(secret);
    expect(pasted.left).toEqual([]);
  });

  it('recognises every beginning that a definition publishes', () => {
    for (const connector of definitions) {
      for (const prefix of connector.url_schemes) {
        const pasted = filled(`${prefix}host.example:1234/x`.replace(/^(mongodb\+srv.*):1234/, '$1'), connector.id);
        expect(pasted.connector.id).toBe(connector.id);
      }
    }
  });

  it('stays with the connector that is chosen where the URL fits, and shows its fields', () => {
    const pasted = filled('thrift://hms.example:9083', 'databricks');
    expect(pasted.connector.id).toBe('databricks');
    expect(pasted.fields).toEqual({ mode: 'metastore', metastore: 'hms.example:9083' });
    expect(filled('thrift://hms.example:9083').alternatives.map((each) => each.id)).toContain('delta_lake');
  });

  it('lists further parameters for review and refuses the dangerous ones by name', () => {
    const pasted = filled('jdbc:postgresql://h.example/d?ApplicationName=akko&never_heard=1&socketFactory=evil.Class');
    expect(pasted.fields.parameters).toEqual({ ApplicationName: 'akko', never_heard: '1' });
    expect(pasted.review).toEqual(['ApplicationName', 'never_heard']);
    expect(pasted.refused).toEqual([{ name: 'socketFactory', reason: expect.stringMatching(/.+/) as string }]);
  });

  it('keeps a value of a parameter that no choice knows', () => {
    const pasted = filled('jdbc:postgresql://h.example/d?sslmode=verify-ca');
    expect(pasted.fields).toMatchObject({ tls: 'prefer', parameters: { sslmode: 'verify-ca' } });
  });

  it('says what has no place', () => {
    expect(filled(`jdbc:postgresql://h.example/d?trustpassword=${secret}`)).toMatchObject({
      left: [{ what: 'parameter', name: 'trustpassword' }],
      review: [],
    });
    expect(filled('jdbc:mysql://h.example/shop').left).toEqual([{ what: 'path' }]);
    expect(filled('jdbc:postgresql://a.example,b.example/d').left).toEqual([{ what: 'hosts' }]);
    expect(filled(`https://u:${secret}@rest.example`).left).toEqual([{ what: 'credentials' }]);
  });

  it.each(['', 'hello', 'jdbc:db2://h:1/d', 'jdbc:postgresql://', 'postgres://a b/c', 'jdbc:sqlserver://h\\INSTANCE;x=y', `ftp://u:${secret}@h`])(
    'does not take %j for one',
    (text) => {
      const pasted = readPastedUrl(text, definitions);
      expect(pasted.kind).toBe('unknown');
      expect(pasted.shown).not.toContain(secret);
    },
  );

  it('leaves out connectors that this Trino lacks', () => {
    const without = definitions.map((each) => ({ ...each, available: each.id !== 'postgresql' }));
    expect(readPastedUrl('postgres://h.example/d', without).kind).toBe('unknown');
  });
});
