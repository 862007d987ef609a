import type { Problem } from './types';

/** The manager answered with problem details. */
export class ApiError extends Error {
  constructor(
    readonly problem: Problem,
    /** Seconds that Retry-After asks for. */
    readonly retryAfter: number | null = null,
  ) {
    super(problem.detail);
    this.name = 'ApiError';
  }

  get code(): string {
    return this.problem.code;
  }
}

/** No answer at all: the network, a proxy, a server that is gone. */
export class NetworkError extends Error {
  constructor(options?: { cause?: unknown }) {
    super('the manager did not answer', options);
    this.name = 'NetworkError';
  }
}

/** The session has ended and was not renewed; the request was not sent or was refused. */
export class SessionLostError extends Error {
  constructor() {
    super('the session has ended');
    this.name = 'SessionLostError';
  }
}

/** A stream ended before its last event. */
export class StreamDroppedError extends Error {
  constructor() {
    super('the stream ended early');
    this.name = 'StreamDroppedError';
  }
}

export const isAbort = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && (error as { name?: unknown }).name === 'AbortError';

export const problemOf = (error: unknown): Problem | null => (error instanceof ApiError ? error.problem : null);

/** Answers that are not problem details (a proxy's own page) get the same shape. */
export async function errorFrom(response: Response): Promise<ApiError> {
  const seconds = Number(response.headers.get('Retry-After') ?? '');
  const retryAfter = Number.isFinite(seconds) && seconds > 0 ? seconds : null;
  const reference = response.headers.get('X-Request-Id') ?? '';
  let body: Partial<Problem> = {};
  try {
    body = (await response.json()) as Partial<Problem>;
  } catch {
    body = {};
  }
  return new ApiError(
    {
      type: 'about:blank',
      title: response.statusText,
      status: response.status,
      detail: `HTTP ${response.status}`,
      code: 'unreadable_answer',
      retryable: response.status >= 500,
      reference,
      ...body,
    },
    retryAfter,
  );
}
