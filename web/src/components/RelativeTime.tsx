import { useTranslation } from 'react-i18next';
import { useNow } from '../lib/clock';
import { day, exact, relative } from '../lib/time';

export interface RelativeTimeProps {
  /** Seconds since 1970. */
  at: number;
  /** "ago" for what just happened, "day" for what is on record. */
  as?: 'ago' | 'day';
}

/** A time in words; the exact one on hover and for programs. */
export function RelativeTime({ at, as = 'ago' }: RelativeTimeProps) {
  const { i18n } = useTranslation();
  const now = useNow();
  return (
    <time dateTime={new Date(at * 1000).toISOString()} title={exact(at, i18n.language)}>
      {as === 'ago' ? relative(at, now, i18n.language) : day(at, now, i18n.language)}
    </time>
  );
}
