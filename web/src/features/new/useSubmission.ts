import { useCallback, useRef, useState } from 'react';
import { api, paths } from '../../api/client';
import { useCheck } from '../../api/check';
import { ApiError } from '../../api/errors';
import type { CatalogDraft, Operation } from '../../api/types';

/** A name for one attempt; good where crypto.randomUUID is not offered (plain http). */
function attemptKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

// What was started last, for somebody who leaves the screen and comes back while it runs. Its id alone.
let lastOperation: string | null = null;
export const operationUnderWay = () => lastOperation;
export const forgetOperation = () => {
  lastOperation = null;
};

/** The check and the registration of a form, each once at a time. */
export function useSubmission(onAccepted: (operation: Operation) => void) {
  const check = useCheck(paths.testDraft);
  const [stale, setStale] = useState(false);
  const [sending, setSending] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const busy = useRef(false);
  const key = useRef<string | null>(null);

  /** Something was edited: what was checked is another connection, and a request would be another one. */
  const edited = useCallback(() => {
    key.current = null;
    setStale(true);
    setError(null);
  }, []);

  const test = useCallback(
    async (draft: CatalogDraft) => {
      setStale(false);
      setError(null);
      return check.start(draft);
    },
    [check.start],
  );

  const register = useCallback(
    async (draft: CatalogDraft, tested: boolean) => {
      if (busy.current) return;
      busy.current = true;
      setSending(true);
      setError(null);
      try {
        if (!tested && !(await test(draft)).report?.ok) return;
        key.current ??= attemptKey();
        const operation = await api.register(draft, key.current);
        key.current = null;
        lastOperation = operation.id;
        onAccepted(operation);
      } catch (failure) {
        // The manager's answer ends the attempt; without one the same attempt is sent again.
        if (failure instanceof ApiError) key.current = null;
        setError(failure);
      } finally {
        busy.current = false;
        setSending(false);
      }
    },
    [onAccepted, test],
  );

  const clear = useCallback(() => {
    check.clear();
    setStale(false);
    setError(null);
    key.current = null;
  }, [check.clear]);

  return { check, stale, sending, error, edited, test, register, clear };
}
