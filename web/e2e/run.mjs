// All checks of the page in a real browser, with real systems behind it, one after the other in one process: they share one
// Chromium, one Trino, one PostgreSQL and one manager. Numbers are those of the acceptance list.
//   node --test-name-pattern=... run.mjs      only some
// Pictures of every screen, and of failures: $AKKO_REPORTS/pictures
import { after, before } from 'node:test';
import { setUp, tearDown } from './harness/checks.mjs';

before(setUp, { timeout: 240_000 });
after(tearDown, { timeout: 60_000 });

for (const part of ['sign-in', 'list', 'form', 'check', 'register', 'detail', 'access', 'language', 'connector', 'proxy', 'size'])
  await import(`./checks/${part}.mjs`);
