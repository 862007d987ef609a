// What the page says about the server's codes. `what` may be missing where the server's own words carry values
// that the code does not (hosts, users); then these are shown. `fix` says what to do.
export const errors = {
  network: 'The manager did not answer.',
  networkFix: 'Check your connection, then try again.',
  session: 'Your session has ended.',
  sessionFix: 'Sign in again; nothing you typed is lost.',
  stream: 'The connection to the manager broke before the end.',
  streamFix: 'Try again.',
  unexpected: 'Something failed in the page.',
  busyFix: 'Try again in {{seconds}} s.',
  /** Stands for what a text names and the server does not know. */
  unnamed: {
    title: 'the source',
    host: 'the server',
    port: 'given',
    user: '(none)',
    database: 'of this name',
    from: 'the manager',
    detail: '(not shown)',
  },
  from: { trino: 'Trino', manager: 'the manager' },
  /** What a probe counts, and what a step found: English is the server's. */
  noun: {} as Record<string, string>,
  fact: {} as Record<string, string>,
  what: {} as Record<string, string>,
  fix: {} as Record<string, string>,
};
