import { Loader } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import classes from './PageLoading.module.css';

export function PageLoading() {
  const { t } = useTranslation();
  return (
    <div className={classes.root} aria-busy="true">
      <Loader size="sm" aria-hidden="true" />
      <p role="status" className="muted">
        {t('loading')}
      </p>
    </div>
  );
}
