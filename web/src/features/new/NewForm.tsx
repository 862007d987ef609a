import { Button, Textarea } from '@mantine/core';
import { Controller } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import type { Connector } from '../../api/types';
import { useMe } from '../../auth/guard';
import { CopyMenu } from '../../components/CopyMenu';
import { ErrorSummary } from '../../components/ErrorSummary';
import { RoleSelect } from '../../components/RoleSelect';
import { DefinitionForm } from '../../form/DefinitionForm';
import { ids } from '../../form/model';
import { navigate, routes } from '../../routes';
import { ConnectorPicker } from './ConnectorPicker';
import { formAs } from './copy';
import { Extras } from './Extras';
import { NameField } from './NameField';
import { PasteBox } from './PasteBox';
import type { Problems } from './problems';
import { Live } from './Registering';
import { SidePanel } from './SidePanel';
import { type NewCatalog, useNewCatalog } from './useNewCatalog';
import classes from './new.module.css';

export interface NewFormProps {
  connectors: Connector[];
  /** Start in the box for URLs. */
  paste: boolean;
  another: () => void;
}

const section = (problems: Problems, begin: string): Map<string, string> =>
  new Map([...problems].filter(([place]) => place.startsWith(begin)).map(([place, text]) => [place.slice(begin.length), text]));

function Basics({ form, problems }: NewCatalog) {
  const { t } = useTranslation('add');
  return (
    <section className={`panel ${classes.card}`} aria-labelledby="basics-heading">
      <h2 id="basics-heading">{t('basics')}</h2>
      <NameField form={form} error={problems.get('name')} />
      <Textarea
        id={ids.description}
        label={t('description.label')}
        description={t('description.help')}
        rows={2}
        error={problems.get('description')}
        {...form.register('description')}
      />
    </section>
  );
}

function Connection({ form, problems, leave, connector }: NewCatalog & { connector: Connector }) {
  const { t } = useTranslation('add');
  return (
    <section className={`panel ${classes.card}`} aria-labelledby="connection-heading">
      <div>
        <h2 id="connection-heading">{t('connection')}</h2>
        <p className="muted small">
          <a href={connector.documentation} target="_blank" rel="noreferrer">
            {t('documentation', { connector: connector.title })}
          </a>
        </p>
      </div>
      <DefinitionForm key={connector.id} connector={connector} form={form} errors={section(problems, 'fields.')} onLeave={leave} />
    </section>
  );
}

function Access({ form, problems, busy }: NewCatalog) {
  const { t } = useTranslation('add');
  return (
    <section className={`panel ${classes.card}`} aria-labelledby="access-heading">
      <h2 id="access-heading">{t('access')}</h2>
      <Controller
        control={form.control}
        name="roles"
        render={({ field }) => (
          <RoleSelect id={ids.roles} value={field.value} onChange={field.onChange} error={problems.get('roles')} disabled={busy} />
        )}
      />
    </section>
  );
}

function Actions({ form, connector, busy, submission, test }: NewCatalog) {
  const { t } = useTranslation('add');
  const { t: common } = useTranslation();
  const { up } = useMe().server.trino;
  return (
    <div className={classes.actions}>
      <Button variant="default" onClick={test} disabled={busy || !connector}>
        {t('test')}
      </Button>
      <Button type="submit" disabled={busy || !connector || !up} loading={submission.sending && submission.check.phase !== 'running'}>
        {t('register')}
      </Button>
      <Button variant="subtle" onClick={() => navigate(routes.list)}>
        {common('cancel')}
      </Button>
      {connector && <CopyMenu text={(format) => formAs(format, connector, form.getValues())} />}
      <p className={`muted small ${classes.hint}`}>{up ? t('registerHint') : common('trinoDown')}</p>
    </div>
  );
}

export function NewForm({ connectors, paste, another }: NewFormProps) {
  const { t } = useTranslation('add');
  const catalog = useNewCatalog(connectors);
  const { connector, problems, summary, busy, ended, choose } = catalog;
  if (ended?.status === 'succeeded') {
    return (
      <section className={`panel ${classes.card} ${classes.alone}`}>
        <Live operation={ended} another={another} />
      </section>
    );
  }
  return (
    <form
      className={classes.layout}
      noValidate
      autoComplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) catalog.register();
      }}
    >
      <div className={classes.main}>
        <ErrorSummary title={t(summary.whole ? 'summary.register' : 'summary.test', { count: summary.errors.length })} errors={summary.errors} />
        <fieldset className={classes.fieldset} disabled={catalog.locked}>
          <PasteBox
            connectors={connectors}
            current={connector?.id ?? null}
            focus={paste}
            disabled={busy}
            onFilled={(filled) => choose(filled.connector, filled)}
          />
          <ConnectorPicker
            connectors={connectors}
            chosen={connector}
            disabled={busy}
            error={problems.get('connector')}
            onChoose={(next) => (next.id === connector?.id ? undefined : choose(next))}
          />
          <Basics {...catalog} />
          {connector && <Connection {...catalog} connector={connector} />}
          <Access {...catalog} />
          {connector && <Extras key={`extras-${connector.id}`} connector={connector} form={catalog.form} errors={problems} />}
        </fieldset>
        <Actions {...catalog} />
      </div>
      <SidePanel {...catalog} />
    </form>
  );
}
