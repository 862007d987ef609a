import { useTranslation } from 'react-i18next';
import classes from './TechnicalMessage.module.css';

/** Words of another system, for those who can read them: folded away. */
export function TechnicalMessage({ text }: { text: string }) {
  const { t } = useTranslation();
  return (
    <details>
      <summary className={classes.summary}>{t('technical')}</summary>
      <pre className={classes.raw}>{text}</pre>
    </details>
  );
}
