import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useState } from 'react';
import { api, paths } from './client';
import { withStep } from './check';
import { ApiError, isAbort, SessionLostError } from './errors';
import { keys } from './keys';
import { readEvents } from './sse';
import type { Operation, Step } from './types';

const pause = (milliseconds: number, signal: AbortSignal) =>
  new Promise<void>((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(new DOMException('aborted', 'AbortError'));
    });
  });

interface Follower {
  onOperation: (operation: Operation) => void;
  onStep: (step: Step) => void;
  onDropped: (dropped: boolean) => void;
}

/** Follows an operation to its end; a dropped stream is taken up after its last event. */
export async function followOperation(id: string, signal: AbortSignal, follower: Follower): Promise<void> {
  let lastEventId: string | undefined;
  let ended = false;
  for (let failures = 0; !ended; failures += 1) {
    try {
      await readEvents(paths.operationEvents(id), { signal, lastEventId }, (event) => {
        failures = 0;
        lastEventId = event.id ?? lastEventId;
        follower.onDropped(false);
        if (event.name === 'step') follower.onStep(event.data as Step);
        else follower.onOperation(event.data as Operation);
        ended ||= event.name === 'result';
      });
    } catch (error) {
      if (isAbort(error) || error instanceof ApiError || error instanceof SessionLostError) throw error;
    }
    if (ended) return;
    // The result may have been sent while nobody listened.
    const operation = await api.operation(id, signal).catch((error: unknown) => {
      if (isAbort(error) || error instanceof ApiError || error instanceof SessionLostError) throw error;
      return null;
    });
    if (operation) follower.onOperation(operation);
    if (operation && operation.status !== 'running') return;
    follower.onDropped(true);
    await pause(Math.min(8000, 500 * 2 ** failures), signal);
  }
}

/** What a registration does right now, until it has ended. */
export function useOperation(id: string, initial?: Operation) {
  const queryClient = useQueryClient();
  const [operation, setOperation] = useState<Operation | null>(initial ?? null);
  const [error, setError] = useState<unknown>(null);
  const [dropped, setDropped] = useState(false);
  const [round, setRound] = useState(0);
  const retry = useCallback(() => setRound((value) => value + 1), []);

  useEffect(() => {
    const controller = new AbortController();
    setError(null);
    followOperation(id, controller.signal, {
      onOperation: (next) => {
        setOperation(next);
        if (next.status === 'running') return;
        void queryClient.invalidateQueries({ queryKey: keys.catalogs });
        void queryClient.invalidateQueries({ queryKey: keys.catalog(next.catalog) });
      },
      onStep: (step) => setOperation((now) => now && { ...now, steps: withStep(now.steps, step) }),
      onDropped: setDropped,
    }).catch((failure: unknown) => {
      if (!isAbort(failure)) setError(failure);
    });
    return () => controller.abort();
  }, [id, round, queryClient]);

  return { operation, error, dropped, retry };
}
