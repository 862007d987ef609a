import { Loader } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { CatalogSummary } from '../../api/types';
import { useCodeText } from '../../components/errorText';
import { HealthMark } from '../../components/HealthMark';
import { RelativeTime } from '../../components/RelativeTime';
import { language } from '../../i18n';
import { duration } from '../../lib/time';
import { routes } from '../../routes';
import classes from './ListPage.module.css';

/** Mark, word, reason and age. */
export function HealthCell({ row, testing }: { row: CatalogSummary; testing: boolean }) {
  const { t, i18n } = useTranslation('list');
  const codeText = useCodeText();
  const { health, health_detail: detail, phase } = row;
  const word = phase === 'removing' ? 'removing' : health;
  const slow = language() !== 'en' && health === 'slow' && !detail.code && detail.duration_ms !== null;
  const said = health === 'failing' || health === 'slow' ? codeText(detail).what : '';
  const reason = slow ? t('slow', { duration: duration(detail.duration_ms ?? 0, i18n.language) }) : said;
  return (
    <div className={classes.health}>
      <HealthMark health={word} />
      {reason && (
        <p className={classes.reason} title={reason}>
          {reason}
        </p>
      )}
      <p className={classes.age}>
        {testing && (
          <>
            <Loader size={12} aria-hidden="true" /> {t('testing')}
          </>
        )}
        {!testing && phase !== 'ready' && row.operation_id && (
          <Link href={routes.catalog(row.name)}>{t('progress')}</Link>
        )}
        {!testing && phase === 'ready' && detail.checked_at !== null && (
          <>
            {t('checked')} <RelativeTime at={detail.checked_at} />
          </>
        )}
        {!testing && phase === 'ready' && detail.checked_at === null && t('neverChecked')}
      </p>
    </div>
  );
}
