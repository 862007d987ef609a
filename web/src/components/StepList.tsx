import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Step, StepStatus } from '../api/types';
import { duration } from '../lib/time';
import { useStepText } from './errorText';
import classes from './StepList.module.css';
import { TechnicalMessage } from './TechnicalMessage';

export interface StepListProps {
  steps: Step[];
  /** What was checked has changed since: everything turns grey. */
  stale?: boolean;
  /** Words of the foreign system about the step that failed; folded away. */
  raw?: string;
  /** Announces steps as they end. For a list that is not running, leave it out. */
  live?: boolean;
  /** Names the list for screen readers. */
  label?: string;
}

const marks: Record<StepStatus, string> = {
  not_run: '–',
  running: '',
  passed: '✓',
  skipped: '–',
  failed: '✕',
  undone: '↺',
};

/** The server's title for a step that the page has no words for yet. */
function useStepTitle() {
  const { t } = useTranslation();
  return (step: Step) => t(`step.${step.id}` as 'step.dns', { defaultValue: step.title });
}

function Line({ step, raw, waiting }: { step: Step; raw?: string; waiting: boolean }) {
  const { t, i18n } = useTranslation();
  const title = useStepTitle()(step);
  const failed = step.status === 'failed';
  const { what, fix, original } = useStepText()(step);
  const technical = [original, failed ? raw : undefined].filter((text) => text && text !== what).join('\n');
  const ran = step.status !== 'not_run' && step.status !== 'running' && step.status !== 'skipped';
  return (
    <li className={classes.step} data-status={step.status}>
      <span className={classes.mark} aria-hidden="true">
        {marks[step.status]}
      </span>
      <div className={classes.body}>
        <div className={classes.head}>
          <span className={classes.title}>{title}</span>
          <span className={classes.status}>
            <span className={classes.word}>{t(`stepStatus.${waiting ? 'waiting' : step.status}`)}</span>
            {ran && <span> · {duration(step.duration_ms, i18n.language)}</span>}
          </span>
        </div>
        <p className={classes.message}>
          <span className={classes.from}>{t(`ranFrom.${step.ran_from}`)}</span>
          {what && <span className={classes.what}> · {what}</span>}
        </p>
        {failed && (fix || technical) && (
          <div className={classes.remedy}>
            {fix && <p>{fix}</p>}
            {technical && <TechnicalMessage text={technical} />}
          </div>
        )}
      </div>
    </li>
  );
}

/** One polite line for each step that ends. */
function Announcer({ steps }: { steps: Step[] }) {
  const { t } = useTranslation();
  const titleOf = useStepTitle();
  const [text, setText] = useState('');
  const last = steps.findLast((step) => step.status === 'passed' || step.status === 'failed' || step.status === 'undone');
  const line = last ? t('stepLine', { step: titleOf(last), status: t(`stepStatus.${last.status}`) }) : '';
  useEffect(() => setText(line), [line]);
  return (
    <p role="status" className="visually-hidden">
      {text}
    </p>
  );
}

/** The steps of a check or an operation: what ran, from where, how long, what it found, and what to do. */
export function StepList({ steps, stale, raw, live, label }: StepListProps) {
  const { t } = useTranslation();
  const running = steps.some((step) => step.status === 'running');
  return (
    <div className={classes.root} data-stale={stale || undefined}>
      {stale && <p className={classes.stale}>{t('staleCheck')}</p>}
      <ol className={classes.list} aria-label={label}>
        {steps.map((step) => (
          <Line key={step.id} step={step} raw={raw} waiting={running && step.status === 'not_run'} />
        ))}
      </ol>
      {live && <Announcer steps={steps} />}
    </div>
  );
}
