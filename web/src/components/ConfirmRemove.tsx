import { Button, Modal, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
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
  return (
    <Modal.Root opened onClose={close} size="md" centered trapFocus returnFocus>
      <Modal.Overlay />
      <Modal.Content role="alertdialog" aria-describedby="remove-body">
        <form onSubmit={submit} className={classes.form}>
          <Modal.Title className={classes.title}>{t('removeTitle', { name: catalog.name })}</Modal.Title>
          <div id="remove-body" className={classes.body}>
            <p>{t('removeBody')}</p>
            <p className="muted small">{t('removeRoles', { roles: catalog.allow_roles.join(', ') })}</p>
          </div>
          <TextInput
            data-autofocus
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
      </Modal.Content>
    </Modal.Root>
  );
}
