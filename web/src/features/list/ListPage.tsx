import { Button, Skeleton } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { api, base } from '../../api/client';
import { keys } from '../../api/keys';
import { useCatalogs, useConnectors, useConnectorTitle, useForeignCatalogs } from '../../api/queries';
import type { CatalogSummary } from '../../api/types';
import { useMe } from '../../auth/guard';
import { ConfirmRemove } from '../../components/ConfirmRemove';
import { EmptyState } from '../../components/EmptyState';
import { ErrorNotice } from '../../components/ErrorNotice';
import { useErrorText } from '../../components/errorText';
import { Notice } from '../../components/Notice';
import { focusHeading, PageHeader } from '../../components/PageHeader';
import { copyAs, type CopyFormat } from '../../lib/copyAs';
import { copySource } from '../../lib/copySource';
import { filtered } from '../../lib/filter';
import { routes, useQueryState } from '../../routes';
import { CatalogTable } from './CatalogTable';
import { ForeignTable } from './ForeignTable';
import { ListEmpty } from './ListEmpty';
import classes from './ListPage.module.css';
import { focusActions } from './RowMenu';
import { Tools } from './Tools';
import { useTests } from './useTests';

function SkeletonRows() {
  return (
    <div className={classes.skeletons}>
      {[0, 1, 2].map((row) => (
        <div key={row} className={classes.skeleton}>
          <Skeleton height={14} width="60%" />
          <Skeleton height={14} width="50%" />
          <Skeleton height={24} width={96} radius="xl" />
          <Skeleton height={14} width="70%" />
        </div>
      ))}
    </div>
  );
}

export function ListPage() {
  const { t } = useTranslation('list');
  const { t: common } = useTranslation();
  const me = useMe();
  const queryClient = useQueryClient();
  const errorText = useErrorText();
  const catalogs = useCatalogs();
  const { data: connectors } = useConnectors();
  const foreign = useForeignCatalogs();
  const titleOf = useConnectorTitle();
  const tests = useTests();
  const [query, setQuery] = useQueryState();
  const [removing, setRemoving] = useState<CatalogSummary | null>(null);
  const [said, setSaid] = useState('');
  const search = useRef<HTMLInputElement>(null);

  const filters = {
    query: query.get('q') ?? '',
    connector: query.get('connector') ?? '',
    health: query.get('health') ?? '',
  };
  const rows = catalogs.data ?? [];
  const shown = filtered(rows, filters, titleOf);
  const used = useMemo(() => [...new Set((catalogs.data ?? []).map((row) => row.connector))].sort(), [catalogs.data]);
  const filtering = Boolean(filters.query || filters.connector || filters.health);
  const elsewhere = (foreign.data?.catalogs ?? []).filter(
    (row) => !filters.health && !filters.connector && row.name.includes(filters.query.trim().toLowerCase()),
  );
  const ready = shown.filter((row) => row.phase === 'ready').map((row) => row.name);

  const copy = async (row: CatalogSummary, format: CopyFormat, words: string) => {
    try {
      const catalog = await queryClient.fetchQuery({
        queryKey: keys.catalog(row.name),
        queryFn: ({ signal }) => api.catalog(row.name, signal),
      });
      const connector = connectors?.find((each) => each.id === row.connector);
      await navigator.clipboard.writeText(copyAs(format, copySource(catalog, connector), base()));
      setSaid(t('copied', { name: row.name, format: words }));
    } catch (error) {
      const reason = error instanceof DOMException ? common('copyFailed') : errorText(error).what;
      setSaid(t('copyFailed', { name: row.name, reason }));
    }
  };
  const clear = () => {
    setQuery({ q: '', connector: '', health: '' });
    search.current?.focus();
  };

  return (
    <>
      <PageHeader
        title={common('area')}
        description={t('intro')}
        actions={
          <Button component={Link} href={routes.new} leftSection={<span aria-hidden="true">+</span>}>
            {t('add')}
          </Button>
        }
      />
      {!(catalogs.data && rows.length === 0) && (
        <Tools filters={filters} setQuery={setQuery} used={used} search={search}>
          <Button
            variant="default"
            disabled={ready.length === 0 || tests.run !== null || !me.server.trino.up}
            onClick={() => void tests.testAll(ready)}
          >
            {tests.run ? t('testingAll', { done: tests.run.done, total: tests.run.total }) : t('testAll')}
          </Button>
          <p role="status" className={classes.count}>
            {catalogs.data &&
              (filtering
                ? t('countOf', { shown: shown.length, count: rows.length })
                : t('count', { count: rows.length }))}
          </p>
        </Tools>
      )}
      <p role="status" className={said ? classes.said : 'visually-hidden'}>
        {said}
      </p>
      <p role="status" className="visually-hidden">
        {tests.said}
      </p>
      {tests.failures.length > 0 && (
        <div className={classes.failures}>
          <Notice
            tone="warn"
            role="status"
            action={
              <Button size="xs" variant="default" onClick={tests.dismiss}>
                {common('dismiss')}
              </Button>
            }
          >
            {tests.failures.map((failure) => (
              <p key={failure}>{failure}</p>
            ))}
          </Notice>
        </div>
      )}
      {catalogs.isError && !catalogs.data ? (
        <ErrorNotice error={catalogs.error} title={t('readFailed')} onRetry={() => void catalogs.refetch()} />
      ) : (
        <div className={`panel ${classes.panel}`} aria-busy={catalogs.isPending}>
          {catalogs.isPending && <SkeletonRows />}
          {catalogs.data && rows.length === 0 && <ListEmpty />}
          {rows.length > 0 && shown.length === 0 && (
            <EmptyState
              title={filters.query ? t('noMatch', { query: filters.query }) : t('noMatchFilters')}
              actions={
                <Button variant="default" onClick={clear}>
                  {t('clearFilters')}
                </Button>
              }
            />
          )}
          {shown.length > 0 && (
            <CatalogTable
              rows={shown}
              testing={tests.testing}
              onTest={(row) => void tests.test(row.name)}
              onCopy={(row, format, words) => void copy(row, format, words)}
              onRemove={setRemoving}
            />
          )}
        </div>
      )}
      {elsewhere.length > 0 && <ForeignTable rows={elsewhere} />}
      {removing && (
        <ConfirmRemove
          catalog={removing}
          onClose={() => {
            setRemoving(null);
            setTimeout(() => focusActions(removing.name), 50);
          }}
          onRemoved={() => {
            setSaid(t('removed', { name: removing.name }));
            setRemoving(null);
            // After the dialog has given the focus back to a button that is gone.
            setTimeout(focusHeading, 50);
          }}
        />
      )}
    </>
  );
}
