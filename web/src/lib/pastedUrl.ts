// A connection URL that somebody pasted: which connector it is for, and what it says for that connector's form.
// Everything comes from the published definitions; reads more than the manager accepts, since drivers' manuals do.
import type { Connector, ConnectorField, ConnectorProperty, UrlRules } from '../api/types';
import { defaultOf, type FieldValues, initialValues, shownKeys } from './rules';
import { redactUrl, soundsSecret } from './redact';

export interface Filled {
  kind: 'filled';
  connector: Connector;
  /** Others that such a URL may be meant for. */
  alternatives: Connector[];
  /** By field; secrets are apart. */
  fields: FieldValues;
  secrets: Record<string, string>;
  /** What no field takes, by Trino's names. */
  properties: Record<string, string>;
  credentials: Record<string, string>;
  /** How many fields it filled in. */
  count: number;
  /** Parameters that went to the further parameters, to be looked at. */
  review: string[];
  refused: { name: string; reason: string }[];
  /** What has no place in the form. */
  left: Left[];
  /** The URL without its secrets. */
  shown: string;
}
export type Left = { what: 'path' | 'hosts' | 'credentials' } | { what: 'parameter'; name: string };

export interface Unknown {
  kind: 'unknown';
  shown: string;
}

export type Pasted = Filled | Unknown;

interface Parts {
  form: number;
  user: string;
  password: string;
  hosts: { name: string; port: string }[];
  path: string;
  parameters: [name: string, value: string][];
}

const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();

