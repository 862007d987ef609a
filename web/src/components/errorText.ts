import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError, NetworkError, SessionLostError, StreamDroppedError } from '../api/errors';
import type { FieldProblem } from '../api/types';
import { language } from '../i18n';

export interface ErrorText {
  what: string;
  fix?: string;
  /** Words of a foreign system, to be folded away. */
  raw?: string;
  reference?: string;
  fields: FieldProblem[];
}

/**
 * What the page says about a code of the server. The server's own words are English and carry the values (hosts, users);
 * another language has its own words for the code, and the server's ones become the technical message.
 */
export function useCodeText() {
  const { t } = useTranslation('errors');
  return useCallback(
    (code: string | null, message: string, fix?: string): { what: string; fix?: string; original?: string } => {
      const own = (part: 'what' | 'fix') => (code ? t(`${part}.${code}` as 'network', { defaultValue: '' }) : '');
      if (language() === 'en') return { what: message || own('what'), fix: fix || own('fix') || undefined };
      const what = own('what');
      return { what: what || message, fix: own('fix') || fix, original: what && message ? message : undefined };
    },
    [t],
  );
}

/** Words for anything that a call may throw. */
export function useErrorText() {
  const { t } = useTranslation('errors');
  const codeText = useCodeText();
  return useCallback(
    (error: unknown): ErrorText => {
      if (error instanceof ApiError) {
        const { problem, retryAfter } = error;
        const { what, fix, original } = codeText(problem.code, problem.detail, problem.fix);
        const busy = retryAfter !== null && problem.status === 429 ? t('busyFix', { seconds: retryAfter }) : undefined;
        return {
          what,
          fix: busy ?? fix,
          raw: [original, problem.raw].filter(Boolean).join('\n') || undefined,
          reference: problem.reference || undefined,
          fields: problem.errors ?? [],
        };
      }
      if (error instanceof SessionLostError) return { what: t('session'), fix: t('sessionFix'), fields: [] };
      if (error instanceof NetworkError) return { what: t('network'), fix: t('networkFix'), fields: [] };
      if (error instanceof StreamDroppedError) return { what: t('stream'), fix: t('streamFix'), fields: [] };
      return { what: t('unexpected'), raw: error instanceof Error ? error.message : undefined, fields: [] };
    },
    [t, codeText],
  );
}
