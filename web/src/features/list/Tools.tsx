import { NativeSelect, TextInput } from '@mantine/core';
import { type ReactNode, type RefObject, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useConnectorTitle } from '../../api/queries';
import type { Filters } from '../../lib/filter';
import classes from './ListPage.module.css';

const healths = ['healthy', 'slow', 'failing', 'unknown', 'registering'] as const;

/** "/" goes to the search unless somebody is typing. */
function useSearchKey(target: RefObject<HTMLInputElement | null>) {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      const at = event.target as HTMLElement | null;
      if (at?.closest('input, textarea, select, [contenteditable], [role="dialog"], [role="alertdialog"], [role="menu"]')) {
        return;
      }
      event.preventDefault();
      target.current?.focus();
      target.current?.select();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [target]);
}

export interface ToolsProps {
  filters: Filters;
  setQuery: (values: Record<string, string>, replace?: boolean) => void;
  /** Ids of the connectors in use. */
  used: string[];
  search: RefObject<HTMLInputElement | null>;
  children: ReactNode;
}

/** Search and filters; what they are set to stands in the address. */
export function Tools({ filters, setQuery, used, search, children }: ToolsProps) {
  const { t } = useTranslation('list');
  const { t: common } = useTranslation();
  const titleOf = useConnectorTitle();
  useSearchKey(search);
  const connectors = filters.connector && !used.includes(filters.connector) ? [...used, filters.connector] : used;
  return (
    <div className={classes.tools} role="search">
      <TextInput
        ref={search}
        type="search"
        aria-label={t('search')}
        placeholder={t('search')}
        value={filters.query}
        // One entry in the history for a search, not one for each letter.
        onChange={(event) => setQuery({ q: event.currentTarget.value }, filters.query !== '')}
        rightSection={
          <kbd className={classes.key} title={t('searchHint')}>
            /
          </kbd>
        }
        aria-keyshortcuts="/"
        className={classes.search}
        maxLength={200}
      />
      <NativeSelect
        aria-label={t('connector')}
        value={filters.connector}
        onChange={(event) => setQuery({ connector: event.currentTarget.value })}
        data={[
          { value: '', label: t('allConnectors') },
          ...connectors.map((id) => ({ value: id, label: titleOf(id) })),
        ]}
      />
      <NativeSelect
        aria-label={t('health')}
        value={filters.health}
        onChange={(event) => setQuery({ health: event.currentTarget.value })}
        data={[
          { value: '', label: t('anyHealth') },
          ...healths.map((each) => ({ value: each as string, label: common(`health.${each}`) })),
        ]}
      />
      {children}
    </div>
  );
}