function decoded(text: string, rules: UrlRules): string {
  if (rules.encoding === 'literal') return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The longest beginning that fits, and which form of the URL it stands for. */
function prefixOf(text: string, rules: UrlRules): { prefix: string; form: number } | null {
  const all = [
    ...rules.forms.map(({ prefix }, form) => ({ prefix, form })),
    ...rules.aliases.map((prefix) => ({ prefix, form: 0 })),
  ];
  const fitting = all.filter(({ prefix }) => text.toLowerCase().startsWith(prefix.toLowerCase()));
  return fitting.sort((a, b) => b.prefix.length - a.prefix.length)[0] ?? null;
}

function readHosts(text: string, prefix: string): Parts['hosts'] | null {
  const hosts: Parts['hosts'] = [];
  for (const part of text.split(',')) {
    const bare = part.trim().toLowerCase().startsWith(prefix.toLowerCase()) ? part.trim().slice(prefix.length) : part.trim();
    const match = /^(\[[0-9A-Fa-f:.]+\]|[^\s:/?#@[\]\\]+)(?::([0-9]{1,5}))?$/.exec(bare);
    if (!match?.[1]) return null;
    hosts.push({ name: match[1], port: match[2] ?? '' });
  }
  return hosts;
}

function read(text: string, rules: UrlRules): Parts | null {
  const start = prefixOf(text, rules);
  if (!start) return null;
  const rest = text.slice(start.prefix.length);
  const separator = rules.style === 'semicolon' ? ';' : '?';
  const cut = rest.indexOf(separator);
  const before = cut < 0 ? rest : rest.slice(0, cut);
  // A slash before the last @ is part of an unencoded password.
  const at = before.lastIndexOf('@');
  const info = at < 0 ? '' : before.slice(0, at);
  let place = before.slice(at + 1);
  let path = '';
  // A slash behind the last host; one before it belongs to a beginning that is repeated.
  const lastHost = place.lastIndexOf(start.prefix) < 0 ? 0 : place.lastIndexOf(start.prefix) + start.prefix.length;
  const slash = place.indexOf('/', lastHost);
  if (slash >= 0) {
    path = place.slice(slash + 1);
    place = place.slice(0, slash);
  }
  const hosts = readHosts(place, start.prefix);
  if (!hosts) return null;
  const colon = info.indexOf(':');
  const parameters: Parts['parameters'] = [];
  for (const part of cut < 0 ? [] : rest.slice(cut + 1).split(rules.style === 'semicolon' ? ';' : '&')) {
    if (!part) continue;
    const equals = part.indexOf('=');
    parameters.push([
      decoded(equals < 0 ? part : part.slice(0, equals), rules),
      equals < 0 ? '' : decoded(part.slice(equals + 1).replace(/^\{(.*)\}$/, '$1'), rules),
    ]);
  }
  return {
    form: start.form,
    user: decoded(colon < 0 ? info : info.slice(0, colon), rules),
    password: colon < 0 ? '' : decoded(info.slice(colon + 1), rules),
    hosts,
    path: decoded(path, rules),
    parameters,
  };
}

interface Candidate {
  connector: Connector;
  property: ConnectorProperty;
  rules: UrlRules;
  parts: Parts;
  target: ConnectorField;
  score: number;
}

/** Where somebody who pastes this URL most likely meant it to go. */
function scoreOf(connector: Connector, property: ConnectorProperty, target: ConnectorField): number {
  const shown = shownKeys(connector.fields, initialValues(connector.fields)).has(target.key);
  return (
    (shown ? 4 : 0) +
    (target.to === property.name ? 0 : 2) +
    (target.show_when ? 0 : 2) +
    (property.name.startsWith(`${connector.trino_connector}.`) && connector.id === connector.trino_connector ? 1 : 0)
  );
}

function candidates(text: string, connectors: readonly Connector[], current: string | null): Candidate[] {
  const found: Candidate[] = [];
  for (const connector of connectors) {
    let best: Candidate | null = null;
    for (const property of connector.properties) {
      const rules = property.url;
      const parts = rules && read(text, rules);
      const target = connector.fields.find((field) =>
        [property.name, `${property.name}#host`, `${property.name}#hosts`].includes(field.to ?? ''),
      );
      if (!rules || !parts || !target) continue;
      const score = scoreOf(connector, property, target) + (connector.id === current ? 100 : 0);
      if (!best || score > best.score) best = { connector, property, rules, parts, target, score };
    }
    if (best) found.push(best);
  }
  return found.sort((a, b) => b.score - a.score);
}

/** Puts the parts of one URL into the form of its connector. */
class Filler {
  readonly out: Omit<Filled, 'kind' | 'connector' | 'alternatives' | 'count' | 'shown'> = {
    fields: {},
    secrets: {},
    properties: {},
    credentials: {},
    review: [],
    refused: [],
    left: [],
  };

  constructor(private readonly at: Candidate) {}

  fill(text: string): this {
    const { property, rules, parts, target } = this.at;
    this.reveal(target);
    if (target.to === property.name) {
      this.put(target, text.replace(/\/\/[^/?;]*@/, '//'));
      if (parts.user || parts.password) this.out.left.push({ what: 'credentials' });
      return this;
    }
    this.address('form', rules.forms[parts.form]?.name ?? '');
    this.hosts();
    this.signIn();
    if (parts.path && !this.address('path', parts.path) && !this.isSet(`${property.name}#path`))
      this.out.left.push({ what: 'path' });
    this.choices();
    for (const [name, value] of parts.parameters) this.parameter(name, value);
    return this;
  }

  private field(to: string): ConnectorField | undefined {
    return this.at.connector.fields.find((field) => field.to !== undefined && same(field.to, to));
  }

  private put(field: ConnectorField, value: string): void {
    if (value === '') return;
    this.reveal(field);
    if (field.secret) this.out.secrets[field.key] = value;
    else this.out.fields[field.key] = value;
  }

  /** Chooses what a field needs to be shown. */
  private reveal(field: ConnectorField): void {
    for (const [key, allowed] of Object.entries(field.show_when ?? {})) {
      const other = this.at.connector.fields.find((each) => each.key === key);
      if (!other) continue;
      const value = this.out.fields[key] ?? defaultOf(other);
      if (typeof value === 'string' && allowed.includes(value)) continue;
      if (allowed[0] !== undefined) this.put(other, allowed[0]);
    }
  }

  private address(part: string, value: string): boolean {
    const field = this.field(`${this.at.property.name}#${part}`);
    if (field) this.put(field, value);
    return field !== undefined;
  }

  private isSet(address: string): boolean {
    return this.at.connector.fields.some((field) => field.choices?.some((choice) => choice.sets && address in choice.sets));
  }

  private hosts(): void {
    const { hosts } = this.at.parts;
    const all = hosts.map(({ name, port }) => (port ? `${name}:${port}` : name)).join(',');
    if (this.address('hosts', all)) return;
    const first = hosts[0];
    if (!first) return;
    this.address('host', first.name);
    if (first.port) this.address('port', first.port);
    if (hosts.length > 1) this.out.left.push({ what: 'hosts' });
  }

  private signIn(): void {
    const { user, password } = this.at.parts;
    const places = Object.values(this.at.rules.credential_parameters);
    const keep = (part: string, section: string, value: string) => {
      if (value === '' || this.address(part, value)) return;
      const place = places.find((each) => each.startsWith(section));
      if (place) this.place(place, value);
      else if (!this.out.left.some((each) => each.what === 'credentials')) this.out.left.push({ what: 'credentials' });
    };
    keep('user', 'properties.', user);
    keep('password', 'credentials.', password);
  }

  /** "credentials.connection-password" */
  private place(place: string, value: string): void {
    const name = place.slice(place.indexOf('.') + 1);
    const field = this.field(name);
    if (field) this.put(field, value);
    else if (place.startsWith('credentials.')) this.out.credentials[name] = value;
    else this.out.properties[name] = value;
  }

  private value(address: string): string | undefined {
    const name = address.slice(this.at.property.name.length + 1);
    return this.at.parts.parameters.find(([each]) => same(each, name))?.[1];
  }

  /** Chooses by what a choice would write; takes those parameters out. */
  private choices(): void {
    const begin = `${this.at.property.name}?`;
    for (const field of this.at.connector.fields) {
      const written = (field.choices ?? []).map((choice) => Object.entries(choice.sets ?? {}).filter(([address]) => address.startsWith(begin)));
      const told = written.flat().some(([address]) => this.value(address) !== undefined);
      if (!told) continue;
      const fits = (sets: [string, string][]) => sets.every(([address, value]) => same(this.value(address) ?? '\n', value));
      const best = (field.choices ?? [])
        .map((choice, index) => ({ choice, sets: written[index] ?? [] }))
        .filter(({ choice, sets }) => fits(sets) && sets.length === Object.keys(choice.sets ?? {}).length)
        .sort((a, b) => b.sets.length - a.sets.length)[0];
      if (!best) continue;
      this.put(field, best.choice.value);
      const taken = best.sets.map(([address]) => address.slice(begin.length));
      this.at.parts.parameters = this.at.parts.parameters.filter(([name]) => !taken.some((each) => same(each, name)));
    }
  }

  private parameter(name: string, value: string): void {
    const { property, rules, connector } = this.at;
    const find = (record: Record<string, string>) => Object.entries(record).find(([each]) => same(each, name))?.[1];
    const place = find(rules.credential_parameters);
    if (place) return this.place(place, value);
    const own = this.field(`${property.name}?${name}`);
    if (own) return this.put(own, value);
    const limited = rules.limited_parameters.some((each) => same(each, name));
    const reason = limited ? undefined : find(rules.refused_parameters);
    if (reason !== undefined) return void this.out.refused.push({ name, reason });
    const others = connector.fields.find((field) => field.to === `${property.name}?*`);
    const known = limited || rules.parameters.some((each) => same(each, name));
    // What sounds like a secret and is not known must not show up among plain values.
    if (!others || (!known && soundsSecret(name))) return void this.out.left.push({ what: 'parameter', name });
    const entries = this.out.fields[others.key];
    this.out.fields[others.key] = { ...(typeof entries === 'object' ? entries : {}), [name]: value };
    this.out.review.push(name);
  }
}

/** Reads a pasted URL; `current` is the connector that is chosen already, which wins where it fits. */
export function readPastedUrl(text: string, connectors: readonly Connector[], current: string | null = null): Pasted {
  const trimmed = text.trim();
  const usable = connectors.filter((connector) => connector.available !== false);
  const found = trimmed.length > 8192 || /\s/.test(trimmed) ? [] : candidates(trimmed, usable, current);
  const best = found[0];
  if (!best) return { kind: 'unknown', shown: redactUrl(trimmed) };
  const out = new Filler(best).fill(trimmed).out;
  return {
    kind: 'filled',
    connector: best.connector,
    alternatives: found.slice(1).map((each) => each.connector),
    ...out,
    count: Object.keys(out.fields).length + Object.keys(out.secrets).length,
    shown: redactUrl(trimmed),
  };
}
