// Times of the API are seconds since 1970 UTC.

/** Dates are written the European way in English too. */
export const locale = (language: string) => (language === 'en' ? 'en-GB' : language);

const steps: [Intl.RelativeTimeFormatUnit, number][] = [
  ['second', 60],
  ['minute', 60],
  ['hour', 24],
  ['day', 30],
  ['month', 12],
  ['year', Number.POSITIVE_INFINITY],
];

/** "2 min ago", "il y a 2 min". A clock that is a little ahead of ours is "now". */
export function relative(at: number, now: number, language: string): string {
  const format = new Intl.RelativeTimeFormat(locale(language), { numeric: 'auto', style: 'short' });
  let value = Math.max(0, now - at);
  for (const [unit, size] of steps) {
    if (value < size) return format.format(-Math.floor(value), unit);
    value /= size;
  }
  return '';
}

/** "12 Nov 2026"; the year only when it is another one than now's. */
export function day(at: number, now: number, language: string): string {
  const date = new Date(at * 1000);
  const sameYear = date.getFullYear() === new Date(now * 1000).getFullYear();
  return new Intl.DateTimeFormat(locale(language), {
    day: 'numeric',
    month: 'short',
    ...(sameYear ? {} : { year: 'numeric' }),
  }).format(date);
}

/** Date and time to the second, for people who compare with a log. */
export function exact(at: number, language: string): string {
  return new Intl.DateTimeFormat(locale(language), {
    dateStyle: 'medium',
    timeStyle: 'medium',
  }).format(new Date(at * 1000));
}

/** "12 ms", "1.4 s"; the units are the same in every language. */
export function duration(milliseconds: number, language: string): string {
  const seconds = milliseconds >= 1000;
  const value = seconds ? milliseconds / 1000 : milliseconds;
  const digits = seconds && value < 10 ? 1 : 0;
  const text = new Intl.NumberFormat(locale(language), { maximumFractionDigits: digits }).format(value);
  return `${text}\u00a0${seconds ? 's' : 'ms'}`;
}
