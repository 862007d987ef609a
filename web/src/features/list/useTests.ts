import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { json, paths } from '../../api/client';
import { keys } from '../../api/keys';
import type { TestReport } from '../../api/types';
import { useErrorText } from '../../components/errorText';
import { eachAtMost } from '../../lib/pool';

/** The manager and the sources are spared: no more tests than that at a time. */
const atATime = 3;

export interface TestRun {
  done: number;
  total: number;
}

/** Tests of registered catalogs from the list: one, or all that are shown. */
export function useTests() {
  const { t } = useTranslation('list');
  const { t: common } = useTranslation();
  const errorText = useErrorText();
  const queryClient = useQueryClient();
  const [testing, setTesting] = useState<ReadonlySet<string>>(new Set());
  const [run, setRun] = useState<TestRun | null>(null);
  /** What the last test found, in words. */
  const [said, setSaid] = useState('');
  const [failures, setFailures] = useState<string[]>([]);

  const one = useCallback(
    async (name: string) => {
      setTesting((now) => new Set(now).add(name));
      try {
        const report = await json<TestReport>(paths.testCatalog(name), { method: 'POST' });
        setSaid(t('tested', { name, health: common(report.ok ? 'health.healthy' : 'health.failing') }));
      } catch (error) {
        const text = errorText(error);
        setFailures((now) => [...now, t('testFailed', { name, reason: [text.what, text.fix].filter(Boolean).join(' ') })]);
      } finally {
        setTesting((now) => new Set([...now].filter((each) => each !== name)));
      }
      await queryClient.invalidateQueries({ queryKey: keys.catalogs });
      void queryClient.invalidateQueries({ queryKey: keys.catalog(name) });
      void queryClient.invalidateQueries({ queryKey: keys.checks(name) });
    },
    [t, common, errorText, queryClient],
  );

  const test = useCallback(
    (name: string) => {
      setFailures([]);
      return one(name);
    },
    [one],
  );

  const testAll = useCallback(
    async (names: string[]) => {
      setFailures([]);
      setRun({ done: 0, total: names.length });
      await eachAtMost(atATime, names, async (name) => {
        await one(name);
        setRun((now) => now && { ...now, done: now.done + 1 });
      });
      setRun(null);
      setSaid(t('testedAll', { count: names.length }));
    },
    [one, t],
  );

  const dismiss = useCallback(() => setFailures([]), []);

  return { testing, run, said, failures, test, testAll, dismiss };
}
