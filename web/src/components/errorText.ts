import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError, NetworkError, SessionLostError, StreamDroppedError } from '../api/errors';
import { usePhrases } from '../api/queries';
import type { Fact, FieldProblem, Step } from '../api/types';
import { language } from '../i18n';

/** A failure as the server tells it, with the facts of what it belongs to. */
export interface Failure {
  code: string | null;
  message: string;
  fix?: string;
  facts?: Fact[];
}

export const factsOf = (steps: Step[] = []): Fact[] => steps.flatMap((step) => step.facts ?? []);

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
 * What the page says about a failure. The server's own words are English and carry the values (hosts, users). Another language
 * has the same sentence where the fact of the failure brings its template, or is of the code alone; else its own words for the
 * code say less, and the server's ones become the technical message.
 */
export function useCodeText() {
  const { t } = useTranslation('errors');
  const phrases = usePhrases();
  return useCallback(
    ({ code, message, fix, facts }: Failure): CodeText => {
      const fact = facts?.find((each) => each.code === code);
      const { from, ...values } = fact?.values ?? {};
      const unnamed: Record<string, string> = {
        ...t('unnamed', { returnObjects: true }),
        ...(from && { from: t(from === 'Trino' ? 'from.trino' : 'from.manager') }),
      };
      const ofClass = (part: 'what' | 'fix') =>
        code ? capitalised(t(`${part}.${code}` as 'network', { ...unnamed, ...values, defaultValue: '' })) : '';
      if (language() === 'en') return { what: message || ofClass('what'), fix: fix || ofClass('fix') || undefined };
      const ofTemplate = (template = '') => filled(phrases?.[template] ?? '', values, unnamed);
      const sentence = ofTemplate(fact?.message);
      const what = sentence || ofClass('what');
      const saysLess = !sentence && (!fact || fact.message);
      return {
        what: what || message,
        fix: ofTemplate(fact?.fix) || ofClass('fix') || fix,
        original: saysLess && what && message ? message : undefined,
      };
    },
    [t, phrases],
  );
}

/** A template with its values. Words of the page begin a sentence with a capital; a host's name stays as it is. */
const filled = (template: string, values: Record<string, string>, unnamed: Record<string, string>) =>
  template.replace(/\{(\w+)\}/g, (placeholder, name: string, at: number) => {
    const key = name === '1' ? 'detail' : name;
    const words = unnamed[key] ?? placeholder;
    return values[key] ?? (at === 0 ? capitalised(words) : words);
  });

const capitalised = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** What the page says, in another language than English, for something that is no failure; '' for what it does not know. */
export function useFactText() {
  const { t } = useTranslation('errors');
  return useCallback(
    ({ code, values }: Fact): string => {
      const what = values.what ?? '';
      const count = values.count === undefined ? undefined : Number(values.count);
      const noun = t(`noun.${what}` as 'network', { count: count ?? 0, defaultValue: values.count ? `${values.count} ${what}` : what });
      return t(`fact.${code}` as 'network', { ...values, count, noun, defaultValue: '' });
    },
    [t],
  );
}

/** What the page says about a step: the server's English words, or its own for what they say. */
export function useStepText() {
  const codeText = useCodeText();
  const factText = useFactText();
  return useCallback(
    (step: Step): CodeText => {
      if (step.status === 'failed') return codeText(step);
      if (language() === 'en' || !step.message) return { what: step.message };
      const said = factsOf([step]).map(factText);
      return { what: said.length > 0 && said.every(Boolean) ? said.join(' · ') : step.message };
    },
    [factText, codeText],
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
        const { what, fix, original } = codeText({ ...problem, message: problem.detail, facts: factsOf(problem.steps) });
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
