import { Button, Skeleton, Tabs } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { base } from '../../api/client';
import { ApiError } from '../../api/errors';
import { useCatalog, useCatalogs, useConnector, useConnectorTitle } from '../../api/queries';
import type { Catalog } from '../../api/types';
import { ConfirmRemove } from '../../components/ConfirmRemove';
import { CopyMenu } from '../../components/CopyMenu';
import { ErrorNotice } from '../../components/ErrorNotice';
import { HealthMark } from '../../components/HealthMark';
import { NotFound } from '../../components/NotFound';
import { Notice } from '../../components/Notice';
import { OperationProgress } from '../../components/OperationProgress';
import { focusHeading, PageHeader } from '../../components/PageHeader';
import { copyAs } from '../../lib/copyAs';
import { copySource } from '../../lib/copySource';
import { type DetailTab, detailTabs, navigate, routes } from '../../routes';
import { AccessTab } from './AccessTab';
import { CheckPanel } from './CheckPanel';
import { ChecksTab } from './ChecksTab';
import { ConnectionTab } from './ConnectionTab';
import { Dated } from './Dated';
import classes from './detail.module.css';
import { HistoryTab } from './HistoryTab';

const isTab = (text: string): text is DetailTab => (detailTabs as readonly string[]).includes(text);

function Facts({ catalog }: { catalog: Catalog }) {
  const { t } = useTranslation('detail');
  const title = useConnectorTitle()(catalog.connector);
  const changed = catalog.updated_at - catalog.created_at > 60;
  return (
    <>
      {catalog.description && <p>{catalog.description}</p>}
      <p className={classes.facts}>
        <span>{title}</span>
        <Dated words={(day) => t('registered', { day, user: catalog.created_by })} at={catalog.created_at} />
        {changed && <Dated words={(day) => t('changed', { day, user: catalog.updated_by })} at={catalog.updated_at} />}
      </p>
    </>
  );
}

function Sections({ catalog, tab }: { catalog: Catalog; tab: DetailTab }) {
  const { t } = useTranslation('detail');
  const connector = useConnector(catalog.connector);
  return (
    <div className={classes.columns}>
      <Tabs
        value={tab}
        onChange={(next) => next && isTab(next) && navigate(routes.catalog(catalog.name, next))}
        keepMounted={false}
        className={classes.sections}
      >
        <Tabs.List aria-label={t('tabs', { name: catalog.name })}>
          {detailTabs.map((each) => (
            <Tabs.Tab key={each} value={each}>
              {t(each)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="connection">
          <ConnectionTab catalog={catalog} connector={connector} />
        </Tabs.Panel>
        <Tabs.Panel value="access">
          <AccessTab catalog={catalog} />
        </Tabs.Panel>
        <Tabs.Panel value="checks">
          <ChecksTab name={catalog.name} />
        </Tabs.Panel>
        <Tabs.Panel value="history">
          <HistoryTab name={catalog.name} />
        </Tabs.Panel>
      </Tabs>
      <CheckPanel catalog={catalog} />
    </div>
  );
}

function Registering({ operationId, name }: { operationId: string; name: string }) {
  const { t } = useTranslation('detail');
  return (
    <section className={`panel ${classes.progress}`} aria-label={t('registering')}>
      <h2>{t('registering')}</h2>
      <p className="muted small">{t('registeringIntro')}</p>
      <OperationProgress key={name + operationId} id={operationId} />
    </section>
  );
}

function Actions({ catalog, onRemove }: { catalog: Catalog; onRemove: () => void }) {
  const { t } = useTranslation('detail');
  const connector = useConnector(catalog.connector);
  return (
    <>
      <CopyMenu text={(format) => copyAs(format, copySource(catalog, connector), base())} />
      {catalog.phase === 'ready' && (
        <Button variant="default" className={classes.remove} onClick={onRemove}>
          {t('remove')}
        </Button>
      )}
    </>
  );
}

/** Everything about one catalog. */
export default function DetailPage({ name, tab }: { name: string; tab: string }) {
  const { t } = useTranslation('detail');
  const catalog = useCatalog(name);
  const rows = useCatalogs();
  const [removing, setRemoving] = useState(false);
  // An operation that was seen stays on the screen after it has ended: a failed one leaves no catalog behind.
  const [operationId, setOperationId] = useState<string | null>(null);
  const current = rows.data?.find((row) => row.name === name)?.operation_id;
  if (current && current !== operationId) setOperationId(current);

  if (!isTab(tab)) return <NotFound />;
  const data = catalog.data;
  const missing = catalog.error instanceof ApiError && catalog.error.problem.status === 404;
  const ready = data?.phase === 'ready' && !missing;
  const title = missing && !operationId ? t('missingTitle', { name }) : name;
  return (
    <>
      <PageHeader
        title={title}
        mono={title === name}
        back
        beside={data && !missing && <HealthMark health={data.phase === 'removing' ? 'removing' : data.health} />}
        description={data && !missing ? <Facts catalog={data} /> : missing && !operationId && t('missingBody')}
        actions={data && !missing && <Actions catalog={data} onRemove={() => setRemoving(true)} />}
      />
      {catalog.isPending && !operationId && (
        <div aria-busy="true" className={classes.loading}>
          <Skeleton height={36} width={320} />
          <Skeleton height={220} radius="md" />
        </div>
      )}
      {catalog.isError && !missing && !data && (
        <ErrorNotice error={catalog.error} title={t('readFailed')} onRetry={() => void catalog.refetch()} />
      )}
      {operationId && !ready && <Registering operationId={operationId} name={name} />}
      {data?.phase === 'removing' && !operationId && <Notice tone="info">{t('removing')}</Notice>}
      {ready && data && <Sections catalog={data} tab={tab} />}
      {missing && !operationId && tab === 'history' && <HistoryTab name={name} />}
      {missing && !operationId && tab !== 'history' && (
        <p>
          <Link href={routes.catalog(name, 'history')}>{t('earlierLife')}</Link>
        </p>
      )}
      {removing && data && (
        <ConfirmRemove
          catalog={data}
          onClose={() => setRemoving(false)}
          onRemoved={() => {
            navigate(routes.list);
            setTimeout(focusHeading, 50);
          }}
        />
      )}
    </>
  );
}
