import { Button } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CheckState } from '../../api/check';
import { ApiError } from '../../api/errors';
import { CopyButton } from '../../components/CopyButton';
import { ErrorNotice } from '../../components/ErrorNotice';
import { Notice } from '../../components/Notice';
import { StepList } from '../../components/StepList';
import classes from './new.module.css';

export interface CheckPanelProps {
  check: CheckState;
  stale: boolean;
  /** Before the plan is known. */
  limitSeconds: number | null;
  onCancel: () => void;
  onRetry: () => void;
}

function useElapsed(running: boolean): number {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    if (!running) return;
    const start = Date.now();
    setSeconds(0);
    const timer = setInterval(() => setSeconds(Math.floor((Date.now() - start) / 1000)), 500);
    return () => clearInterval(timer);
  }, [running]);
  return seconds;
}

function Verdict({ check, stale, onRetry }: Pick<CheckPanelProps, 'check' | 'stale' | 'onRetry'>) {
  const { t } = useTranslation('add');
  const retry = (
    <Button size="xs" variant="default" onClick={onRetry}>
      {t('check.retry')}
    </Button>
  );
  if (check.phase === 'cancelled') return <Notice tone="info" role="status" title={t('check.cancelled')} action={retry} />;
  if (check.phase === 'dropped') {
    return (
      <Notice tone="warn" role="alert" title={t('check.dropped')} action={retry}>
        {t('check.droppedHelp')}
      </Notice>
    );
  }
  if (check.phase === 'refused') {
    const listed = check.error instanceof ApiError && (check.error.problem.errors?.length ?? 0) > 0;
    return listed ? <Notice tone="bad" title={t('check.invalid')} /> : <ErrorNotice error={check.error} onRetry={onRetry} />;
  }
  if (check.phase !== 'done' || !check.report || stale) return null;
  return check.report.ok ? (
    <Notice tone="ok" role="status" title={t('check.passed')}>
      {check.report.proves && t(`check.proves.${check.report.proves === 'data path' ? 'data' : check.report.proves}`)}
    </Notice>
  ) : null;
}

/** What a reader may pass on: steps and their outcome, nothing of the form. */
function reportText(check: CheckState): string {
  return check.steps
    .map((step) => [step.title, step.ran_from, step.status, `${step.duration_ms} ms`, step.code ?? '', step.message, step.fix ?? ''].filter(Boolean).join(' | '))
    .join('\n');
}

/** The check of the connection, live. */
export function CheckPanel({ check, stale, limitSeconds, onCancel, onRetry }: CheckPanelProps) {
  const { t } = useTranslation('add');
  const { t: common } = useTranslation();
  const running = check.phase === 'running';
  const elapsed = useElapsed(running);
  const limit = check.deadlineMs === null ? limitSeconds : Math.ceil(check.deadlineMs / 1000);
  return (
    <div className={classes.check} aria-busy={running}>
      <p className="muted small">{t('check.intro')}</p>
      {running && (
        <div className={classes.running}>
          <span className="small">
            {t('check.elapsed', { seconds: elapsed })}
            {limit !== null && ` · ${common('upTo', { seconds: limit })}`}
          </span>
          <Button size="xs" variant="default" onClick={onCancel}>
            {t('check.cancel')}
          </Button>
        </div>
      )}
      {check.steps.length > 0 && (
        <StepList steps={check.steps} stale={stale && !running} raw={check.report?.raw} live={running || check.phase === 'done'} label={t('check.title')} />
      )}
      {check.phase === 'idle' && (
        <p className={classes.quiet}>
          {t('check.idle')}
          {limit !== null && ` ${t('check.limit', { seconds: limit })}`}
        </p>
      )}
      <Verdict check={check} stale={stale} onRetry={onRetry} />
      {check.phase === 'done' && !check.report?.ok && <CopyButton text={reportText(check)} label={t('check.copyReport')} size="xs" />}
    </div>
  );
}
