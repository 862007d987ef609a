import { ActionIcon, Button, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { type Control, useFieldArray, type UseFormRegister } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import { SecretField } from '../components/SecretField';
import classes from './form.module.css';
import type { FormModel } from './model';

export interface EntriesProps {
  control: Control<FormModel>;
  register: UseFormRegister<FormModel>;
  path: 'extras' | `maps.${string}`;
  legend: string;
  help?: ReactNode;
  error?: string;
  /** Of the button that adds a row; the focus goes there from the summary of errors. */
  addId: string;
  addLabel: string;
  /** Ids of the rows' values. */
  rowId?: (index: number) => string;
  suggestions?: { value: string; label: string }[];
  /** What to know about the property of a row. */
  note?: (index: number) => { text: string; bad: boolean } | null;
  isSecret?: (index: number) => boolean;
  rowError?: (index: number) => string | undefined;
}

/** Names and values, as many as wanted. */
export function Entries(props: EntriesProps) {
  const { t } = useTranslation('add');
  const { fields, append, remove } = useFieldArray({ control: props.control, name: props.path as 'extras' });
  const { rowId = (index) => `${props.addId}-${index}` } = props;
  const listId = `${props.addId}-names`;
  const describedBy = `${props.addId}-about`;
  return (
    <fieldset className={classes.entries} aria-describedby={describedBy}>
      <legend className={classes.legend}>{props.legend}</legend>
      <div id={describedBy}>
        {props.help && <p className={classes.help}>{props.help}</p>}
        {props.error && <p className={classes.error}>{props.error}</p>}
      </div>
      {props.suggestions && (
        <datalist id={listId}>
          {props.suggestions.map((each) => (
            <option key={each.value} value={each.value}>
              {each.label}
            </option>
          ))}
        </datalist>
      )}
      {fields.map((row, index) => {
        const path = `${props.path}.${index}` as 'extras.0';
        const note = props.note?.(index);
        const error = props.rowError?.(index) ?? (note?.bad ? note.text : undefined);
        const value = t('entry.value', { number: index + 1 });
        return (
          <div key={row.id} className={classes.entry}>
            <TextInput
              label={t('entry.name', { number: index + 1 })}
              classNames={{ input: classes.mono }}
              list={props.suggestions && listId}
              autoComplete="off"
              autoCapitalize="off"
              spellCheck={false}
              description={note && !note.bad ? note.text : undefined}
              inputWrapperOrder={['label', 'input', 'description', 'error']}
              error={error}
              {...props.register(`${path}.name`)}
            />
            {props.isSecret?.(index) ? (
              <SecretField id={rowId(index)} label={value} input={props.register(`${path}.value`) as never} />
            ) : (
              <TextInput
                id={rowId(index)}
                label={value}
                classNames={{ input: classes.mono }}
                autoComplete="off"
                spellCheck={false}
                {...props.register(`${path}.value`)}
              />
            )}
            <ActionIcon
              variant="subtle"
              color="gray"
              size={36}
              className={classes.remove}
              aria-label={t('entry.remove', { number: index + 1 })}
              onClick={() => {
                remove(index);
                document.getElementById(props.addId)?.focus();
              }}
            >
              <span aria-hidden="true">✕</span>
            </ActionIcon>
          </div>
        );
      })}
      <div>
        <Button id={props.addId} variant="default" size="xs" onClick={() => append({ name: '', value: '' })}>
          {props.addLabel}
        </Button>
      </div>
    </fieldset>
  );
}
