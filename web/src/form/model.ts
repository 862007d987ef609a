import type { CatalogDraft, Connector, ConnectorField } from '../api/types';
import { type FieldValues, initialValues, sentValues } from '../lib/rules';

export interface Row {
  name: string;
  value: string;
}

/** What stands in the inputs. Secrets are in it only while the form is open. */
export interface FormModel {
  name: string;
  description: string;
  roles: string[];
  /** Checkboxes hold booleans, all others texts. */
  fields: Record<string, string | boolean>;
  maps: Record<string, Row[]>;
  /** Properties beside the form, secret ones included. */
  extras: Row[];
}

export type FormPath = `fields.${string}` | `maps.${string}` | 'extras';

/** DOM ids, for labels and for links from the summary of errors. */
export const ids = {
  name: 'catalog-name',
  description: 'catalog-description',
  roles: 'catalog-roles',
  connector: 'connector-search',
  heading: 'heading',
  paste: 'paste-url',
  extras: 'extras-add',
  field: (key: string) => `field-${key}`,
  extra: (index: number) => `extra-${index}`,
} as const;

type Inputs = Pick<FormModel, 'fields' | 'maps' | 'extras'>;

const rowsOf = (entries: Record<string, string>): Row[] => Object.entries(entries).map(([name, value]) => ({ name, value }));

/** The inputs of a connector, filled with `given` over the defaults. */
export function inputsOf(fields: readonly ConnectorField[], given: FieldValues = {}): Inputs {
  const inputs: Inputs = { fields: {}, maps: {}, extras: [] };
  const values = { ...initialValues(fields), ...given };
  for (const field of fields) {
    const value = values[field.key] ?? '';
    if (typeof value === 'object') inputs.maps[field.key] = rowsOf(value);
    else inputs.fields[field.key] = field.kind === 'boolean' ? value === 'true' : value;
  }
  return inputs;
}

const isNamed = (row: Row) => row.name.trim() !== '';
const recordOf = (rows: readonly Row[] = []): Record<string, string> =>
  Object.fromEntries(rows.filter(isNamed).map((row) => [row.name.trim(), row.value]));

export function valuesOf(fields: readonly ConnectorField[], inputs: Pick<FormModel, 'fields' | 'maps'>): FieldValues {
  const values: FieldValues = {};
  for (const field of fields) {
    const input = inputs.fields[field.key];
    if (field.kind === 'map') values[field.key] = recordOf(inputs.maps[field.key]);
    // A box that is empty says "no" only where the definition has a word for being silent.
    else if (typeof input === 'boolean') values[field.key] = input || field.default !== undefined ? String(input) : '';
    else values[field.key] = field.secret ? (input ?? '') : (input ?? '').trim();
  }
  return values;
}

/** The rows beside the form, parted by whether the definition keeps the property secret. */
export function extrasOf(connector: Connector, rows: readonly Row[]) {
  const secret = new Set(connector.properties.filter((each) => each.secret).map((each) => each.name));
  return {
    properties: recordOf(rows.filter((row) => !secret.has(row.name.trim()))),
    credentials: recordOf(rows.filter((row) => secret.has(row.name.trim()))),
  };
}

export function draftOf(connector: Connector, model: FormModel): CatalogDraft {
  const { properties, credentials } = extrasOf(connector, model.extras);
  const draft: CatalogDraft = { connector: connector.id, fields: sentValues(connector.fields, valuesOf(connector.fields, model)) };
  if (model.name) draft.name = model.name;
  if (Object.keys(properties).length > 0) draft.properties = properties;
  if (Object.keys(credentials).length > 0) draft.credentials = credentials;
  if (model.description.trim()) draft.description = model.description.trim();
  if (model.roles.length > 0) draft.allow_roles = model.roles;
  return draft;
}
