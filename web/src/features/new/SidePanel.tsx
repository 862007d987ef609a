import { Button } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorNotice } from '../../components/ErrorNotice';
import { OperationProgress } from '../../components/OperationProgress';
import { CheckPanel } from './CheckPanel';
import type { NewCatalog } from './useNewCatalog';
import classes from './new.module.css';

/** Beside the form, on a phone below it: the check, then the registration. */
export function SidePanel({ connector, operation, ended, submission, refusedAsAWhole, test, done, correct }: NewCatalog) {
  const { t } = useTranslation('add');
  const { check } = submission;
  const side = useRef<HTMLElement>(null);
  const started = check.phase === 'running' || operation !== null;
  useEffect(() => {
    if (started) side.current?.scrollIntoView({ block: 'nearest' });
  }, [started]);
  return (
    // It may scroll by itself, so the keyboard has to reach it.
    <aside ref={side} className={classes.side} aria-labelledby="check-heading" tabIndex={0}>
      <section className={`panel ${classes.card}`}>
        <h2 id="check-heading">{operation ? t('registering') : t('check.title')}</h2>
        {operation ? (
          <OperationProgress key={operation.id} id={operation.id} initial={operation} onDone={done} />
        ) : (
          <CheckPanel
            check={check}
            stale={submission.stale}
            limitSeconds={connector?.check.deadline_seconds ?? null}
            onCancel={check.cancel}
            onRetry={test}
          />
        )}
        {ended?.status === 'failed' && (
          <Button variant="default" onClick={correct}>
            {t('correct')}
          </Button>
        )}
        {refusedAsAWhole !== null && <ErrorNotice error={refusedAsAWhole} title={t('notRegistered')} />}
      </section>
    </aside>
  );
}
