import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError, NetworkError, SessionLostError, StreamDroppedError } from '../api/errors';
import type { FieldProblem, Step } from '../api/types';
import { language } from '../i18n';

export interface CodeText {
  what: string;
  fix?: string;
  /** The server's own words, where the page has others. */
  original?: string;
}

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
    (code: string | null, message: string, fix?: string, values: Record<string, string> = {}): CodeText => {
      const from = values.from && t(values.from === 'Trino' ? 'from.trino' : 'from.manager');
      const named = { ...t('unnamed', { returnObjects: true }), ...values, ...(from && { from }) };
      const own = (part: 'what' | 'fix') =>
        code ? capitalised(t(`${part}.${code}` as 'network', { ...named, defaultValue: '' })) : '';
      if (language() === 'en') return { what: message || own('what'), fix: fix || own('fix') || undefined };
      const what = own('what');
      return { what: what || message, fix: own('fix') || fix, original: what && message ? message : undefined };
    },
    [t],
  );
}

const capitalised = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** What the page says about a step: the server's English words, or its own for what they say. */
export function useStepText() {
  const { t } = useTranslation('errors');
  const codeText = useCodeText();
  return useCallback(
    (step: Step): CodeText => {
      const facts = step.facts ?? [];
      if (step.status === 'failed') {
        return codeText(step.code, step.message, step.fix, facts.find(({ code }) => code === step.code)?.values);
      }
      if (language() === 'en' || !step.message) return { what: step.message };
      const said = facts.map(({ code, values }) => {
        const what = values.what ?? '';
        const count = values.count === undefined ? undefined : Number(values.count);
        const noun = t(`noun.${what}` as 'network', { count: count ?? 0, defaultValue: values.count ? `${values.count} ${what}` : what });
        return t(`fact.${code}` as 'network', { ...values, count, noun, defaultValue: '' });
      });
      return { what: said.length > 0 && said.every(Boolean) ? said.join(' · ') : step.message };
    },
    [t, codeText],
  );
}

/** What is wrong with one field of a request. */
export function useViolationText() {
  const { t } = useTranslation('add');
  return useCallback(
    (code: string, message: string) =>
      language() === 'en' ? message : t(`violation.${code}` as 'violation.required', { defaultValue: message }),
    [t],
  );
}

/** Words for anything that a call may throw. */
export function useErrorText() {
  const { t } = useTranslation('errors');
  const codeText = useCodeText();
  const violation = useViolationText();
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
          fields: (problem.errors ?? []).map((field) => ({ ...field, message: violation(field.code, field.message) })),
        };
      }
      if (error instanceof SessionLostError) return { what: t('session'), fix: t('sessionFix'), fields: [] };
      if (error instanceof NetworkError) return { what: t('network'), fix: t('networkFix'), fields: [] };
      if (error instanceof StreamDroppedError) return { what: t('stream'), fix: t('streamFix'), fields: [] };
      return { what: t('unexpected'), raw: error instanceof Error ? error.message : undefined, fields: [] };
    },
    [t, codeText, violation],
  );
}
