import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useOperation } from '../api/operation';
import { ApiError } from '../api/errors';
import type { Operation, Problem, Step } from '../api/types';
import { language } from '../i18n';
import { ErrorNotice } from './ErrorNotice';
import { useFactText } from './errorText';
import classes from './OperationProgress.module.css';
import { Notice } from './Notice';
import { StepList } from './StepList';
import { Skeleton } from '@mantine/core';

export interface OperationProgressProps {
  id: string;
  /** What is known already, so that nothing flickers. */
  initial?: Operation;
  /** Called once, when it has succeeded or failed. */
  onDone?: (operation: Operation) => void;
}

const titleOf = (steps: Step[], id: string) => steps.find((step) => step.id === id)?.title ?? id;

function Failure({ operation, problem }: { operation: Operation; problem: Problem }) {
  const { t } = useTranslation('detail');
  const { t: common } = useTranslation();
  const name = (id: string) => common(`step.${id}` as 'step.dns', { defaultValue: titleOf(operation.steps, id) });
  const factText = useFactText();
  const left = operation.left.map((words, at) => {
    const fact = operation.left_facts[at];
    return (language() !== 'en' && fact && factText(fact)) || words;
  });
  const stopped = operation.steps.find((step) => step.status === 'failed');
  const undone = operation.undone.map(name).join(' · ');
  const aftermath = (
    <>
      <p>
        {undone && <>{t('undone', { steps: undone })} </>}
        {left.length === 0 ? t('nothingLeft') : t('left')}
      </p>
      {left.length > 0 && (
        <ul className={classes.left}>
          {left.map((each) => (
            <li key={each}>{each}</li>
          ))}
        </ul>
      )}
    </>
  );
  // A step that failed has said already what happened and what to do.
  if (stopped?.message) {
    return (
      <Notice tone="bad" role="alert" title={t('stoppedAt', { step: name(stopped.id) })}>
        {aftermath}
        {problem.reference && <p className={classes.reference}>{common('reference', { id: problem.reference })}</p>}
      </Notice>
    );
  }
  return (
    <div className={classes.failure}>
      <ErrorNotice error={new ApiError(problem)} title={t('operationFailed')} />
      <div className="small">{aftermath}</div>
    </div>
  );
}

/** A registration or removal while it goes on, step by step. Leaving is safe: the server carries on. */
export function OperationProgress({ id, initial, onDone }: OperationProgressProps) {
  const { t } = useTranslation('detail');
  const { operation, error, dropped, retry } = useOperation(id, initial);
  const told = useRef(false);
  useEffect(() => {
    if (!operation || operation.status === 'running' || told.current) return;
    told.current = true;
    onDone?.(operation);
  }, [operation, onDone]);
  if (error) return <ErrorNotice error={error} title={t('operationUnreadable')} onRetry={retry} />;
  if (!operation) return <Skeleton height={160} radius="md" aria-busy="true" />;
  return (
    <div className={classes.root} aria-busy={operation.status === 'running'}>
      <StepList steps={operation.steps} raw={operation.problem?.raw} live />
      {dropped && operation.status === 'running' && <p className="muted small">{t('operationDropped')}</p>}
      {operation.status === 'running' && <p className="muted small">{t('leavingIsSafe')}</p>}
      {operation.status === 'succeeded' && operation.kind === 'register' && (
        <Notice tone="ok" role="status" title={t('live', { name: operation.catalog })} />
      )}
      {operation.status === 'failed' && operation.problem && (
        <Failure operation={operation} problem={operation.problem} />
      )}
    </div>
  );
}
