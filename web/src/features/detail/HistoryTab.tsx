import { Skeleton } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../../api/errors';
import { useHistory } from '../../api/queries';
import type { HistoryEvent } from '../../api/types';
import { CopyButton } from '../../components/CopyButton';
import { ErrorNotice } from '../../components/ErrorNotice';
import { useCodeText } from '../../components/errorText';
import { RelativeTime } from '../../components/RelativeTime';
import { exact } from '../../lib/time';
import classes from './detail.module.css';

/** What the code of a failure means, in the words that the page has for it; else the code. */
function Cause({ code }: { code: string }) {
  const { t } = useTranslation('detail');
  const { what } = useCodeText()({ code, message: '' });
  return <p className={classes.cause}>{what || t('cause', { code })}</p>;
}

function Reference({ id }: { id: string }) {
  const { t } = useTranslation('detail');
  return (
    <span className={classes.reference}>
      <span>
        {t('reference')} <code>{id}</code>
      </span>
      <CopyButton text={id} size="compact-xs" aria-label={t('copyReference', { id })} />
    </span>
  );
}

function Line({ event }: { event: HistoryEvent }) {
  const { t, i18n } = useTranslation('detail');
  const failed = event.result === 'failed';
  const did = event.event === 'CATALOG_TESTED' && failed ? 'testFailed' : event.event;
  return (
    <li className={classes.event} data-result={event.result}>
      <span className={classes.eventMark} aria-hidden="true">
        {failed ? '✕' : '✓'}
      </span>
      <div className={classes.eventBody}>
        <p className={classes.eventHead}>
          <span className={classes.eventWhat}>{t(`did.${did}`, { user: event.user })}</span>
          <span className={classes.eventResult}>{t(`result.${event.result}`)}</span>
        </p>
        {failed && event.code && <Cause code={event.code} />}
        <p className={classes.facts}>
          <RelativeTime at={event.at} />
          <span>{exact(event.at, i18n.language)}</span>
          {event.detail && <span className={classes.text}>{t('target', { target: event.detail })}</span>}
          {event.client && <span className={classes.text}>{t('client', { address: event.client })}</span>}
        </p>
        {event.request_id && <Reference id={event.request_id} />}
      </div>
    </li>
  );
}

/** Who did what under this name, newest first; also when the catalog is gone. */
export function HistoryTab({ name }: { name: string }) {
  const { t } = useTranslation('detail');
  const history = useHistory(name);
  const events = history.data?.events ?? [];
  const unknown = history.error instanceof ApiError && history.error.problem.status === 404;
  return (
    <div className={`panel ${classes.card}`} aria-busy={history.isPending}>
      {history.isPending && <Skeleton height={120} radius="md" />}
      {unknown && !history.data && <p className="muted">{t('noHistoryAtAll')}</p>}
      {history.isError && !unknown && !history.data && (
        <ErrorNotice error={history.error} title={t('historyFailed')} onRetry={() => void history.refetch()} />
      )}
      {history.data && events.length === 0 && <p className="muted">{t('noHistory')}</p>}
      {events.length > 0 && (
        <>
          <p className="muted small">{t('historyIntro', { count: events.length })}</p>
          <ol className={classes.events} aria-label={t('history')}>
            {events.map((event) => (
              <Line key={`${event.request_id} ${event.event} ${event.at}`} event={event} />
            ))}
          </ol>
        </>
      )}
    </div>
  );
}
