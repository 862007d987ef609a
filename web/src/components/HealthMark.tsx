import { useTranslation } from 'react-i18next';
import type { Health } from '../api/types';
import classes from './HealthMark.module.css';

export type HealthWord = Health | 'removing';

const marks: Record<HealthWord, string> = {
  healthy: '✓',
  slow: '◷',
  failing: '✕',
  unknown: '?',
  paused: 'Ⅱ',
  registering: '…',
  removing: '…',
};

/** Health as a mark and a word; the colour only repeats them. */
export function HealthMark({ health }: { health: HealthWord }) {
  const { t } = useTranslation();
  return (
    <span className={classes.root} data-health={health}>
      <span className={classes.mark} aria-hidden="true">
        {marks[health] ?? '?'}
      </span>
      {t(`health.${health}`)}
    </span>
  );
}
