import { Button } from '@mantine/core';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ConnectorField } from '../api/types';
import { byteLength } from '../lib/rules';
import classes from './form.module.css';

export interface FileFieldProps {
  id: string;
  field: ConnectorField;
  /** Whether a file was read. */
  filled: boolean;
  error?: string;
  onText: (text: string) => void;
}

/** A file whose text is the value: read here, kept in memory, never shown. */
export function FileField({ id, field, filled, error, onText }: FileFieldProps) {
  const { t, i18n } = useTranslation('add');
  const chooser = useRef<HTMLInputElement>(null);
  const [file, setFile] = useState<{ name: string; bytes: number } | null>(null);
  const [unreadable, setUnreadable] = useState(false);
  const read = async (chosen: File | undefined) => {
    if (!chosen) return;
    setUnreadable(false);
    try {
      // A file much larger than the limit is not one: no need to read it whole.
      const text = await chosen.slice(0, field.max_length + 1).text();
      setFile({ name: chosen.name, bytes: byteLength(text) });
      onText(text);
    } catch {
      setFile(null);
      setUnreadable(true);
      onText('');
    }
  };
  const about = `${id}-about`;
  const shownError = unreadable ? t('file.unreadable') : error;
  const size = new Intl.NumberFormat(i18n.language).format(file?.bytes ?? 0);
  return (
    <div
      role="group"
      aria-labelledby={`${id}-label`}
      className={classes.file}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        void read(event.dataTransfer.files[0]);
      }}
    >
      <span id={`${id}-label`} className={classes.legend}>
        {field.label} {field.required && <span className={classes.star} aria-hidden="true">*</span>}
      </span>
      <div id={about}>
        <p className={classes.help}>{field.help}</p>
        {shownError && <p className={classes.error}>{shownError}</p>}
      </div>
      <div className={classes.fileRow}>
        <input
          ref={chooser}
          type="file"
          hidden
          accept={field.accept}
          onChange={(event) => {
            void read(event.target.files?.[0]);
            event.target.value = '';
          }}
        />
        <Button id={id} variant="default" size="sm" aria-describedby={about} onClick={() => chooser.current?.click()}>
          {t('file.choose', { field: field.label })}
        </Button>
        {filled && file && (
          <>
            <span className="mono small">{t('file.read', { name: file.name, size })}</span>
            <Button
              variant="subtle"
              size="compact-sm"
              onClick={() => {
                setFile(null);
                onText('');
                chooser.current?.parentElement?.querySelector('button')?.focus();
              }}
            >
              {t('file.remove')}
            </Button>
          </>
        )}
        {!(filled && file) && <span className="muted small">{t('file.drop')}</span>}
      </div>
    </div>
  );
}
