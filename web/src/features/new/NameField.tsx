import { TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type UseFormReturn, useWatch } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { keys } from '../../api/keys';
import type { NameAnswer } from '../../api/types';
import { type FormModel, ids } from '../../form/model';
import { checkName } from '../../lib/rules';
import { day } from '../../lib/time';
import classes from './new.module.css';

/** Words for a name that is not to be had. */
export function useNameWords() {
  const { t, i18n } = useTranslation('add');
  return (answer: NameAnswer): string | undefined => {
    if (answer.available || answer.code === null) return undefined;
    if (answer.code !== 'name_taken' || !answer.registered_by) return t(`name.${answer.code}`);
    const date = answer.registered_at === null ? '' : day(answer.registered_at, Date.now() / 1000, i18n.language);
    return date ? t('name.takenBy', { user: answer.registered_by, date }) : t('name.takenByUser', { user: answer.registered_by });
  };
}

export interface NameFieldProps {
  form: UseFormReturn<FormModel>;
  error?: string;
}

/** The name of the catalog; its rule is told at once, whether it is taken on leaving the field. */
export function NameField({ form, error }: NameFieldProps) {
  const { t } = useTranslation('add');
  const words = useNameWords();
  const name = useWatch({ control: form.control, name: 'name' });
  const [left, setLeft] = useState('');
  const rule = name === '' ? null : checkName(name);
  const answer = useQuery({
    queryKey: keys.name(left),
    queryFn: ({ signal }) => api.name(left, signal),
    enabled: left !== '' && left === name,
    retry: false,
    staleTime: 10_000,
  });
  const taken = left === name && answer.data ? words(answer.data) : undefined;
  const problem = rule && rule !== 'required' ? t(`name.${rule}`) : (error ?? taken);
  const free = left === name && answer.data?.available && !problem;
  return (
    <TextInput
      id={ids.name}
      label={t('name.label')}
      description={
        <>
          {t('name.help')} {t('name.inSql')} <span className={classes.inSql}>"{name && !rule ? name : 'client-pg-01'}"</span>
          {free && <span className={classes.free}> ✓ {t('name.free')}</span>}
        </>
      }
      required
      error={problem}
      classNames={{ input: classes.mono }}
      autoComplete="off"
      autoCapitalize="off"
      spellCheck={false}
      {...form.register('name', {
        onBlur: () => {
          const now = form.getValues('name');
          setLeft(checkName(now) ? '' : now);
        },
      })}
    />
  );
}
