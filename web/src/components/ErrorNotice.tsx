import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useErrorText } from './errorText';
import classes from './ErrorNotice.module.css';
import { Notice } from './Notice';
import { TechnicalMessage } from './TechnicalMessage';

export interface ErrorNoticeProps {
  error: unknown;
  /** What did not work, in the words of the screen. */
  title?: string;
  onRetry?: () => void;
}

/** What failed, why, what to do about it, and what to name to the operators. */
export function ErrorNotice({ error, title, onRetry }: ErrorNoticeProps) {
  const { t } = useTranslation();
  const text = useErrorText()(error);
  const retry = onRetry && (
    <Button size="xs" variant="default" onClick={onRetry}>
      {t('tryAgain')}
    </Button>
  );
  return (
    <Notice tone="bad" role="alert" title={title ?? text.what} action={retry}>
      {title && <p>{text.what}</p>}
      {text.fix && <p>{text.fix}</p>}
      {text.fields.length > 0 && (
        <ul className={classes.fields}>
          {text.fields.map((field) => (
            <li key={`${field.field} ${field.code}`}>
              <code>{field.field}</code> {field.message}
            </li>
          ))}
        </ul>
      )}
      {text.raw && <TechnicalMessage text={text.raw} />}
      {text.reference && <p className={classes.reference}>{t('reference', { id: text.reference })}</p>}
    </Notice>
  );
}
