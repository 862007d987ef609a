import { ActionIcon, Menu } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { CatalogSummary } from '../../api/types';
import { type CopyFormat, copyFormats } from '../../lib/copyAs';
import classes from './ListPage.module.css';

export interface RowMenuProps {
  row: CatalogSummary;
  testing: boolean;
  onTest: () => void;
  onCopy: (format: CopyFormat, words: string) => void;
  onRemove: () => void;
}

/** Gives the focus back to a row's menu button. */
export function focusActions(name: string): void {
  document.querySelector<HTMLElement>(`[data-actions="${CSS.escape(name)}"]`)?.focus();
}

export function RowMenu({ row, testing, onTest, onCopy, onRemove }: RowMenuProps) {
  const { t } = useTranslation('list');
  const { t: common } = useTranslation();
  const ready = row.phase === 'ready';
  return (
    <Menu position="bottom-end" width={200}>
      <Menu.Target>
        <ActionIcon
          data-actions={row.name}
          variant="subtle"
          color="gray"
          size={32}
          aria-label={t('actionsFor', { name: row.name })}
        >
          <svg width="16" height="16" viewBox="0 0 16 16" fill="currentColor" aria-hidden="true">
            <circle cx="3" cy="8" r="1.4" />
            <circle cx="8" cy="8" r="1.4" />
            <circle cx="13" cy="8" r="1.4" />
          </svg>
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item disabled={!ready || testing} onClick={onTest}>
          {t('test')}
        </Menu.Item>
        <Menu.Divider />
        {copyFormats.map(([format, key]) => (
          <Menu.Item key={format} onClick={() => onCopy(format, common(key))}>
            {t('copyAs', { format: common(key) })}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item className={classes.danger} disabled={!ready} onClick={onRemove}>
          {t('remove')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
