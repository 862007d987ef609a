import { Button, type ButtonProps, Menu } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useCopy } from './useCopy';

export interface CopyOption {
  label: string;
  text: () => string | Promise<string>;
}

export interface CopyMenuProps extends ButtonProps {
  options: CopyOption[];
}

/** "Copy as" with one entry for each form of text. */
export function CopyMenu({ options, ...button }: CopyMenuProps) {
  const { t } = useTranslation();
  const [state, copy] = useCopy();
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default" rightSection={<span aria-hidden="true">▾</span>} {...button}>
            {state === 'copied' ? `✓ ${t('copied')}` : t('copyAs')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {options.map((option) => (
            <Menu.Item key={option.label} onClick={() => void Promise.resolve(option.text()).then(copy)}>
              {option.label}
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
