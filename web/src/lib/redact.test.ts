import { redactUrl, soundsSecret } from './redact';

describe('redactUrl', () => {
  it.each([
    ['postgres://u:pw@h/d', 'postgres://u:•••@h/d'],
    ['postgres://u:p@w/x@h/d', 'postgres://u:•••@h/d'],
    ['jdbc:oracle:thin:scott/tiger@//h:1521/x', 'jdbc:oracle:thin:scott/•••@//h:1521/x'],
    ['jdbc:x://h/d?user=u&password=pw&a=b', 'jdbc:x://h/d?user=u&password=•••&a=b'],
    ['jdbc:sqlserver://h;user=u;pwd=pw;x=1', 'jdbc:sqlserver://h;user=u;pwd=•••;x=1'],
    ['jdbc:x://h/d?SSLKEYPASSWORD=pw', 'jdbc:x://h/d?SSLKEYPASSWORD=•••'],
    ['just words', 'just words'],
  ])('%s', (text, shown) => expect(redactUrl(text)).toBe(shown));

  it('knows names of secrets', () => {
    for (const name of ['password', 'aws-secret-key', 's3.aws-secret-key', 'oauth2.token', 'api-key', 'access-key']) expect(soundsSecret(name)).toBe(true);
    for (const name of ['user', 'keyspace', 'host']) expect(soundsSecret(name)).toBe(false);
  });
});
