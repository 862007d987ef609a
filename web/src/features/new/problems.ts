import { useTranslation } from 'react-i18next';
import type { Connector, FieldProblem } from '../../api/types';
import type { SummaryError } from '../../components/ErrorSummary';
import { useViolationText } from '../../components/errorText';
import { extrasOf, type FormModel, ids, valuesOf } from '../../form/model';
import { checkForm, checkName, checkValue, placeOf, type RuleProblem } from '../../lib/rules';
import { judgeExtra, useExtraWords } from './Extras';

/**
 * What is wrong, by place: "name", "description", "roles", "connector", "fields.<key>", "extras.<property>", "other".
 * Ordered as on the page.
 */
export type Problems = ReadonlyMap<string, string>;

/** The DOM id of a place. */
export function idOf(place: string, model: FormModel): string {
  if (place.startsWith('fields.')) return ids.field(place.slice('fields.'.length));
  if (place.startsWith('extras.')) {
    const index = model.extras.findIndex((row) => row.name.trim() === place.slice('extras.'.length));
    return index < 0 ? ids.extras : ids.extra(index);
  }
  return { name: ids.name, description: ids.description, roles: ids.roles, connector: ids.connector }[place] ?? ids.heading;
}

export const summaryOf = (problems: Problems, model: FormModel): SummaryError[] =>
  [...problems].map(([place, message]) => ({ id: idOf(place, model), message }));

const noConnector = { fields: [], properties: [], constants: {}, refused: [] } as unknown as Connector;

/** Judges a form on this side, and files what the manager says under the same places. */
export function useProblems(connector: Connector | null) {
  const { t } = useTranslation('add');
  const violation = useViolationText();
  const extraWords = useExtraWords(connector ?? noConnector);
  const labelOf = (key: string) => connector?.fields.find((field) => field.key === key)?.label ?? key;
  const words = (key: string, problem: RuleProblem) => {
    const { help, ...values } = problem.values ?? {};
    // A definition's own words stand only where the page's language has none.
    if (problem.code === 'pattern' && help) return t('rule.patternHelp', { field: labelOf(key), help });
    return t(`rule.${problem.code}`, { field: labelOf(key), ...values });
  };

  const ofField = (key: string, model: FormModel): string | undefined => {
    const field = connector?.fields.find((each) => each.key === key);
    const value = field && valuesOf([field], model)[key];
    if (!field || value === undefined || value === '') return undefined;
    const problem = checkValue(field, value);
    return problem ? words(key, problem) : undefined;
  };

  /** `whole`: for a registration; a test needs the connection only. */
  const ofForm = (model: FormModel, whole: boolean): Problems => {
    const problems = new Map<string, string>();
    if (!connector) problems.set('connector', t('picker.required'));
    const name = whole ? checkName(model.name) : null;
    if (name) problems.set('name', t(`name.${name}`));
    if (model.description.length > 1000) problems.set('description', t('description.tooLong'));
    if (!connector) return problems;
    for (const [key, problem] of checkForm(connector.fields, valuesOf(connector.fields, model))) problems.set(`fields.${key}`, words(key, problem));
    if (whole && model.roles.length === 0) problems.set('roles', t('roles.none'));
    const { properties, credentials } = extrasOf(connector, model.extras);
    for (const [property, value] of Object.entries({ ...properties, ...credentials })) {
      const verdict = judgeExtra(connector, property);
      if (verdict.kind !== 'known') problems.set(`extras.${property}`, extraWords(property)?.text ?? property);
      else if (value === '') problems.set(`extras.${property}`, t('rule.required', { field: property }));
    }
    return problems;
  };

  const ofServer = (errors: readonly FieldProblem[]): Problems => {
    const problems = new Map<string, string>();
    for (const error of errors) {
      const place = placeOf(error.field, connector?.fields ?? []);
      const key = 'key' in place ? place.key : '';
      const ofPage = { name: t('name.label'), description: t('description.label'), allow_roles: t('roles.label'), connector: t('picker.label') };
      const label = place.section === 'fields' ? labelOf(key) : key || (ofPage[place.section as 'name'] ?? error.field);
      const message = t('serverSays', { field: label, message: violation(error.code, error.message) });
      if (place.section === 'fields') problems.set(`fields.${key}`, message);
      else if (place.section === 'properties' || place.section === 'credentials') problems.set(`extras.${key}`, message);
      else problems.set(place.section === 'allow_roles' ? 'roles' : place.section, message);
    }
    return problems;
  };
  return { ofField, ofForm, ofServer };
}
