import { type UseFormReturn, useWatch } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import type { Connector } from '../../api/types';
import { Entries } from '../../form/Entries';
import { Fold } from '../../form/Fold';
import formClasses from '../../form/form.module.css';
import { type FormModel, ids } from '../../form/model';
import classes from './new.module.css';

export interface ExtrasProps {
  connector: Connector;
  form: UseFormReturn<FormModel>;
  errors: ReadonlyMap<string, string>;
}

/** Trino's names of the properties that fields fill. */
export function filledByFields(connector: Connector): Set<string> {
  const names = new Set<string>();
  const add = (address: string) => names.add(address.replace(/[#?].*$/s, ''));
  for (const field of connector.fields) {
    if (field.to) add(field.to);
    for (const choice of field.choices ?? []) Object.keys(choice.sets ?? {}).forEach(add);
  }
  return names;
}

export type ExtraVerdict =
  | { kind: 'known'; secret: boolean; help: string }
  | { kind: 'field' | 'unknown' }
  | { kind: 'locked'; value: string }
  | { kind: 'refused'; reason: string };

export function judgeExtra(connector: Connector, name: string): ExtraVerdict {
  const constant = connector.constants[name];
  if (constant !== undefined) return { kind: 'locked', value: constant };
  const refused = connector.refused.find((group) => group.names.includes(name));
  if (refused) return { kind: 'refused', reason: refused.reason };
  if (filledByFields(connector).has(name)) return { kind: 'field' };
  const known = connector.properties.find((property) => property.name === name);
  return known ? { kind: 'known', secret: known.secret, help: known.help } : { kind: 'unknown' };
}

export function useExtraWords(connector: Connector) {
  const { t } = useTranslation('add');
  return (name: string): { text: string; bad: boolean } | null => {
    if (!name) return null;
    const verdict = judgeExtra(connector, name);
    if (verdict.kind === 'known') return { text: verdict.help, bad: false };
    if (verdict.kind === 'locked') return { text: t('extras.locked', { value: verdict.value }), bad: true };
    if (verdict.kind === 'refused') return { text: t('extras.refused', { name, reason: verdict.reason }), bad: true };
    return { text: t(`extras.${verdict.kind}`), bad: true };
  };
}

function Closed({ connector }: { connector: Connector }) {
  const { t } = useTranslation('add');
  const constants = Object.entries(connector.constants);
  if (constants.length + connector.refused.length === 0) return null;
  return (
    <details className={classes.closed}>
      <summary>{t('extras.closed')}</summary>
      <dl>
        {constants.map(([name, value]) => (
          <div key={name}>
            <dt className="mono">
              {name} = {value}
            </dt>
            <dd>{t('extras.lockedReason')}</dd>
          </div>
        ))}
        {connector.refused.map((group) => (
          <div key={group.names.join()}>
            <dt className="mono">{group.names.join(', ')}</dt>
            <dd>{t('extras.refusedReason', { reason: group.reason })}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

/** Trino's properties beside the form. */
export function Extras({ connector, form, errors }: ExtrasProps) {
  const { t } = useTranslation('add');
  const words = useExtraWords(connector);
  const rows = useWatch({ control: form.control, name: 'extras' }) ?? [];
  const filled = filledByFields(connector);
  const suggestions = connector.properties
    .filter((property) => !filled.has(property.name))
    .map((property) => ({ value: property.name, label: property.label }));
  const nameAt = (index: number) => rows[index]?.name.trim() ?? '';
  const wrong = [...errors.keys()].some((key) => key === 'extras' || key.startsWith('extras.'));
  return (
    <section className={`panel ${classes.card}`}>
      <div className={formClasses.bare}>
        <Fold title={t('extras.title')} note={t('extras.note', { count: suggestions.length })} wanted={wrong || rows.length > 0}>
          <div className={classes.wide}>
            <Entries
              control={form.control}
              register={form.register}
              path="extras"
              legend={t('extras.legend')}
              help={t('extras.help')}
              error={errors.get('extras')}
              addId={ids.extras}
              addLabel={t('extras.add')}
              rowId={ids.extra}
              suggestions={suggestions}
              note={(index) => words(nameAt(index))}
              isSecret={(index) => {
                const verdict = judgeExtra(connector, nameAt(index));
                return verdict.kind === 'known' && verdict.secret;
              }}
              rowError={(index) => errors.get(`extras.${nameAt(index)}`)}
            />
            <Closed connector={connector} />
          </div>
        </Fold>
      </div>
    </section>
  );
}
