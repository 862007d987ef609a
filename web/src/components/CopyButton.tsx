import { Button, type ButtonProps } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useCopy } from './useCopy';

export interface CopyButtonProps extends ButtonProps {
  text: string | (() => string);
  label?: string;
}

/** Copies a text; says so in the button and to screen readers. */
export function CopyButton({ text, label, ...button }: CopyButtonProps) {
  const { t } = useTranslation();
  const [state, copy] = useCopy();
  const words = { idle: label ?? t('copy'), copied: t('copied'), failed: t('copyFailed') };
  return (
    <>
      <Button
        type="button"
        variant="default"
        {...button}
        onClick={() => void copy(typeof text === 'string' ? text : text())}
      >
        {state === 'copied' ? `✓ ${words.copied}` : words.idle}
      </Button>
      <span role="status" className={state === 'failed' ? 'small' : 'visually-hidden'}>
        {state === 'idle' ? '' : words[state]}
      </span>
    </>
  );
}
