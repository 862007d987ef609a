import type { ConnectorField } from '../api/types';
import { checkForm, checkName, checkValue, initialValues, placeOf, sentValues, shownKeys, wholePattern } from './rules';
import { definition, definitions } from './testdata/definitions';

const field = (change: Partial<ConnectorField>): ConnectorField => ({
  key: 'x', label: 'X', help: '', kind: 'text', secret: false, required: false, advanced: false, retarget: false, min_length: 1, max_length: 8, ...change,
});

describe('rules', () => {
  it.each([
    [{}, 'é'.repeat(4), null],
    [{}, 'é'.repeat(5), 'too_long'],
    [{ min_length: 3 }, 'é', 'too_short'],
    [{}, 'a\tb', 'control_character'],
    [{}, 'a\u0085', 'control_character'],
    [{ kind: 'textarea' }, 'a\r\n\tb', null],
    [{}, 'a${b}', 'reference'],
    [{ kind: 'integer' }, '1.5', 'integer'],
    [{ kind: 'integer', minimum: 1, maximum: 9 }, '10', 'range'],
    [{ kind: 'integer', minimum: 1 }, '0', 'minimum'],
    [{ kind: 'integer', max_length: 30 }, '9223372036854775808', 'maximum'],
    [{ kind: 'duration' }, '30s', null],
    [{ kind: 'duration' }, '30', 'duration'],
    [{ kind: 'enumeration', choices: [{ value: 'a', label: 'A' }] }, 'b', 'choice'],
    [{ kind: 'boolean' }, 'yes', 'choice'],
    [{ pattern: '[a-z]+' }, 'ab1', 'pattern'],
    [{ pattern: '(?i)[a-z]+' }, '1', null],
  ] as [Partial<ConnectorField>, string, string | null][])('%j takes %j: %s', (change, value, code) => {
    expect(checkValue(field(change), value)?.code ?? null).toBe(code);
  });

  it('reads maps member by member', () => {
    expect(checkValue(field({ kind: 'map' }), { a: '1' })).toBeNull();
    expect(checkValue(field({ kind: 'map' }), { a: '' })?.code).toBe('entry_value');
    expect(checkValue(field({ kind: 'map' }), Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`a${i}`, '1'])))?.code).toBe('too_many');
  });

  it('names every missing field of every connector, and takes defaults as values', () => {
    expect(definitions).toHaveLength(15);
    for (const connector of definitions) {
      const values = initialValues(connector.fields);
      const shown = shownKeys(connector.fields, values);
      const missing = connector.fields.filter((each) => shown.has(each.key) && each.required && each.default === undefined);
      const problems = checkForm(connector.fields, values);
      expect([...problems.keys()]).toEqual(missing.map((each) => each.key));
      expect(missing.length).toBeGreaterThan(0);
    }
  });

  it('hides what hangs on a hidden field, and sends nothing of it', () => {
    const { fields } = definition('kafka');
    const values = { ...initialValues(fields), client_auth: 'true', client_certificate: 'x' };
    expect(shownKeys(fields, values).has('client_certificate')).toBe(false);
    expect(sentValues(fields, values)).not.toHaveProperty('client_certificate');
    expect(shownKeys(fields, { ...values, security: 'SSL' }).has('client_certificate')).toBe(true);
  });

  it('knows the grammar of names', () => {
    expect(['a', 'a'.repeat(40), 'client-pg-01'].map(checkName)).toEqual([null, null, null]);
    expect(['', 'a'.repeat(41), 'Client_1', '-a', 'a-'].map(checkName)).toEqual(['required', 'too_long', 'pattern', 'pattern', 'pattern']);
  });

  it('leaves patterns alone that this side cannot read', () => {
    expect(wholePattern('(?i)x')).toBeNull();
    expect(wholePattern('a|b')?.test('ab')).toBe(false);
  });

  it('finds the field that the manager means', () => {
    const { fields } = definition('postgresql');
    expect(placeOf('fields.host', fields)).toEqual({ section: 'fields', key: 'host' });
    expect(placeOf('fields.parameters.socketFactory', fields)).toEqual({ section: 'fields', key: 'parameters' });
    expect(placeOf('properties.connection-user', fields)).toEqual({ section: 'fields', key: 'user' });
    expect(placeOf('properties.connection-url', fields)).toEqual({ section: 'fields', key: 'host' });
    expect(placeOf('credentials.nobody', fields)).toEqual({ section: 'credentials', key: 'nobody' });
    expect(placeOf('allow_roles[0]', fields)).toEqual({ section: 'allow_roles' });
    expect(placeOf('name', fields)).toEqual({ section: 'name' });
    expect(placeOf('', fields)).toEqual({ section: 'other' });
  });
});
