import { useCallback, useEffect, useState } from 'react';
import { useForm } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../../api/errors';
import type { Connector, Operation } from '../../api/types';
import { useMe } from '../../auth/guard';
import type { SummaryError } from '../../components/ErrorSummary';
import { draftOf, type FormModel, inputsOf } from '../../form/model';
import type { Filled } from '../../lib/pastedUrl';
import { type Problems, summaryOf, useProblems } from './problems';
import { forgetOperation, useSubmission } from './useSubmission';

const none: Problems = new Map();
const basics = ['name', 'description', 'roles'];

/** What is wrong, at its fields and as a list above them. */
function useShownProblems(form: ReturnType<typeof useForm<FormModel>>) {
  const [problems, setProblems] = useState<Problems>(none);
  const [summary, setSummary] = useState<{ whole: boolean; errors: SummaryError[] }>({ whole: false, errors: [] });
  const show = (found: Problems, whole: boolean) => {
    setProblems(found);
    setSummary({ whole, errors: summaryOf(found, form.getValues()) });
  };
  /** An edited field is no longer wrong, until it is judged again. */
  const forget = useCallback((name: string) => {
    const place = name.replace(/^maps\./, 'fields.').split('.');
    const same = place.slice(0, 2).join('.');
    const extra = place[0] === 'extras';
    setProblems((now) => {
      const left = [...now].filter(([each]) => each !== name && each !== same && !(extra && each.startsWith('extras')));
      return left.length === now.size ? now : new Map(left);
    });
  }, []);
  const keepBasics = () => {
    setProblems((now) => new Map([...now].filter(([place]) => basics.includes(place))));
    setSummary({ whole: false, errors: [] });
  };
  const add = (place: string, problem: string) => setProblems((now) => new Map(now).set(place, problem));
  return { problems, summary, show, forget, keepBasics, add };
}

/** The form to add a catalog: its values, what is wrong with them, the check and the registration. */
export function useNewCatalog(connectors: Connector[]) {
  const { t } = useTranslation('add');
  const me = useMe();
  const [chosen, setConnector] = useState<Connector | null>(null);
  // As it is said in the language of now.
  const connector = connectors.find(({ id }) => id === chosen?.id) ?? chosen;
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
  const { problems, summary, show, forget, keepBasics, add } = useShownProblems(form);
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
          if (name) forget(name);
        },
      }),
    [form, edited, forget],
  );

  // What the manager found wrong with the last request, at its fields.
  const refusal = submission.error ?? (check.phase === 'refused' ? check.error : null);
  const refused = (refusal instanceof ApiError && refusal.problem.errors) || [];
  useEffect(() => {
    if (refused.length > 0) show(judge.ofServer(refused), submission.error !== null);
    else if (refusal instanceof ApiError && refusal.code.startsWith('name_taken')) {
      show(new Map([['name', t(refusal.code === 'name_taken' ? 'name.name_taken' : 'name.name_taken_in_trino')]]), true);
    }
    // Once for every refusal; the words follow the language on the next one.
  }, [refusal]);

  const choose = (next: Connector, filled?: Filled) => {
    const inputs = inputsOf(next.fields, filled?.fields ?? {});
    Object.assign(inputs.fields, filled?.secrets);
    const extras = { ...filled?.properties, ...filled?.credentials };
    if (next.id !== connector?.id) submission.clear();
    setConnector(next);
    form.setValue('fields', inputs.fields);
    form.setValue('maps', inputs.maps);
    form.setValue('extras', Object.entries(extras).map(([name, value]) => ({ name, value })));
    keepBasics();
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
    if (problem) add(`fields.${key}`, problem);
  };
  const done = useCallback(
    (operationNow: Operation) => {
      forgetOperation();
      setEnded(operationNow);
      // Live: nothing of what was typed is needed any more, least of all its secrets.
      if (operationNow.status === 'succeeded') form.reset();
    },
    [form],
  );
  const correct = () => {
    setOperation(null);
    setEnded(null);
    submission.clear();
  };

  const running = operation !== null && ended === null;
  return {
    form,
    connector,
    problems,
    summary,
    submission,
    operation,
    ended,
    /** The fields are locked while their values are on the way. */
    locked: running || submission.sending,
    busy: running || submission.sending || check.phase === 'running',
    /** Refused for reasons that stand at no field. */
    refusedAsAWhole: submission.error !== null && refused.length === 0 ? submission.error : null,
    choose,
    test,
    register,
    leave,
    done,
    correct,
  };
}

export type NewCatalog = ReturnType<typeof useNewCatalog>;
