// The rules of a connector's form, as the manager holds them: what is shown, what is missing, what is wrong.
// The manager checks again; what this side cannot judge it leaves to it.
import type { ConnectorField } from '../api/types';

/** Texts for all kinds but maps; "true" and "false" for booleans. "" is a field left empty. */
export type FieldValue = string | Record<string, string>;
export type FieldValues = Record<string, FieldValue>;

export type RuleCode =
  | 'required'
  | 'too_long'
  | 'too_short'
  | 'control_character'
  | 'reference'
  | 'pattern'
  | 'integer'
  | 'range'
  | 'minimum'
  | 'maximum'
  | 'duration'
  | 'choice'
  | 'too_many'
  | 'entry_value';

export interface RuleProblem {
  code: RuleCode;
  /** What the words of the message need. */
  values?: Record<string, string | number>;
}

export const byteLength = (text: string): number => new TextEncoder().encode(text).length;

const maxMapEntries = 64;
const maxMapValue = 1024;
const longest = 9223372036854775807n;
// Control characters as the manager counts them; lines and tabs are for long texts only.
const controls = /[\u0000-\u001f\u007f-\u009f]/;
const controlsButLines = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/;

export const defaultOf = (field: ConnectorField): string => (field.default === undefined ? '' : String(field.default));

/** What a new form holds: defaults are values. */
export function initialValues(fields: readonly ConnectorField[]): FieldValues {
  return Object.fromEntries(fields.map((field) => [field.key, field.kind === 'map' ? {} : defaultOf(field)]));
}

const isFilled = (value: FieldValue | undefined): boolean =>
  typeof value === 'object' ? Object.keys(value).length > 0 : value !== undefined && value !== '';

/** The keys of the fields that are shown. A condition looks at earlier fields, and only at those that are shown. */
export function shownKeys(fields: readonly ConnectorField[], values: FieldValues): Set<string> {
  const shown = new Set<string>();
  for (const field of fields) {
    const holds = Object.entries(field.show_when ?? {}).every(([key, allowed]) => {
      const own = values[key];
      const other = fields.find((each) => each.key === key);
      const value = isFilled(own) ? own : other && defaultOf(other);
      return shown.has(key) && typeof value === 'string' && allowed.includes(value);
    });
    if (holds) shown.add(field.key);
  }
  return shown;
}

/** The pattern of a definition (RE2's syntax) for whole values; null when this side cannot read it. */
export function wholePattern(pattern: string): RegExp | null {
  try {
    return new RegExp(`^(?:${pattern})$`, 'u');
  } catch {
    return null;
  }
}

function checkInteger(field: ConnectorField, text: string): RuleProblem | null {
  if (!/^-?[0-9]{1,30}$/.test(text)) return { code: 'integer' };
  const number = BigInt(text);
  const { minimum, maximum } = field;
  const low = minimum === undefined ? -longest - 1n : BigInt(minimum);
  const high = maximum === undefined ? longest : BigInt(maximum);
  if (number >= low && number <= high) return null;
  if (minimum !== undefined && maximum !== undefined) return { code: 'range', values: { minimum, maximum } };
  return number < low
    ? { code: 'minimum', values: { minimum: String(low) } }
    : { code: 'maximum', values: { maximum: String(high) } };
}

function checkMap(entries: Record<string, string>): RuleProblem | null {
  const all = Object.entries(entries);
  if (all.length > maxMapEntries) return { code: 'too_many', values: { count: maxMapEntries } };
  for (const [name, value] of all) {
    const fits = value !== '' && byteLength(value) <= maxMapValue && !controls.test(name + value) && !(name + value).includes('${');
    if (!fits) return { code: 'entry_value', values: { name } };
  }
  return null;
}

const isLong = (field: ConnectorField) => ['textarea', 'secret_area', 'file'].includes(field.kind);

/** What is wrong with a value that is given. */
export function checkValue(field: ConnectorField, value: FieldValue): RuleProblem | null {
  if (typeof value === 'object') return checkMap(value);
  const bytes = byteLength(value);
  if (bytes > field.max_length) return { code: 'too_long', values: { count: field.max_length } };
  if (bytes < field.min_length) return { code: 'too_short', values: { count: field.min_length } };
  if ((isLong(field) ? controlsButLines : controls).test(value)) return { code: 'control_character' };
  if (value.includes('${')) return { code: 'reference' };
  switch (field.kind) {
    case 'integer':
      return checkInteger(field, value);
    case 'duration':
      return /^[0-9]{1,12}(\.[0-9]{1,6})?(ns|us|ms|s|m|h|d)$/.test(value) ? null : { code: 'duration' };
    case 'boolean':
      return value === 'true' || value === 'false' ? null : { code: 'choice' };
    case 'enumeration':
      return field.choices?.some((choice) => choice.value === value) ? null : { code: 'choice' };
    default: {
      const pattern = field.pattern ? wholePattern(field.pattern) : null;
      return pattern && !pattern.test(value) ? { code: 'pattern', values: { help: field.pattern_help ?? '' } } : null;
    }
  }
}

/** Everything that is wrong with a form, by field. */
export function checkForm(fields: readonly ConnectorField[], values: FieldValues): Map<string, RuleProblem> {
  const problems = new Map<string, RuleProblem>();
  const shown = shownKeys(fields, values);
  for (const field of fields) {
    if (!shown.has(field.key)) continue;
    const value = values[field.key];
    if (value !== undefined && isFilled(value)) {
      const problem = checkValue(field, value);
      if (problem) problems.set(field.key, problem);
    } else if (field.required && field.default === undefined) {
      problems.set(field.key, { code: 'required' });
    }
  }
  return problems;
}

/** What a request sends of a form: the fields that are shown and filled in. */
export function sentValues(fields: readonly ConnectorField[], values: FieldValues): FieldValues {
  const shown = shownKeys(fields, values);
  const sent: FieldValues = {};
  for (const field of fields) {
    const value = values[field.key];
    if (shown.has(field.key) && value !== undefined && isFilled(value)) sent[field.key] = value;
  }
  return sent;
}

export type NameProblem = 'required' | 'too_long' | 'pattern';

export function checkName(name: string): NameProblem | null {
  if (name === '') return 'required';
  if (name.length > 40) return 'too_long';
  return /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(name) ? null : 'pattern';
}

export type Place =
  | { section: 'fields' | 'properties' | 'credentials'; key: string }
  | { section: 'name' | 'description' | 'allow_roles' | 'connector' | 'other' };

/** Where on the page the member of a request stands that the manager found wrong ("fields.host", "allow_roles[0]"). */
export function placeOf(member: string, fields: readonly ConnectorField[]): Place {
  const [, section, rest = ''] = /^(fields|properties|credentials)\.(.*)$/s.exec(member) ?? [];
  if (section === 'fields') {
    const key = fields.find((field) => field.key === rest || rest.startsWith(`${field.key}.`))?.key;
    return key === undefined ? { section: 'other' } : { section, key };
  }
  if (section === 'properties' || section === 'credentials') {
    // A property that a field fills alone is that field, for the reader.
    const field = fields.find((each) => each.to === rest || each.to?.split(/[#?]/)[0] === rest);
    return field ? { section: 'fields', key: field.key } : { section, key: rest };
  }
  const own = /^(name|description|allow_roles|connector)/.exec(member)?.[1];
  return { section: (own as 'name' | undefined) ?? 'other' };
}
