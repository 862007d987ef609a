import { RelativeTime } from '../../components/RelativeTime';

/** A sentence around a date that stays a <time>. */
export function Dated({ words, at }: { words: (day: string) => string; at: number }) {
  const [before, after] = words('\u0000').split('\u0000');
  return (
    <span>
      {before}
      <RelativeTime at={at} as="day" />
      {after}
    </span>
  );
}
