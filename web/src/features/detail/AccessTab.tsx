import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { keys } from '../../api/keys';
import type { Catalog, RolePreview } from '../../api/types';
import { ErrorNotice } from '../../components/ErrorNotice';
import { Notice } from '../../components/Notice';
import { locale } from '../../lib/time';
import classes from './detail.module.css';

function RoleLine({ role }: { role: RolePreview['roles'][number] }) {
  const { t, i18n } = useTranslation('detail');
  const names = new Intl.ListFormat(locale(i18n.language), { type: 'conjunction' }).format(role.sample);
  return (
    <li className={classes.roleLine}>
      <code className={classes.roleName}>{role.name}</code>
      <span className={role.known === false || role.members === 0 ? classes.flag : 'muted'}>
        {role.known === false && t('unknownRole')}
        {role.known !== false && role.members === 0 && t('emptyRole')}
        {role.known !== false && role.members === null && t('membersUnknown')}
        {role.members !== null && role.members > 0 && (
          <>
            {t('members', { count: role.members })}
            {role.sample.length > 0 && <>, {t('sample', { names })}</>}
          </>
        )}
      </span>
    </li>
  );
}

/** Who may query the catalog. */
export function AccessTab({ catalog }: { catalog: Catalog }) {
  const { t } = useTranslation('detail');
  const roles = catalog.allow_roles;
  const preview = useQuery({
    queryKey: keys.rolePreview(roles),
    queryFn: ({ signal }) => api.rolePreview(roles, signal),
    staleTime: 30_000,
  });
  const plain = roles.map((name) => ({ name, known: null, members: null, sample: [] }));
  return (
    <div className={`panel ${classes.card}`}>
      <div className={classes.people}>
        {preview.data && (preview.data.people === null ? t('peopleUnknown') : t('people', { count: preview.data.people }))}
        {preview.isPending && <Skeleton height={16} width={240} />}
      </div>
      <p className="muted small">{t('accessIntro')}</p>
      <ul className={classes.roleLines}>
        {(preview.data?.roles ?? plain).map((role) => (
          <RoleLine key={role.name} role={role} />
        ))}
      </ul>
      {preview.data && !preview.data.you_keep_access && <Notice tone="warn">{t('loseAccess')}</Notice>}
      {preview.isError && (
        <ErrorNotice error={preview.error} title={t('previewFailed')} onRetry={() => void preview.refetch()} />
      )}
    </div>
  );
}
