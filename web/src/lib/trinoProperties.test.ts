import { initialValues } from './rules';
import { definition } from './testdata/definitions';
import { trinoProperties } from './trinoProperties';

const of = (id: string, values: Record<string, string | Record<string, string>>) => {
  const connector = definition(id);
  return trinoProperties(connector, { ...initialValues(connector.fields), ...values });
};

describe('trinoProperties', () => {
  it('writes the URL of a database with what choices set', () => {
    const { properties, credentials, unsaid } = of('postgresql', {
      host: 'h.example', database: 'sales db', user: 'u', password: 'pw', parameters: { ApplicationName: 'a b' },
    });
    expect(properties['connection-url']).toBe('jdbc:postgresql://h.example:5432/sales%20db?sslmode=require&ApplicationName=a%20b');
    expect(properties['connection-user']).toBe('u');
    expect(credentials).toEqual(['connection-password']);
    expect(unsaid).toEqual([]);
    expect(JSON.stringify(properties)).not.toContain('pw');
  });

  it('writes semicolons and repeated hosts where the definition says so', () => {
    expect(of('sqlserver', { host: 'h.example', database: 'd', user: 'u', tls: 'off' }).properties['connection-url']).toBe(
      'jdbc:sqlserver://h.example:1433;databaseName=d;encrypt=false',
    );
    expect(of('hive', { metastore: 'a:9083,b:9083', storage: 's3' }).properties).toMatchObject({
      'hive.metastore.uri': 'thrift://a:9083,thrift://b:9083', 'fs.native-s3.enabled': 'true',
    });
  });

  it('keeps a URL that holds a password among the secrets', () => {
    const { properties, credentials } = of('mongodb', { hosts: 'h:27017', user: 'u', password: 'pw' });
    expect(properties).not.toHaveProperty('mongodb.connection-url');
    expect(credentials).toEqual(['mongodb.connection-url']);
  });
});
