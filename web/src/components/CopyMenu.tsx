import { Button, Menu } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { type CopyFormat, copyFormats } from '../lib/copyAs';
import { useCopy } from './useCopy';

/** "Copy as" with one entry for each form of text. */
export function CopyMenu({ text }: { text: (format: CopyFormat) => string }) {
  const { t } = useTranslation();
  const [state, copy] = useCopy();
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default" rightSection={<span aria-hidden="true">▾</span>}>
            {state === 'copied' ? `✓ ${t('copied')}` : t('copyAs')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {copyFormats.map(([format, key]) => (
            <Menu.Item key={format} onClick={() => void copy(text(format))}>
              {t(key)}
            </Menu.Item>
          ))}
          <Menu.Label>{t('copyNote')}</Menu.Label>
        </Menu.Dropdown>
      </Menu>
      <span role="status" className={state === 'failed' ? 'small' : 'visually-hidden'}>
        {state === 'copied' && t('copied')}
        {state === 'failed' && t('copyFailed')}
      </span>
    </>
  );
}
