import { alpha, catalog, row } from '../test/fixtures';
import { copySource } from './copySource';
import { curlExample } from './curlExample';
import { filtered } from './filter';
import { eachAtMost } from './pool';
import { day, duration, relative } from './time';

describe('time', () => {
  const now = 1_795_000_000;
  it('says how long ago in the largest unit that fits', () => {
    expect(relative(now - 5, now, 'en')).toBe('5 sec ago');
    expect(relative(now - 120, now, 'en')).toBe('2 min ago');
    expect(relative(now - 7200, now, 'en')).toBe('2 hr ago');
    expect(relative(now - 86400, now, 'en')).toBe('yesterday');
    expect(relative(now - 120, now, 'fr')).toMatch(/^il y a 2\smin$/);
  });
  it('takes a clock that is ahead of ours for now', () => {
    expect(relative(now + 30, now, 'en')).toBe('now');
  });
  it('leaves out the year only when it is this one', () => {
    expect(day(now - 86400, now, 'en')).not.toMatch(/20\d\d/);
    expect(day(now - 400 * 86400, now, 'en')).toMatch(/20\d\d/);
  });
  it('counts in milliseconds below one second', () => {
    expect(duration(999, 'en')).toBe('999\u00a0ms');
    expect(duration(1400, 'en')).toBe('1.4\u00a0s');
    expect(duration(1400, 'fr')).toBe('1,4\u00a0s');
    expect(duration(12_345, 'en')).toBe('12\u00a0s');
  });
});

describe('filtered', () => {
  const title = (id: string) => (id === 'alpha' ? 'Alpha DB' : id);
  const rows = [
    row('sales', { description: 'Données du marché' }),
    row('lake', { connector: 'beta', health: 'failing', allow_roles: ['analyst'] }),
  ];
  const names = (query: string, connector = '', health = '') =>
    filtered(rows, { query, connector, health }, title).map((each) => each.name);
  it('finds every word, wherever it stands and however it is accented', () => {
    expect(names('DONNEES marche')).toEqual(['sales']);
    expect(names('alpha db')).toEqual(['sales']);
    expect(names('analyst')).toEqual(['lake']);
    expect(names('sales analyst')).toEqual([]);
  });
  it('combines query and filters', () => {
    expect(names('', 'beta')).toEqual(['lake']);
    expect(names('', '', 'failing')).toEqual(['lake']);
    expect(names('', 'alpha', 'failing')).toEqual([]);
  });
});

describe('eachAtMost', () => {
  it('works on all items and never on more than the limit at once', async () => {
    let open = 0;
    let most = 0;
    const done: number[] = [];
    await eachAtMost(3, [1, 2, 3, 4, 5, 6, 7], async (item) => {
      open += 1;
      most = Math.max(most, open);
      await new Promise((resolve) => setTimeout(resolve, 2));
      open -= 1;
      done.push(item);
    });
    expect(most).toBe(3);
    expect(done.sort()).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });
});

describe('copySource', () => {
  it('names the secret fields that are set, by the keys of the form', () => {
    const source = copySource(catalog('sales'), alpha);
    expect(source.secretFields).toEqual(['password']);
    expect(source.credentials).toEqual(['connection-password']);
    expect(source.trinoConnector).toBe('alpha_jdbc');
  });
  it('leaves out secret fields that were never given', () => {
    expect(copySource(catalog('sales', { credentials: {} }), alpha).secretFields).toEqual([]);
  });
});

describe('curlExample', () => {
  it('fills required fields, keeps secrets as placeholders and survives the quotes of a shell', () => {
    const text = curlExample(alpha, 'http://host/base/');
    expect(text).toContain("'http://host/base/api/admin/catalogs'");
    expect(text).toContain('${PASSWORD}');
    expect(text).toContain("o'\\''brien.example");
  });
});
