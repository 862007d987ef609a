import { useTranslation } from 'react-i18next';
import type { ForeignCatalog } from '../../api/types';
import classes from './ListPage.module.css';

/** Catalogs of Trino that were not registered here: to be seen, not to be changed. */
export function ForeignTable({ rows }: { rows: ForeignCatalog[] }) {
  const { t } = useTranslation('list');
  return (
    <section className={classes.elsewhere} aria-labelledby="elsewhere">
      <h2 id="elsewhere">{t('elsewhere')}</h2>
      <p className="muted small">{t('elsewhereNote')}</p>
      <div className={`panel ${classes.panel}`}>
        <table className={classes.table} aria-labelledby="elsewhere">
          <thead>
            <tr>
              <th scope="col">{t('name')}</th>
              <th scope="col">{t('connector')}</th>
              <th scope="col">{t('elsewhereState')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.name}>
                <th scope="row" className={classes.name}>
                  <span className={classes.foreignName}>{row.name}</span>
                </th>
                <td className={classes.connector}>{row.connector}</td>
                <td className={classes.healthCell}>
                  <span className={classes.state} data-state={row.state}>
                    <span aria-hidden="true">{row.state === 'loaded' ? '✓' : '✕'}</span>{' '}
                    {t(row.state === 'loaded' ? 'loaded' : 'notLoaded')}
                  </span>
                  {row.message && <p className={classes.reason}>{row.message}</p>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
