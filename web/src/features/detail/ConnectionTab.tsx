import { useTranslation } from 'react-i18next';
import type { Catalog, Connector, ConnectorField, FieldValue } from '../../api/types';
import { Dated } from './Dated';
import classes from './detail.module.css';

function Value({ field, value }: { field: ConnectorField | undefined; value: FieldValue }) {
  const { t } = useTranslation('detail');
  if (typeof value !== 'string') {
    return (
      <ul className={classes.map}>
        {Object.entries(value).map(([key, each]) => (
          <li key={key}>
            <code>
              {key} = {each}
            </code>
          </li>
        ))}
      </ul>
    );
  }
  if (field?.kind === 'boolean') return t(value === 'true' ? 'on' : 'off');
  const choice = field?.choices?.find((each) => each.value === value);
  if (choice) return choice.label;
  if (field?.kind === 'textarea') return <pre className={classes.area}>{value}</pre>;
  return <code className={classes.text}>{value}</code>;
}

const empty = (value: FieldValue) => value === '' || (typeof value !== 'string' && Object.keys(value).length === 0);

/** The form's fields in the form's order; a field that the definition does not know comes last, under its key. */
function FieldRows({ catalog, connector }: { catalog: Catalog; connector: Connector | undefined }) {
  const values = catalog.fields ?? {};
  const known = (connector?.fields ?? []).filter((field) => field.key in values).map((field) => field.key);
  const keys = [...known, ...Object.keys(values).filter((key) => !known.includes(key))];
  return keys.map((key) => {
    const value = values[key];
    if (value === undefined || empty(value)) return null;
    const field = connector?.fields.find((each) => each.key === key);
    return (
      <div key={key} className={classes.pair}>
        <dt>{field?.label ?? key}</dt>
        <dd>
          <Value field={field} value={value} />
        </dd>
      </div>
    );
  });
}

function Secrets({ catalog, connector }: { catalog: Catalog; connector: Connector | undefined }) {
  const { t } = useTranslation('detail');
  const labelOf = (name: string) =>
    connector?.fields.find((field) => field.secret && field.to === name)?.label ??
    connector?.properties.find((property) => property.name === name)?.label ??
    name;
  const entries = Object.entries(catalog.credentials);
  if (entries.length === 0) return null;
  return (
    <section className={classes.block} aria-labelledby="secrets">
      <h2 id="secrets" className={classes.subtitle}>
        {t('secrets')}
      </h2>
      <p className="muted small">{t('secretsNote')}</p>
      <dl className={classes.pairs}>
        {entries.map(([name, state]) => (
          <div key={name} className={classes.pair}>
            <dt>{labelOf(name)}</dt>
            <dd>
              <span className={classes.lock} aria-hidden="true">
                ●●●●
              </span>{' '}
              <Dated words={(day) => t('secretSet', { day, user: state.updated_by })} at={state.updated_at} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Properties({ catalog }: { catalog: Catalog }) {
  const { t } = useTranslation('detail');
  return (
    <dl className={classes.properties} aria-label={t('properties')}>
      {Object.entries(catalog.properties).map(([name, value]) => (
        <div key={name} className={classes.pair}>
          <dt>
            <code>{name}</code>
          </dt>
          <dd>
            <code className={classes.text}>{value}</code>
          </dd>
        </div>
      ))}
    </dl>
  );
}

export function ConnectionTab({ catalog, connector }: { catalog: Catalog; connector: Connector | undefined }) {
  const { t } = useTranslation('detail');
  return (
    <div className={`panel ${classes.card}`}>
      {catalog.fields ? (
        <dl className={classes.pairs}>
          <FieldRows catalog={catalog} connector={connector} />
        </dl>
      ) : (
        <>
          <p className="muted small">{t('noForm')}</p>
          <Properties catalog={catalog} />
        </>
      )}
      <Secrets catalog={catalog} connector={connector} />
      {catalog.fields && (
        <details className={classes.block}>
          <summary className={classes.summary}>{t('properties')}</summary>
          <Properties catalog={catalog} />
        </details>
      )}
      {connector && (
        <p className={classes.docs}>
          <a href={connector.documentation} target="_blank" rel="noreferrer">
            {t('documentation')} <span aria-hidden="true">↗</span>
          </a>
        </p>
      )}
    </div>
  );
}
