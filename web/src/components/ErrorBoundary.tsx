import { Button } from '@mantine/core';
import { Component, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { EmptyState } from './EmptyState';

function Fallback() {
  const { t } = useTranslation();
  return (
    <EmptyState
      title={t('screenFailed')}
      description={t('screenFailedBody')}
      actions={<Button onClick={() => window.location.reload()}>{t('reload')}</Button>}
    />
  );
}

/** A screen that throws does not take the page with it. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    return this.state.failed ? <Fallback /> : this.props.children;
  }
}
