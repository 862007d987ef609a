import { act, renderHook } from '@testing-library/react';
import { navigate, routes, useHashPath, useHashSearch, useQueryState } from './routes';

beforeEach(() => navigate('/', { replace: true }));

it('keeps path and query apart behind the hash', () => {
  const path = renderHook(() => useHashPath()[0]);
  const search = renderHook(() => useHashSearch());
  act(() => navigate('/c/sales/checks?x=1&y=?'));
  expect(path.result.current).toBe('/c/sales/checks');
  expect(search.result.current).toBe('x=1&y=?');
});

it('leaves the path of the document alone', () => {
  const before = window.location.pathname + window.location.search;
  navigate('/new?paste=1');
  expect(window.location.pathname + window.location.search).toBe(before);
});

it('drops empty values from the query and keeps the others', () => {
  const { result } = renderHook(() => useQueryState());
  act(() => result.current[1]({ q: 'a b', health: 'failing' }));
  expect(window.location.hash).toBe('#/?q=a+b&health=failing');
  act(() => result.current[1]({ q: '' }));
  expect(window.location.hash).toBe('#/?health=failing');
  act(() => result.current[1]({ health: '' }));
  expect(window.location.hash).toBe('#/');
});

it('makes an entry in the history unless told otherwise', () => {
  const before = window.history.length;
  navigate('/new');
  expect(window.history.length).toBe(before + 1);
  navigate(routes.list, { replace: true });
  expect(window.history.length).toBe(before + 1);
});

it('writes names into addresses safely', () => {
  expect(routes.catalog('a/b')).toBe('/c/a%2Fb');
  expect(routes.catalog('sales', 'connection')).toBe('/c/sales');
  expect(routes.catalog('sales', 'checks')).toBe('/c/sales/checks');
});
