import { Button, Textarea } from '@mantine/core';
import { useCallback, useEffect, useRef, useState } from 'react';
import { Controller, useForm } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../../api/errors';
import type { Connector, Operation } from '../../api/types';
import { useMe } from '../../auth/guard';
import { CopyMenu } from '../../components/CopyMenu';
import { ErrorNotice } from '../../components/ErrorNotice';
import { ErrorSummary, type SummaryError } from '../../components/ErrorSummary';
import { OperationProgress } from '../../components/OperationProgress';
import { RoleSelect } from '../../components/RoleSelect';
import { DefinitionForm } from '../../form/DefinitionForm';
import { draftOf, type FormModel, ids, inputsOf } from '../../form/model';
import type { Filled } from '../../lib/pastedUrl';
import { navigate, routes } from '../../routes';
import { CheckPanel } from './CheckPanel';
import { ConnectorPicker } from './ConnectorPicker';
import { formAs } from './copy';
import { Extras } from './Extras';
import { NameField } from './NameField';
import { PasteBox } from './PasteBox';
import { type Problems, summaryOf, useProblems } from './problems';
import { Live } from './Registering';
import { forgetOperation, useSubmission } from './useSubmission';
import classes from './new.module.css';

export interface NewFormProps {
  connectors: Connector[];
  /** Start in the box for URLs. */
  paste: boolean;
  another: () => void;
}

const none: Problems = new Map();

const section = (problems: Problems, begin: string): Map<string, string> =>
  new Map([...problems].filter(([place]) => place.startsWith(begin)).map(([place, text]) => [place.slice(begin.length), text]));

