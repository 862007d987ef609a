import { Button } from '@mantine/core';
import { type ReactNode, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { base } from '../api/client';
import type { Me } from '../api/types';
import { CopyButton } from '../components/CopyButton';
import { ErrorNotice } from '../components/ErrorNotice';
import classes from './pages.module.css';
import { useSession } from './provider';

interface PlainPageProps {
  title: string;
  children?: ReactNode;
  actions?: ReactNode;
}

/** A page of its own, for those who are not in yet. */
function PlainPage({ title, children, actions }: PlainPageProps) {
  const { t } = useTranslation();
  const documentTitle = t('title', { screen: title });
  useEffect(() => {
    document.title = documentTitle;
  }, [documentTitle]);
  return (
    <main className={classes.root}>
      <div className={`panel ${classes.card}`}>
        <img src="./favicon.svg" alt="" width="36" height="36" />
        <h1 className={classes.title}>{title}</h1>
        {children && <div className={classes.body}>{children}</div>}
        {actions && <div className={classes.actions}>{actions}</div>}
      </div>
    </main>
  );
}

export function StartFailed() {
  const { t } = useTranslation('auth');
  const { t: common } = useTranslation();
  return (
    <PlainPage
      title={t('configTitle')}
      actions={<Button onClick={() => window.location.reload()}>{common('reload')}</Button>}
    >
      <p>{t('configBody')}</p>
    </PlainPage>
  );
}

export function SignInFailed({ reason, signIn }: { reason: string; signIn: () => void }) {
  const { t } = useTranslation('auth');
  return (
    <PlainPage title={t('failedTitle')} actions={<Button onClick={signIn}>{t('signInAgain')}</Button>}>
      <p>{t('failedBody', { reason })}</p>
    </PlainPage>
  );
}

export function SignedOut({ signIn }: { signIn: () => void }) {
  const { t } = useTranslation('auth');
  return (
    <PlainPage title={t('signedOutTitle')} actions={<Button onClick={signIn}>{t('signIn')}</Button>}>
      <p>{t('signedOutBody')}</p>
    </PlainPage>
  );
}

export function MeFailed({ error, retry }: { error: Error; retry: () => void }) {
  const { t } = useTranslation('auth');
  return (
    <PlainPage title={t('meFailed')}>
      <ErrorNotice error={error} onRetry={retry} />
    </PlainPage>
  );
}

/** For users without the admin role. */
export function RoleNeeded({ me }: { me: Me }) {
  const { t } = useTranslation('auth');
  const { manager } = useSession();
  const role = me.server.admin_role ?? 'akko-admin';
  const again = () => void manager.signinRedirect({ prompt: 'login', state: { hash: window.location.hash } });
  return (
    <PlainPage
      title={t('roleTitle', { role })}
      actions={
        <>
          <Button onClick={again}>{t('signInAgain')}</Button>
          <CopyButton
            label={t('copyRequest')}
            text={() => t('request', { role, user: me.user, address: base() })}
          />
        </>
      }
    >
      <p>{t('roleBody', { user: me.user })}</p>
    </PlainPage>
  );
}
