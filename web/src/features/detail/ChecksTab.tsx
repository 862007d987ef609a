import { Skeleton } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useChecks } from '../../api/queries';
import type { Check } from '../../api/types';
import { ErrorNotice } from '../../components/ErrorNotice';
import { factsOf, useCodeText } from '../../components/errorText';
import { HealthMark } from '../../components/HealthMark';
import { RelativeTime } from '../../components/RelativeTime';
import { StepList } from '../../components/StepList';
import { duration } from '../../lib/time';
import classes from './detail.module.css';

function CheckLine({ check }: { check: Check }) {
  const { t, i18n } = useTranslation('detail');
  const { what } = useCodeText()({ ...check, facts: factsOf(check.steps) });
  return (
    <li className={classes.checkLine}>
      <details>
        <summary className={classes.checkSummary}>
          <HealthMark health={check.health} />
          <span className={classes.checkWhen}>
            <RelativeTime at={check.checked_at} />
          </span>
          <span className="muted small">
            {t(`trigger.${check.trigger}`, { user: check.user ?? '' })} · {duration(check.duration_ms, i18n.language)}
          </span>
          {check.code && <span className={classes.checkWhat}>{what}</span>}
        </summary>
        <div className={classes.checkSteps}>
          <StepList steps={check.steps} label={t('check')} />
        </div>
      </details>
    </li>
  );
}

/** What the last checks found, newest first. */
export function ChecksTab({ name }: { name: string }) {
  const { t } = useTranslation('detail');
  const checks = useChecks(name);
  const list = checks.data?.checks ?? [];
  return (
    <div className={`panel ${classes.card}`} aria-busy={checks.isPending}>
      {checks.isPending && <Skeleton height={120} radius="md" />}
      {checks.isError && !checks.data && (
        <ErrorNotice error={checks.error} title={t('checksFailed')} onRetry={() => void checks.refetch()} />
      )}
      {checks.data && list.length === 0 && <p className="muted">{t('noChecks')}</p>}
      {list.length > 0 && (
        <>
          <p className="muted small">{t('checksIntro', { count: list.length })}</p>
          <ol className={classes.checkLines}>
            {list.map((check) => (
              <CheckLine key={`${check.checked_at} ${check.trigger}`} check={check} />
            ))}
          </ol>
        </>
      )}
    </div>
  );
}
