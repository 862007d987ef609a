import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { useConnectorTitle } from '../../api/queries';
import type { CatalogSummary } from '../../api/types';
import { RelativeTime } from '../../components/RelativeTime';
import type { CopyFormat } from '../../lib/copyAs';
import { routes } from '../../routes';
import { HealthCell } from './HealthCell';
import classes from './ListPage.module.css';
import { RowMenu } from './RowMenu';

const rolesShown = 3;

function Roles({ roles }: { roles: string[] }) {
  const { t } = useTranslation('list');
  const more = roles.slice(rolesShown);
  const words = more.length > 0 ? t('moreRoles', { count: more.length, roles: more.join(', ') }) : '';
  return (
    <ul className={classes.roles}>
      {roles.slice(0, rolesShown).map((role) => (
        <li key={role} className={classes.role}>
          {role}
        </li>
      ))}
      {more.length > 0 && (
        <li className={classes.role} title={words}>
          <span aria-hidden="true">+{more.length}</span>
          <span className="visually-hidden">{words}</span>
        </li>
      )}
    </ul>
  );
}

export interface CatalogTableProps {
  rows: CatalogSummary[];
  testing: ReadonlySet<string>;
  onTest: (row: CatalogSummary) => void;
  onCopy: (row: CatalogSummary, format: CopyFormat, words: string) => void;
  onRemove: (row: CatalogSummary) => void;
}

/** One row a catalog; a card each on a phone. */
export function CatalogTable({ rows, testing, onTest, onCopy, onRemove }: CatalogTableProps) {
  const { t } = useTranslation('list');
  const titleOf = useConnectorTitle();
  return (
    <table className={classes.table} aria-label={t('table')}>
      <thead>
        <tr>
          <th scope="col">{t('name')}</th>
          <th scope="col">{t('connector')}</th>
          <th scope="col">{t('health')}</th>
          <th scope="col">{t('roles')}</th>
          <th scope="col">{t('lastChange')}</th>
          <th scope="col">
            <span className="visually-hidden">{t('actions')}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.name}>
            <th scope="row" className={classes.name}>
              <Link href={routes.catalog(row.name)}>{row.name}</Link>
              {row.description && <p className={classes.about}>{row.description}</p>}
            </th>
            <td className={classes.connector}>{titleOf(row.connector)}</td>
            <td className={classes.healthCell}>
              <HealthCell row={row} testing={testing.has(row.name)} />
            </td>
            <td className={classes.rolesCell}>
              <Roles roles={row.allow_roles} />
            </td>
            <td className={classes.changed}>
              <RelativeTime at={row.updated_at} as="day" /> <span className={classes.who}>{row.updated_by}</span>
            </td>
            <td className={classes.menu}>
              <RowMenu
                row={row}
                testing={testing.has(row.name)}
                onTest={() => onTest(row)}
                onCopy={(format, words) => onCopy(row, format, words)}
                onRemove={() => onRemove(row)}
              />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
