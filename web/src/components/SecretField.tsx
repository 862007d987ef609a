import { ActionIcon, Textarea, TextInput, type TextInputProps } from '@mantine/core';
import { type ReactNode, type Ref, useState } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './SecretField.module.css';

export interface SecretFieldProps {
  id: string;
  label: ReactNode;
  description?: ReactNode;
  error?: ReactNode;
  required?: boolean;
  disabled?: boolean;
  /** A text of several lines, such as a key. */
  area?: boolean;
  placeholder?: string;
  /** Of react-hook-form's register(): the value lives in the element alone, never in an attribute. */
  input: {
    name: string;
    ref: Ref<never>;
    onChange: TextInputProps['onChange'];
    onBlur: TextInputProps['onBlur'];
  };
}

function Eye({ open }: { open: boolean }) {
  return (
    <svg width="16" height="16" viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth="1.4" aria-hidden="true">
      <path d="M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8Z" />
      <circle cx="8" cy="8" r="2" />
      {open && <path d="m2.5 13.5 11-11" />}
    </svg>
  );
}

/** For secrets: hidden unless asked for, open to paste and password managers. */
export function SecretField({ area, input, label, ...props }: SecretFieldProps) {
  const { t } = useTranslation('add');
  const [shown, setShown] = useState(false);
  const name = typeof label === 'string' ? label : input.name;
  const toggle = (
    <ActionIcon
      variant="subtle"
      color="gray"
      className={classes.toggle}
      aria-label={t(shown ? 'hideSecret' : 'showSecret', { field: name })}
      aria-pressed={shown}
      disabled={props.disabled}
      onClick={() => setShown((value) => !value)}
    >
      <Eye open={shown} />
    </ActionIcon>
  );
  const common = { ...props, label, spellCheck: false, rightSection: toggle, rightSectionPointerEvents: 'all' as const };
  if (area) {
    return (
      <Textarea
        {...common}
        autosize={false}
        rows={5}
        autoComplete="off"
        classNames={{ input: shown ? classes.area : `${classes.area} ${classes.masked}`, section: classes.top }}
        name={input.name}
        ref={input.ref as Ref<HTMLTextAreaElement>}
        onChange={input.onChange as never}
        onBlur={input.onBlur as never}
      />
    );
  }
  return (
    <TextInput
      {...common}
      type={shown ? 'text' : 'password'}
      autoComplete="new-password"
      name={input.name}
      ref={input.ref as Ref<HTMLInputElement>}
      onChange={input.onChange}
      onBlur={input.onBlur}
    />
  );
}
