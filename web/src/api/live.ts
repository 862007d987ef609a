import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { paths } from './client';
import { ApiError, isAbort, SessionLostError } from './errors';
import { keys } from './keys';
import { readEvents, type ServerEvent } from './sse';
import type { Catalog, CatalogSummary, Me } from './types';

const byName = (a: CatalogSummary, b: CatalogSummary) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);

/** The list with one row replaced or added, by name. */
export const withRow = (rows: CatalogSummary[], row: CatalogSummary): CatalogSummary[] =>
  [...rows.filter((each) => each.name !== row.name), row].sort(byName);

/** Puts what an event says into the cache. */
export function applyEvent(queryClient: QueryClient, event: ServerEvent): void {
  if (event.name === 'hello') {
    // What happened while nobody listened.
    void queryClient.invalidateQueries({ queryKey: keys.catalogs });
    void queryClient.invalidateQueries({ queryKey: keys.foreignCatalogs });
    void queryClient.invalidateQueries({ queryKey: keys.histories });
  } else if (event.name === 'catalog') {
    const row = event.data as CatalogSummary;
    queryClient.setQueryData<CatalogSummary[]>(keys.catalogs, (rows) => rows && withRow(rows, row));
    queryClient.setQueryData<Catalog>(keys.catalog(row.name), (catalog) => catalog && { ...catalog, ...row });
    void queryClient.invalidateQueries({ queryKey: keys.checks(row.name) });
    void queryClient.invalidateQueries({ queryKey: keys.history(row.name) });
  } else if (event.name === 'catalog_removed') {
    const { name } = event.data as { name: string };
    queryClient.setQueryData<CatalogSummary[]>(keys.catalogs, (rows) => rows?.filter((row) => row.name !== name));
    void queryClient.invalidateQueries({ queryKey: keys.history(name) });
  } else if (event.name === 'trino') {
    const { up, version } = event.data as { up: boolean; version: string };
    queryClient.setQueryData<Me>(
      keys.me,
      (me) => me && { ...me, server: { ...me.server, trino: { ...me.server.trino, up, version } } },
    );
  }
}

/** Keeps list, details and Trino's state fresh while the page is open. Returns whether the stream is up. */
export function useLiveUpdates(): boolean {
  const queryClient = useQueryClient();
  const [live, setLive] = useState(true);
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    const listen = async () => {
      for (let failures = 0; !signal.aborted; failures += 1) {
        try {
          await readEvents(paths.events, { signal }, (event) => {
            failures = 0;
            setLive(true);
            applyEvent(queryClient, event);
          });
        } catch (error) {
          if (isAbort(error)) return;
          // A manager without the stream: the list still refetches when the window gets the focus.
          if (error instanceof ApiError && error.problem.status === 404) return;
          if (error instanceof SessionLostError) failures = Math.max(failures, 3);
        }
        if (failures >= 2) setLive(false);
        // Not all pages of a company in the same moment after a restart.
        const wait = Math.min(30_000, 500 * 2 ** failures) * (0.75 + Math.random() / 2);
        await new Promise((resolve) => setTimeout(resolve, wait));
      }
    };
    void listen();
    return () => controller.abort();
  }, [queryClient]);
  return live;
}
