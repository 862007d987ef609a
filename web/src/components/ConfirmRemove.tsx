import { Button, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, type SyntheticEvent, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../api/client';
import { ApiError } from '../api/errors';
import { keys } from '../api/keys';
import type { CatalogSummary } from '../api/types';
import classes from './ConfirmRemove.module.css';
import { ErrorNotice } from './ErrorNotice';

export interface ConfirmRemoveProps {
  catalog: CatalogSummary;
  onClose: () => void;
  /** The catalog is gone. */
  onRemoved: () => void;
}

/** Removes a catalog once its name has been typed. */
export function ConfirmRemove({ catalog, onClose, onRemoved }: ConfirmRemoveProps) {
  const { t } = useTranslation('list');
  const queryClient = useQueryClient();
  const [typed, setTyped] = useState('');
  const dialog = useRef<HTMLDialogElement>(null);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    input.current?.focus();
    return () => element?.close();
  }, []);
  const removal = useMutation({
    mutationFn: () =>
      api.remove(catalog.name).catch((error: unknown) => {
        // Somebody was faster: what was wanted is so.
        if (!(error instanceof ApiError && error.code === 'catalog_not_found')) throw error;
      }),
    onSuccess: () => {
      queryClient.setQueryData<CatalogSummary[]>(keys.catalogs, (rows) =>
        rows?.filter((row) => row.name !== catalog.name),
      );
      queryClient.removeQueries({ queryKey: keys.catalog(catalog.name) });
      onRemoved();
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: keys.catalogs }),
  });
  const armed = typed === catalog.name && !removal.isPending;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (armed) removal.mutate();
  };
  const close = () => {
    if (!removal.isPending) onClose();
  };
  const cancel = (event: SyntheticEvent) => {
    event.preventDefault();
    close();
  };
  return (
    <dialog
      ref={dialog}
      role="alertdialog"
      aria-labelledby="remove-title"
      aria-describedby="remove-body"
      onCancel={cancel}
      className={classes.dialog}
    >
      <form onSubmit={submit} className={classes.form}>
        <h2 id="remove-title" className={classes.title}>
          {t('removeTitle', { name: catalog.name })}
        </h2>
        <div id="remove-body" className={classes.body}>
          <p>{t('removeBody')}</p>
          <p className="muted small">{t('removeRoles', { roles: catalog.allow_roles.join(', ') })}</p>
        </div>
        <TextInput
          ref={input}
          label={t('removeType', { name: catalog.name })}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          classNames={{ input: classes.input }}
        />
        {removal.isError && <ErrorNotice error={removal.error} title={t('removeFailed')} />}
        <div className={classes.actions}>
          <Button variant="default" onClick={close} disabled={removal.isPending}>
            {t('keep')}
          </Button>
          <Button type="submit" color="red" disabled={!armed} loading={removal.isPending}>
            {t('removeCatalog')}
          </Button>
        </div>
      </form>
    </dialog>
  );
}
