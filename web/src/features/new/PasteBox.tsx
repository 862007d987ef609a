import { Button, TextInput } from '@mantine/core';
import { type ClipboardEvent, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Connector } from '../../api/types';
import { ids } from '../../form/model';
import { type Filled, type Left, type Pasted, readPastedUrl } from '../../lib/pastedUrl';
import classes from './new.module.css';

export interface PasteBoxProps {
  connectors: Connector[];
  current: string | null;
  focus: boolean;
  disabled: boolean;
  onFilled: (filled: Filled) => void;
}

function Outcome({ pasted, onOther }: { pasted: Pasted; onOther: (connector: Connector) => void }) {
  const { t } = useTranslation('add');
  if (pasted.kind === 'unknown') return <p className={classes.warn}>{t('paste.unknown')}</p>;
  const leftLine = (left: Left) => (left.what === 'parameter' ? t('paste.leftParameter', { name: left.name }) : t(`paste.left.${left.what}`));
  const moved = Object.keys(pasted.secrets).length + Object.keys(pasted.credentials).length > 0;
  return (
    <>
      <p>
        {t('paste.filled', { count: pasted.count, connector: pasted.connector.title })}
        {moved && ` ${t('paste.moved')}`}
      </p>
      {pasted.review.length > 0 && <p>{t('paste.review', { count: pasted.review.length, names: pasted.review.join(', ') })}</p>}
      {pasted.refused.length + pasted.left.length > 0 && (
        <ul className={classes.pasteList}>
          {pasted.refused.map((each) => (
            <li key={each.name}>{t('paste.refused', each)}</li>
          ))}
          {pasted.left.map((each) => (
            <li key={leftLine(each)}>{leftLine(each)}</li>
          ))}
        </ul>
      )}
      {pasted.alternatives.length > 0 && (
        <p className={classes.alternatives}>
          <span>{t('paste.alternatives')}</span>
          {pasted.alternatives.map((each) => (
            <Button key={each.id} size="compact-sm" variant="default" onClick={() => onOther(each)}>
              {each.title}
            </Button>
          ))}
        </p>
      )}
    </>
  );
}

/** Fills the form from a connection URL. What it was given is shown without its password and kept no longer than needed. */
export function PasteBox({ connectors, current, focus, disabled, onFilled }: PasteBoxProps) {
  const { t } = useTranslation('add');
  const box = useRef<HTMLInputElement>(null);
  const [pasted, setPasted] = useState<Pasted | null>(null);
  useEffect(() => {
    if (focus) box.current?.focus();
  }, [focus]);

  const take = (text: string, chosen: string | null) => {
    if (!text.trim()) return;
    const result = readPastedUrl(text, connectors, chosen);
    if (box.current) box.current.value = result.shown;
    setPasted(result);
    if (result.kind === 'filled') onFilled(result);
  };
  const onPaste = (event: ClipboardEvent<HTMLInputElement>) => {
    // Before the text gets into the box at all.
    event.preventDefault();
    take(event.clipboardData.getData('text'), current);
  };
  // The URL is read from what was filled: only its shown form stays, so another connector takes that over without secrets.
  const other = (connector: Connector) => {
    const result = pasted && readPastedUrl(pasted.shown, connectors, connector.id);
    if (result?.kind !== 'filled') return;
    setPasted(result);
    onFilled(result);
  };
  return (
    <section className={`panel ${classes.card}`}>
      <TextInput
        ref={box}
        id={ids.paste}
        label={t('paste.label')}
        description={t('paste.help')}
        placeholder={t('paste.example')}
        classNames={{ input: classes.mono }}
        autoComplete="off"
        spellCheck={false}
        disabled={disabled}
        onPaste={onPaste}
        onKeyDown={(event) => {
          if (event.key !== 'Enter') return;
          event.preventDefault();
          take(event.currentTarget.value, current);
        }}
        onBlur={(event) => {
          if (event.currentTarget.value !== (pasted?.shown ?? '')) take(event.currentTarget.value, current);
        }}
      />
      <div role="status" className={classes.outcome}>
        {pasted && <Outcome pasted={pasted} onOther={other} />}
      </div>
    </section>
  );
}
