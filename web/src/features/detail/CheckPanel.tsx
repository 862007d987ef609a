import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useCheck } from '../../api/check';
import { paths } from '../../api/client';
import { keys } from '../../api/keys';
import { useChecks } from '../../api/queries';
import type { Catalog } from '../../api/types';
import { useMe } from '../../auth/guard';
import { ErrorNotice } from '../../components/ErrorNotice';
import { Notice } from '../../components/Notice';
import { RelativeTime } from '../../components/RelativeTime';
import { StepList } from '../../components/StepList';
import { language } from '../../i18n';
import classes from './detail.module.css';

/** The last check of the catalog, and a new one while it runs. */
export function CheckPanel({ catalog }: { catalog: Catalog }) {
  const { t } = useTranslation('detail');
  const { t: common } = useTranslation();
  const me = useMe();
  const queryClient = useQueryClient();
  const check = useCheck(paths.testCatalog(catalog.name));
  const history = useChecks(catalog.name);
  const last = history.data?.checks[0];
  const running = check.phase === 'running';
  const own = check.phase !== 'idle' && check.steps.length > 0;

  const start = async () => {
    await check.start();
    void queryClient.invalidateQueries({ queryKey: keys.catalog(catalog.name) });
    void queryClient.invalidateQueries({ queryKey: keys.checks(catalog.name) });
    void queryClient.invalidateQueries({ queryKey: keys.history(catalog.name) });
    void queryClient.invalidateQueries({ queryKey: keys.catalogs });
  };

  return (
    <aside className={`panel ${classes.check}`} aria-labelledby="check-title">
      <div className={classes.checkHead}>
        <h2 id="check-title">{t('check')}</h2>
        {running ? (
          <Button size="xs" variant="default" onClick={check.cancel}>
            {t('cancel')}
          </Button>
        ) : (
          <Button size="xs" onClick={() => void start()} disabled={!me.server.trino.up}>
            {own || last ? t('testAgain') : t('test')}
          </Button>
        )}
      </div>
      <p className="muted small">
        {t('checkIntro')}
        {running && check.deadlineMs !== null && (
          <> ({common('upTo', { seconds: Math.round(check.deadlineMs / 1000) })})</>
        )}
      </p>
      {!own && last && (
        <p className="muted small">
          {t('lastChecked')} <RelativeTime at={last.checked_at} />
        </p>
      )}
      <div className={classes.steps} aria-busy={running}>
        {own && <StepList steps={check.steps} raw={check.report?.raw} live label={t('check')} />}
        {!own && last && <StepList steps={last.steps} label={t('lastChecked')} />}
        {!own && !last && check.phase === 'idle' && !history.isPending && (
          <p className="muted">{t('notCheckedYet')}</p>
        )}
      </div>
      {check.phase === 'done' && check.report?.ok && <Notice tone="ok">{(language() === 'en' && check.report.message) || t('works')}</Notice>}
      {check.phase === 'cancelled' && <Notice tone="info">{t('cancelled')}</Notice>}
      {check.phase === 'dropped' && (
        <ErrorNotice error={check.error} title={t('dropped')} onRetry={() => void start()} />
      )}
      {check.phase === 'refused' && (
        <ErrorNotice error={check.error} title={t('refused')} onRetry={() => void start()} />
      )}
    </aside>
  );
}
