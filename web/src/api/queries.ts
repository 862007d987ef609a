import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from './client';
import { ApiError } from './errors';
import { keys } from './keys';

/** Definitions change with the server's version only. */
export function useConnectors() {
  const { i18n } = useTranslation();
  return useQuery({
    queryKey: keys.connectors(i18n.language),
    queryFn: ({ signal }) => api.connectors(signal),
    staleTime: 300_000,
    placeholderData: keepPreviousData,
  });
}

/** The sentences about failures in the page's language, by the English ones; nothing while they have not arrived. */
export function usePhrases(): Record<string, string> | undefined {
  const { i18n } = useTranslation();
  const { data } = useQuery({
    queryKey: keys.phrases(i18n.language),
    queryFn: ({ signal }) => api.phrases(signal),
    enabled: i18n.language !== 'en',
    // They change with the server's version only, and a screen without failures keeps them for the next one with some.
    staleTime: Infinity,
    gcTime: Infinity,
  });
  return data?.phrases;
}

export const useCatalogs = () =>
  useQuery({ queryKey: keys.catalogs, queryFn: ({ signal }) => api.catalogs(signal) });

export const useCatalog = (name: string) =>
  useQuery({
    queryKey: keys.catalog(name),
    queryFn: ({ signal }) => api.catalog(name, signal),
    retry: (failures, error) => failures < 2 && !(error instanceof ApiError && error.problem.status < 500),
  });

export const useChecks = (name: string, enabled = true) =>
  useQuery({ queryKey: keys.checks(name), queryFn: ({ signal }) => api.checks(name, signal), enabled });

export const useHistory = (name: string) =>
  useQuery({
    queryKey: keys.history(name),
    queryFn: ({ signal }) => api.history(name, signal),
    retry: (failures, error) => failures < 2 && !(error instanceof ApiError && error.problem.status < 500),
  });

export const useForeignCatalogs = () =>
  useQuery({
    queryKey: keys.foreignCatalogs,
    queryFn: ({ signal }) => api.foreignCatalogs(signal),
    // From the manager's memory; no event tells of catalogs that others make.
    refetchInterval: 10_000,
  });

/** The definition of a connector by its id; undefined while the definitions are not there. */
export const useConnector = (id: string) => useConnectors().data?.find((connector) => connector.id === id);

/** The title of a connector by its id; the id itself while the definitions are not there. */
export function useConnectorTitle(): (id: string) => string {
  const { data } = useConnectors();
  return (id) => data?.find((connector) => connector.id === id)?.title ?? id;
}
