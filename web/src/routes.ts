import { useCallback, useSyncExternalStore } from 'react';

// Locations live behind the hash, query included ("#/?q=pg"): the server serves one document and never sees them.

const at = () => window.location.hash.replace(/^#?\/?/, '/');
const subscribe = (changed: () => void) => {
  window.addEventListener('hashchange', changed);
  window.addEventListener('popstate', changed);
  return () => {
    window.removeEventListener('hashchange', changed);
    window.removeEventListener('popstate', changed);
  };
};
const pathNow = () => at().split('?', 1)[0] ?? '/';
const searchNow = () => at().split('?').slice(1).join('?');

/** Goes to a location such as "/c/sales?x=1"; `replace` leaves no entry in the history. */
export function navigate(to: string, options: { replace?: boolean } = {}): void {
  const url = `#${to.startsWith('/') ? to : `/${to}`}`;
  if (options.replace) window.history.replaceState(null, '', url);
  else window.history.pushState(null, '', url);
  window.dispatchEvent(new HashChangeEvent('hashchange'));
}

/** For wouter's Router: the path behind the hash, without its query. */
export function useHashPath(): [string, typeof navigate] {
  return [useSyncExternalStore(subscribe, pathNow), navigate];
}
useHashPath.hrefs = (href: string) => `#${href}`;

/** For wouter's Router: the query behind the hash, without "?". */
export const useHashSearch = () => useSyncExternalStore(subscribe, searchNow);

/** The query of the location and a setter; empty values leave it. */
export function useQueryState(): [URLSearchParams, (values: Record<string, string>, replace?: boolean) => void] {
  const search = useHashSearch();
  const set = useCallback((values: Record<string, string>, replace = false) => {
    const query = new URLSearchParams(searchNow());
    for (const [key, value] of Object.entries(values)) {
      if (value) query.set(key, value);
      else query.delete(key);
    }
    const text = query.toString();
    navigate(pathNow() + (text ? `?${text}` : ''), { replace });
  }, []);
  return [new URLSearchParams(search), set];
}

export const detailTabs = ['connection', 'access', 'checks', 'history'] as const;
export type DetailTab = (typeof detailTabs)[number];

/** Where things are. Add what is new here, never as a text in a component. */
export const routes = {
  list: '/',
  new: '/new',
  /** The form with the cursor in "Paste a connection URL". */
  newFromUrl: '/new?paste=1',
  catalog: (name: string, tab?: DetailTab) => `/c/${encodeURIComponent(name)}${tab && tab !== 'connection' ? `/${tab}` : ''}`,
} as const;
