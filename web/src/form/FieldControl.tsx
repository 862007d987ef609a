import { Checkbox, NativeSelect, Textarea, TextInput } from '@mantine/core';
import { type UseFormReturn, useWatch } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import type { ConnectorField } from '../api/types';
import { SecretField } from '../components/SecretField';
import { Entries } from './Entries';
import { FileField } from './FileField';
import classes from './form.module.css';
import { type FormModel, ids } from './model';

export interface FieldControlProps {
  field: ConnectorField;
  form: UseFormReturn<FormModel>;
  error?: string;
  onLeave: (key: string) => void;
}

function Choice({ field, form, error, onLeave }: FieldControlProps) {
  const { t } = useTranslation('add');
  const path = `fields.${field.key}` as const;
  const value = useWatch({ control: form.control, name: path });
  const help = field.choices?.find((choice) => choice.value === value)?.help;
  const options = (field.choices ?? []).map(({ value: own, label }) => ({ value: own, label }));
  if (field.default === undefined) options.unshift({ value: '', label: field.required ? t('choose') : t('notSet') });
  return (
    <NativeSelect
      id={ids.field(field.key)}
      label={field.label}
      description={
        <>
          {field.help}
          {help && <span className={classes.choiceHelp}>{help}</span>}
        </>
      }
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      required={field.required}
      error={error}
      data={options}
      {...form.register(path, { onBlur: () => onLeave(field.key) })}
    />
  );
}

function Key({ field, form, error }: FieldControlProps) {
  const path = `fields.${field.key}` as const;
  const filled = Boolean(useWatch({ control: form.control, name: path }));
  return (
    <FileField
      id={ids.field(field.key)}
      field={field}
      filled={filled}
      error={error}
      onText={(text) => form.setValue(path, text, { shouldDirty: true })}
    />
  );
}

/** One field of a definition. A kind that this page does not know yet is a text: the manager checks it. */
export function FieldControl(props: FieldControlProps) {
  const { t } = useTranslation('add');
  const { field, form, error, onLeave } = props;
  const input = form.register(`fields.${field.key}`, { onBlur: () => onLeave(field.key) });
  const common = {
    id: ids.field(field.key),
    label: field.label,
    description: field.help,
    required: field.required,
    error,
  };
  const text = { ...common, placeholder: field.example, autoComplete: 'off', spellCheck: false };
  switch (field.kind) {
    case 'enumeration':
      return <Choice {...props} />;
    case 'boolean':
      return <Checkbox {...common} required={false} classNames={{ root: classes.checkbox }} {...input} />;
    case 'secret':
    case 'secret_area':
      return (
        <SecretField
          {...common}
          area={field.kind === 'secret_area'}
          description={
            <>
              {field.help} {t('secretNote')}
            </>
          }
          input={input as never}
        />
      );
    case 'file':
      return <Key {...props} />;
    case 'map':
      return (
        <Entries
          control={form.control}
          register={form.register}
          path={`maps.${field.key}`}
          legend={field.label}
          help={field.help}
          error={error}
          addId={ids.field(field.key)}
          addLabel={t('entry.addParameter')}
        />
      );
    case 'textarea':
      return <Textarea {...text} rows={5} classNames={{ input: classes.mono }} {...input} />;
    case 'integer':
    case 'duration':
      return (
        <TextInput
          {...text}
          inputMode={field.kind === 'integer' ? 'numeric' : undefined}
          classNames={{ wrapper: classes.short }}
          {...input}
        />
      );
    default:
      return <TextInput {...text} autoCapitalize="off" {...input} />;
  }
}
