import { Button } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { Operation } from '../../api/types';
import { CopyButton } from '../../components/CopyButton';
import { Notice } from '../../components/Notice';
import { OperationProgress } from '../../components/OperationProgress';
import { StepList } from '../../components/StepList';
import { routes } from '../../routes';
import { forgetOperation } from './useSubmission';
import classes from './new.module.css';

/** What to do with a catalog that is live. */
export function DoneActions({ name, another }: { name: string; another: () => void }) {
  const { t } = useTranslation('add');
  return (
    <div className={classes.actions}>
      <Button component={Link} href={routes.catalog(name)}>
        {t('done.open')}
      </Button>
      <CopyButton text={`SHOW SCHEMAS FROM "${name}"`} label={t('done.copySchemas')} size="sm" />
      <Button variant="default" onClick={another}>
        {t('done.another')}
      </Button>
    </div>
  );
}

/** A registration that has ended well. Takes the focus: the form that had it is gone. */
export function Live({ operation, another }: { operation: Operation; another: () => void }) {
  const { t } = useTranslation('detail');
  const root = useRef<HTMLDivElement>(null);
  useEffect(() => root.current?.focus(), []);
  return (
    <div ref={root} tabIndex={-1} className={classes.check}>
      <Notice tone="ok" role="status" title={t('live', { name: operation.catalog })} />
      <DoneActions name={operation.catalog} another={another} />
      <StepList steps={operation.steps} />
    </div>
  );
}

/** A registration that was started before the reader left this screen. */
export function Returned({ id, another }: { id: string; another: () => void }) {
  const { t } = useTranslation('add');
  const [ended, setEnded] = useState<Operation | null>(null);
  return (
    <section className={`panel ${classes.card} ${classes.alone}`} aria-labelledby="registering-heading">
      <h2 id="registering-heading">{t('registering')}</h2>
      <OperationProgress
        id={id}
        onDone={(operation) => {
          forgetOperation();
          setEnded(operation);
        }}
      />
      {ended?.status === 'succeeded' ? (
        <DoneActions name={ended.catalog} another={another} />
      ) : (
        <div className={classes.actions}>
          <Button variant="default" onClick={another}>
            {t('done.another')}
          </Button>
        </div>
      )}
    </section>
  );
}
