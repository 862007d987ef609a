import { type UseFormReturn, useWatch } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import type { Connector } from '../api/types';
import { shownKeys } from '../lib/rules';
import { FieldControl } from './FieldControl';
import { Fold } from './Fold';
import classes from './form.module.css';
import { type FormModel, valuesOf } from './model';

export interface DefinitionFormProps {
  connector: Connector;
  form: UseFormReturn<FormModel>;
  /** What is wrong, by field. */
  errors: ReadonlyMap<string, string>;
  onLeave: (key: string) => void;
}

/** The form of a connector, as its definition says: what is needed first, what is rarely needed folded away. */
export function DefinitionForm({ connector, form, errors, onLeave }: DefinitionFormProps) {
  const { t } = useTranslation('add');
  const deciding = [...new Set(connector.fields.flatMap((field) => Object.keys(field.show_when ?? {})))];
  // Only what decides over other fields draws the form again.
  useWatch({ control: form.control, name: deciding.map((key) => `fields.${key}` as const) });
  const { fields, maps } = form.getValues();
  const shown = shownKeys(connector.fields, valuesOf(connector.fields, { fields, maps }));
  const visible = connector.fields.filter((field) => shown.has(field.key));
  // A field that decides over required ones stays before them.
  const main = visible.filter((field) => !field.advanced);
  const advanced = visible.filter((field) => field.advanced);
  const control = (field: (typeof visible)[number]) => (
    <div key={field.key} className={classes.field} data-kind={field.kind}>
      <FieldControl field={field} form={form} error={errors.get(field.key)} onLeave={onLeave} />
    </div>
  );
  const filledIn = advanced.some((field) => (maps[field.key]?.length ?? 0) > 0);
  return (
    <>
      <div className={classes.fields}>{main.map(control)}</div>
      {advanced.length > 0 && (
        <Fold
          title={t('advancedFields')}
          note={t('advancedCount', { count: advanced.length })}
          wanted={filledIn || advanced.some((field) => errors.has(field.key))}
        >
          {advanced.map(control)}
        </Fold>
      )}
    </>
  );
}
