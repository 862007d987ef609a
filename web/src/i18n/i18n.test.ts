import i18next, { languages, setLanguage } from '.';
import { en } from './en';
import { fr } from './fr';

type Tree = { [key: string]: string | Tree };

const leaves = (tree: Tree, at = ''): [string, string][] =>
  Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string' ? [[`${at}${key}`, value] as [string, string]] : leaves(value, `${at}${key}.`),
  );
const values = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]).sort();

// Words for codes may exist in one language only: the other shows the words of the server.
const ofPage = (tree: Tree) => leaves(tree).filter(([key]) => !/^errors\.(what|fix|fact|noun)\./.test(key));

describe('catalogues', () => {
  const french = new Map(leaves(fr));
  it('have the same keys', () => {
    expect(ofPage(fr).map(([key]) => key).sort()).toEqual(ofPage(en).map(([key]) => key).sort());
  });
  it('use the same values in both languages', () => {
    for (const [key, text] of ofPage(en)) expect([key, values(french.get(key) ?? '')]).toEqual([key, values(text)]);
  });
  it('have no empty text', () => {
    for (const [key, text] of [...leaves(en), ...leaves(fr)]) expect([key, text.trim() !== '']).toEqual([key, true]);
  });
});

describe('language', () => {
  it('reaches the document and is kept', async () => {
    await setLanguage('fr');
    expect(document.documentElement.lang).toBe('fr');
    expect(window.localStorage.getItem('akko-language')).toBe('fr');
    expect(Object.keys(languages)).toContain('fr');
  });
  it('counts 0, 1 and 2 right', async () => {
    const count = (value: number) => i18next.t('list:count', { count: value });
    expect([0, 1, 2].map(count)).toEqual(['0 catalogs', '1 catalog', '2 catalogs']);
    await setLanguage('fr');
    expect([0, 1, 2].map(count)).toEqual(['0 catalogue', '1 catalogue', '2 catalogues']);
  });
});
