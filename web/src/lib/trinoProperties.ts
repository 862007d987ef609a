// From the values of a form to Trino's properties, as far as the published definition says how.
import type { Connector, ConnectorField, UrlRules } from '../api/types';
import { type FieldValues, sentValues, defaultOf, shownKeys } from './rules';

export interface TrinoProperties {
  properties: Record<string, string>;
  /** Trino's names of the secrets that are filled in. */
  credentials: string[];
  /** Keys of fields whose way into a property only the manager knows. */
  unsaid: string[];
}

type Slots = Map<string, string>;

const encode = (value: string, rules: UrlRules) =>
  rules.encoding === 'literal'
    ? value
    : encodeURIComponent(value).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

function urlOf(name: string, rules: UrlRules, slots: Slots, secretUser: boolean): string | null {
  const form = rules.forms.find((each) => each.name === slots.get(`${name}#form`)) ?? rules.forms[0];
  const host = slots.get(`${name}#hosts`) ?? slots.get(`${name}#host`);
  if (!form || !host) return null;
  const port = slots.get(`${name}#port`) ?? (form.default_port ? String(form.default_port) : '');
  const hosts = slots.has(`${name}#hosts`)
    ? host.split(',').map((each) => each.trim())
    : [port && form.port !== 'forbidden' ? `${host}:${port}` : host];
  const joined = hosts.join(rules.hosts === 'repeated' ? `,${form.prefix}` : ',');
  const user = slots.get(`${name}#user`);
  const info = user ? `${encode(user, rules)}${secretUser ? ':${PASSWORD}' : ''}@` : '';
  const path = slots.get(`${name}#path`);
  const parameters = [...slots]
    .filter(([address]) => address.startsWith(`${name}?`))
    .map(([address, value]) => `${address.slice(name.length + 1)}=${encode(value, rules)}`);
  const [first, next] = rules.style === 'semicolon' ? [';', ';'] : ['?', '&'];
  const tail = parameters.length > 0 ? first + parameters.join(next) : '';
  const slash = path || (rules.style === 'query' && tail && rules.path !== 'forbidden') ? '/' : '';
  return `${form.prefix}${info}${joined}${slash}${path ? encode(path, rules).replaceAll('%2F', '/') : ''}${tail}`;
}

function fill(field: ConnectorField, value: FieldValues[string], slots: Slots): boolean {
  if (typeof value === 'object') {
    if (!field.to) return false;
    const property = field.to.split('?')[0];
    for (const [name, each] of Object.entries(value)) slots.set(`${property}?${name}`, each);
    return true;
  }
  const sets = field.choices?.find((choice) => choice.value === value)?.sets ?? {};
  for (const [address, each] of Object.entries(sets)) slots.set(address, each);
  if (field.to && !field.secret) slots.set(field.to, value);
  return Boolean(field.to) || Boolean(field.choices);
}

/** What CREATE CATALOG needs for this form. */
export function trinoProperties(connector: Connector, values: FieldValues): TrinoProperties {
  const slots: Slots = new Map();
  const credentials = new Set<string>();
  const unsaid: string[] = [];
  const shown = shownKeys(connector.fields, values);
  const sent = sentValues(connector.fields, values);
  for (const field of connector.fields) {
    if (!shown.has(field.key)) continue;
    const value = sent[field.key] ?? defaultOf(field);
    if (value === '') continue;
    if (!fill(field, value, slots)) unsaid.push(field.key);
    if (field.secret && field.to && !field.to.includes('#')) credentials.add(field.to);
    if (field.secret && field.to?.endsWith('#password')) slots.set(field.to, '');
  }
  const properties: Record<string, string> = { ...connector.constants };
  const urls = new Set<string>();
  for (const property of connector.properties) {
    if (!property.url) continue;
    urls.add(property.name);
    const url = slots.get(property.name) ?? urlOf(property.name, property.url, slots, slots.has(`${property.name}#password`));
    if (url === null) continue;
    if (property.secret) credentials.add(property.name);
    else properties[property.name] = url;
  }
  for (const [address, value] of slots) {
    if (!/[#?]/.test(address) && !urls.has(address)) properties[address] = value;
  }
  return { properties, credentials: [...credentials], unsaid };
}
