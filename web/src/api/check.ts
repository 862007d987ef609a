import { useCallback, useEffect, useRef, useState } from 'react';
import { isAbort, ApiError, NetworkError, SessionLostError, StreamDroppedError } from './errors';
import { readEvents } from './sse';
import type { Step, TestPlan, TestReport } from './types';

export type CheckPhase = 'idle' | 'running' | 'done' | 'refused' | 'dropped' | 'cancelled';

export interface CheckState {
  phase: CheckPhase;
  steps: Step[];
  /** The check ends within that time; null until the plan is known. */
  deadlineMs: number | null;
  report: TestReport | null;
  /** Why it was refused or broke. */
  error: unknown;
}

const idle: CheckState = { phase: 'idle', steps: [], deadlineMs: null, report: null, error: null };

export const withStep = (steps: Step[], step: Step): Step[] =>
  steps.some((each) => each.id === step.id)
    ? steps.map((each) => (each.id === step.id ? step : each))
    : [...steps, step];

/** What still ran when the stream ended is not known to have run: nothing on the screen turns for ever. */
const atRest = (steps: Step[]): Step[] =>
  steps.map((each) => (each.status === 'running' ? { ...each, status: 'not_run' } : each));

/** Runs one check as a stream; calls `onChange` with every new state and resolves with the last one. */
export async function runCheck(
  path: string,
  body: unknown,
  signal: AbortSignal,
  onChange: (state: CheckState) => void,
): Promise<CheckState> {
  let state: CheckState = { ...idle, phase: 'running' };
  const set = (change: Partial<CheckState>) => {
    state = { ...state, ...change };
    onChange(state);
  };
  set({});
  try {
    await readEvents(path, { method: 'POST', body, signal }, (event) => {
      if (event.name === 'plan') {
        const plan = event.data as TestPlan;
        set({ steps: plan.steps, deadlineMs: plan.deadline_ms });
      } else if (event.name === 'step') {
        set({ steps: withStep(state.steps, event.data as Step) });
      } else if (event.name === 'result') {
        const report = event.data as TestReport;
        set({ phase: 'done', report, steps: report.steps });
      }
    });
    if (state.phase === 'running') set({ phase: 'dropped', steps: atRest(state.steps), error: new StreamDroppedError() });
  } catch (error) {
    if (isAbort(error)) set({ phase: 'cancelled', steps: atRest(state.steps) });
    else if (error instanceof ApiError || error instanceof SessionLostError) set({ phase: 'refused', error });
    else set({ phase: 'dropped', steps: atRest(state.steps), error: error instanceof NetworkError ? error : new StreamDroppedError() });
  }
  return state;
}

/** A check of a connection, drawn while it runs. Only one at a time: starting again cancels the one before. */
export function useCheck(path: string) {
  const [state, setState] = useState<CheckState>(idle);
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);

  const cancel = useCallback(() => running.current?.abort(), []);
  const clear = useCallback(() => {
    running.current?.abort();
    running.current = null;
    setState(idle);
  }, []);
  const start = useCallback(
    (body?: unknown): Promise<CheckState> => {
      running.current?.abort();
      const controller = new AbortController();
      running.current = controller;
      return runCheck(path, body, controller.signal, (next) => {
        if (running.current === controller) setState(next);
      });
    },
    [path],
  );
  return { ...state, start, cancel, clear };
}
