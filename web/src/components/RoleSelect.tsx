import { TagsInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '../api/client';
import { keys } from '../api/keys';
import type { RolePreview } from '../api/types';
import { portalTarget } from '../mantine';
import classes from './RoleSelect.module.css';

export interface RoleSelectProps {
  id: string;
  value: string[];
  onChange: (roles: string[]) => void;
  error?: string;
  disabled?: boolean;
}

function Preview({ preview }: { preview: RolePreview }) {
  const { t, i18n } = useTranslation('add');
  const list = (items: string[]) => new Intl.ListFormat(i18n.language, { type: 'conjunction' }).format(items);
  const counted = preview.roles.filter((role) => role.members !== null);
  const parts = list(counted.map((role) => t('roles.members', { count: role.members ?? 0, role: role.name })));
  const unknown = preview.roles.filter((role) => role.known === false);
  const empty = counted.filter((role) => role.members === 0 && role.known !== false);
  const sample = [...new Set(preview.roles.flatMap((role) => role.sample))].slice(0, 5);
  return (
    <>
      {preview.people !== null && (
        <p>
          {t('roles.people', { count: preview.people })}
          {parts && t('roles.parts', { parts })}
          {sample.length > 0 && <span className="muted"> {t('roles.sample', { names: sample.join(', ') })}</span>}
        </p>
      )}
      {unknown.length > 0 && (
        <p className={classes.warn}>{t('roles.unknown', { count: unknown.length, roles: list(unknown.map((role) => role.name)) })}</p>
      )}
      {empty.length > 0 && <p className={classes.warn}>{t('roles.empty', { count: empty.length, roles: list(empty.map((role) => role.name)) })}</p>}
      {!preview.you_keep_access && <p className={classes.warn}>{t('roles.loseAccess')}</p>}
    </>
  );
}

/** Which roles may query, and who that is. */
export function RoleSelect({ id, value, onChange, error, disabled }: RoleSelectProps) {
  const { t } = useTranslation('add');
  const directory = useQuery({ queryKey: keys.roles, queryFn: ({ signal }) => api.roles(signal), staleTime: 60_000 });
  const preview = useQuery({
    queryKey: keys.rolePreview(value),
    queryFn: ({ signal }) => api.rolePreview(value, signal),
    enabled: value.length > 0,
    placeholderData: (before) => before,
    staleTime: 30_000,
    retry: false,
  });
  return (
    <div>
      <TagsInput
        id={id}
        label={t('roles.label')}
        description={t('roles.help')}
        error={error}
        required
        disabled={disabled}
        value={value}
        onChange={onChange}
        data={(directory.data?.roles ?? []).map((role) => role.name)}
        classNames={{ pill: classes.pill }}
        splitChars={[',', ' ']}
        comboboxProps={{ portalProps: { target: portalTarget } }}
        placeholder={value.length === 0 ? t('roles.placeholder') : undefined}
      />
      <div className={classes.preview} role="status">
        {value.length === 0 && <p className={classes.warn}>{t('roles.none')}</p>}
        {value.length > 0 && preview.data && <Preview preview={preview.data} />}
        {directory.data && directory.data.problem !== null && <p>{t('roles.directory')}</p>}
      </div>
    </div>
  );
}
