import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { navigate, routes } from '../routes';
import { PageHeader } from './PageHeader';

export function NotFound() {
  const { t } = useTranslation();
  return (
    <>
      <PageHeader title={t('notFoundTitle')} description={t('notFoundBody')} />
      <Button variant="default" onClick={() => navigate(routes.list)}>
        {t('toList')}
      </Button>
    </>
  );
}