export function NewForm({ connectors, paste, another }: NewFormProps) {
  const { t } = useTranslation('add');
  const { t: common } = useTranslation();
  const me = useMe();
  const [chosen, setConnector] = useState<Connector | null>(null);
  // As it is said in the language of now.
  const connector = connectors.find(({ id }) => id === chosen?.id) ?? chosen;
  const [problems, setProblems] = useState<Problems>(none);
  const [summary, setSummary] = useState<{ whole: boolean; errors: SummaryError[] }>({ whole: false, errors: [] });
  const [operation, setOperation] = useState<Operation | null>(null);
  const [ended, setEnded] = useState<Operation | null>(null);
  const form = useForm<FormModel>({
    defaultValues: {
      name: '',
      description: '',
      roles: me.server.default_allow_roles ?? [],
      fields: {},
      maps: {},
      extras: [],
    },
  });
  const judge = useProblems(connector);
  const accepted = useCallback((next: Operation) => {
    setEnded(null);
    setOperation(next);
  }, []);
  const submission = useSubmission(accepted);
  const { check, edited } = submission;

  useEffect(
    () =>
      form.subscribe({
        formState: { values: true },
        callback: ({ name }) => {
          edited();
          if (!name) return;
          const place = name.replace(/^maps\./, 'fields.').split('.');
          setProblems((now) => {
            const left = [...now].filter(([each]) => each !== name && each !== place.slice(0, 2).join('.') && !(place[0] === 'extras' && each.startsWith('extras')));
            return left.length === now.size ? now : new Map(left);
          });
        },
      }),
    [form, edited],
  );

  const show = (found: Problems, whole: boolean) => {
    setProblems(found);
    setSummary({ whole, errors: summaryOf(found, form.getValues()) });
  };

  // What the manager found wrong with the last request, at its fields.
  const refusal = submission.error ?? (check.phase === 'refused' ? check.error : null);
  const refused = refusal instanceof ApiError ? refusal.problem.errors : undefined;
  useEffect(() => {
    if (refused && refused.length > 0) show(judge.ofServer(refused), submission.error !== null);
    else if (refusal instanceof ApiError && refusal.code.startsWith('name_taken')) {
      show(new Map([['name', t(refusal.code === 'name_taken' ? 'name.name_taken' : 'name.name_taken_in_trino')]]), true);
    }
    // Once for every refusal; the words follow the language on the next one.
  }, [refusal]);

  const choose = (next: Connector, filled?: Filled) => {
    const given = filled?.fields ?? {};
    const inputs = inputsOf(next.fields, given);
    for (const [key, secret] of Object.entries(filled?.secrets ?? {})) inputs.fields[key] = secret;
    const extras = { ...filled?.properties, ...filled?.credentials };
    inputs.extras = Object.entries(extras).map(([name, value]) => ({ name, value }));
    if (next.id !== connector?.id) submission.clear();
    setConnector(next);
    form.setValue('fields', inputs.fields);
    form.setValue('maps', inputs.maps);
    form.setValue('extras', inputs.extras);
    setProblems((now) => new Map([...now].filter(([place]) => ['name', 'description', 'roles'].includes(place))));
    setSummary({ whole: false, errors: [] });
  };

  /** The request, or null with the problems shown. */
  const draft = (whole: boolean) => {
    const model = form.getValues();
    const found = judge.ofForm(model, whole);
    show(found, whole);
    return connector && found.size === 0 ? draftOf(connector, model) : null;
  };
  const test = () => {
    const body = draft(false);
    if (!body) return;
    // The name and the roles have no part in a connection.
    const { name: _name, allow_roles: _roles, description: _description, ...connection } = body;
    void submission.test(connection);
  };
  const register = () => {
    const body = draft(true);
    if (body) void submission.register(body, check.phase === 'done' && check.report?.ok === true && !submission.stale);
  };
  const leave = (key: string) => {
    const problem = judge.ofField(key, form.getValues());
    if (problem) setProblems((now) => new Map(now).set(`fields.${key}`, problem));
  };

  const onDone = useCallback(
    (done: Operation) => {
      forgetOperation();
      setEnded(done);
      // Live: nothing of what was typed is needed any more, least of all its secrets.
      if (done.status === 'succeeded') form.reset();
    },
    [form],
  );

  // On a phone the panel stands below the form.
  const side = useRef<HTMLElement>(null);
  const started = check.phase === 'running' || operation !== null;
  useEffect(() => {
    if (started) side.current?.scrollIntoView({ block: 'nearest' });
  }, [started]);

  const live = ended?.status === 'succeeded';
  const running = operation !== null && ended === null;
  const busy = running || submission.sending || check.phase === 'running';

  if (live && operation) {
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
        if (!busy) register();
      }}
    >
      <div className={classes.main}>
        <ErrorSummary title={t(summary.whole ? 'summary.register' : 'summary.test', { count: summary.errors.length })} errors={summary.errors} />
        <fieldset className={classes.fieldset} disabled={running || submission.sending}>
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
          {connector && (
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
          )}
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
          {connector && <Extras key={`extras-${connector.id}`} connector={connector} form={form} errors={problems} />}
        </fieldset>
        <div className={classes.actions}>
          <Button variant="default" onClick={test} disabled={busy || !connector}>
            {t('test')}
          </Button>
          <Button type="submit" disabled={busy || !connector || !me.server.trino.up} loading={submission.sending && check.phase !== 'running'}>
            {t('register')}
          </Button>
          <Button variant="subtle" onClick={() => navigate(routes.list)}>
            {common('cancel')}
          </Button>
          {connector && (
            <CopyMenu
              options={(['curl', 'sql', 'yaml'] as const).map((format) => ({
                label: common(({ curl: 'copyCurl', sql: 'copySql', yaml: 'copyYaml' } as const)[format]),
                text: () => formAs(format, connector, form.getValues()),
              }))}
            />
          )}
          <p className={`muted small ${classes.hint}`}>{me.server.trino.up ? t('registerHint') : common('trinoDown')}</p>
        </div>
      </div>
      {/* It may scroll by itself, so the keyboard has to reach it. */}
      <aside ref={side} className={classes.side} aria-labelledby="check-heading" tabIndex={0}>
        <section className={`panel ${classes.card}`}>
          <h2 id="check-heading">{operation ? t('registering') : t('check.title')}</h2>
          {operation ? (
            <>
              <OperationProgress key={operation.id} id={operation.id} initial={operation} onDone={onDone} />
              {ended?.status === 'failed' && (
                <Button
                  variant="default"
                  onClick={() => {
                    setOperation(null);
                    setEnded(null);
                    submission.clear();
                  }}
                >
                  {t('correct')}
                </Button>
              )}
            </>
          ) : (
            <CheckPanel
              check={check}
              stale={submission.stale}
              limitSeconds={connector?.check.deadline_seconds ?? null}
              onCancel={check.cancel}
              onRetry={test}
            />
          )}
          {submission.error !== null && !(refused && refused.length > 0) && <ErrorNotice error={submission.error} title={t('notRegistered')} />}
        </section>
      </aside>
    </form>
  );
}
