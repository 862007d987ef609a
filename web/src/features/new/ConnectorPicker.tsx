import { Button, TextInput } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Connector } from '../../api/types';
import { ids } from '../../form/model';
import classes from './new.module.css';

export interface ConnectorPickerProps {
  connectors: Connector[];
  chosen: Connector | null;
  disabled: boolean;
  error?: string;
  onChoose: (connector: Connector) => void;
}

const categories = ['relational', 'warehouse', 'lakehouse', 'nosql', 'streaming'] as const;

const fits = (connector: Connector, words: string[]) => {
  const text = `${connector.id} ${connector.title} ${connector.summary}`.toLowerCase();
  return words.every((word) => text.includes(word));
};

function Card({ connector, onChoose }: { connector: Connector; onChoose: () => void }) {
  const { t } = useTranslation('add');
  const off = connector.available === false;
  const about = `connector-${connector.id}-about`;
  return (
    <li>
      <button
        type="button"
        className={classes.connector}
        aria-disabled={off || undefined}
        aria-describedby={about}
        onClick={off ? undefined : onChoose}
      >
        <span className={classes.connectorTitle}>{connector.title}</span>
        <span id={about} className={classes.connectorNeeds}>
          {off ? t('picker.unavailable', { reason: connector.unavailable_reason ?? '' }) : connector.summary}
        </span>
      </button>
    </li>
  );
}

/** All connectors by group, searchable; the chosen one alone once there is one. */
export function ConnectorPicker({ connectors, chosen, disabled, error, onChoose }: ConnectorPickerProps) {
  const { t } = useTranslation('add');
  const { t: common } = useTranslation();
  const [search, setSearch] = useState('');
  const [open, setOpen] = useState(false);
  const change = useRef<HTMLButtonElement>(null);
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (open) box.current?.focus();
  }, [open]);
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const found = connectors.filter((connector) => fits(connector, words));
  const named = (category: string) => categories.some((each) => each === category);
  const choose = (connector: Connector) => {
    setOpen(false);
    setSearch('');
    onChoose(connector);
    requestAnimationFrame(() => change.current?.focus());
  };
  if (chosen && !open) {
    return (
      <section className={`panel ${classes.card} ${classes.chosen}`} aria-labelledby="connector-heading">
        <div>
          <h2 id="connector-heading">
            <span className="visually-hidden">{t('picker.label')}: </span>
            {chosen.title}
          </h2>
          <p className="muted small">{chosen.summary}</p>
        </div>
        <Button ref={change} variant="default" size="sm" disabled={disabled} onClick={() => setOpen(true)}>
          {t('picker.change')}
        </Button>
      </section>
    );
  }
  return (
    <section className={`panel ${classes.card}`} aria-labelledby="connector-heading">
      <h2 id="connector-heading">{t('picker.label')}</h2>
      <TextInput
        id={ids.connector}
        aria-label={t('picker.search')}
        placeholder={t('picker.search')}
        value={search}
        error={error}
        ref={box}
        autoComplete="off"
        onChange={(event) => setSearch(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape' && open) setOpen(false);
          if (event.key !== 'Enter') return;
          event.preventDefault();
          const only = found.filter((connector) => connector.available !== false);
          if (only.length === 1 && only[0]) choose(only[0]);
        }}
      />
      <p role="status" className="visually-hidden">
        {words.length > 0 && t('picker.count', { count: found.length })}
      </p>
      {found.length === 0 && <p className="muted">{t('picker.none', { search })}</p>}
      {[...categories, ''].map((category) => {
        const group = found.filter((each) => (category ? each.category === category : !named(each.category)));
        if (group.length === 0) return null;
        return (
          <div key={category} className={classes.group}>
            <h3>{category ? common(`category.${category as 'nosql'}`) : t('picker.others')}</h3>
            <ul className={classes.connectors}>
              {group.map((connector) => (
                <Card key={connector.id} connector={connector} onChoose={() => choose(connector)} />
              ))}
            </ul>
          </div>
        );
      })}
    </section>
  );
}
