import { Button } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Notice } from '../components/Notice';
import { signInBeside } from './popup';
import { useSession } from './provider';

/** The session has ended: what is on the screen stays, signing in happens in a tab of its own. */
export function SessionBanner() {
  const { t } = useTranslation('auth');
  const { lost, manager } = useSession();
  const [problem, setProblem] = useState<string | null>(null);
  if (!lost) return null;
  const signIn = () => {
    setProblem(null);
    signInBeside(manager).then(
      (opened) => setProblem(opened ? null : t('blocked')),
      (error: unknown) => setProblem(error instanceof Error ? error.message : String(error)),
    );
  };
  return (
    <Notice
      tone="warn"
      role="alert"
      title={t('lostTitle')}
      action={
        <Button size="xs" onClick={signIn}>
          {t('signInAgain')}
        </Button>
      }
    >
      <p>{t('lostBody')}</p>
      {problem && <p>{problem}</p>}
    </Notice>
  );
}
