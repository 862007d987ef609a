// The definitions of the repository, as the manager publishes them; read when the tests run, so never stale.
import type { Connector, ConnectorField, ConnectorProperty, UrlRules } from '../../api/types';

type Json = Record<string, any>;

const files = import.meta.glob<Json>('../../../../connectors/*.json', { eager: true, import: 'default' });
const named = (suffix: string) =>
  Object.entries(files).filter(([path]) => path.endsWith(suffix) && !path.endsWith('.schema.json'));

function rules(url: Json): UrlRules {
  const place = (properties: Json[], name: string) =>
    `${properties.find((each) => each.name === name)?.kind?.startsWith('secret') ? 'credentials' : 'properties'}.${name}`;
  return {
    forms: url.forms.map((form: Json) => ({ name: '', ...(url.default_port ? { default_port: url.default_port } : {}), ...form })),
    aliases: url.aliases ?? [],
    hosts: url.hosts ?? 'one',
    user_info: url.user_info ?? false,
    path: url.path?.use ?? 'optional',
    style: url.style ?? 'query',
    encoding: url.encoding ?? 'percent',
    parameters: url.parameters ?? [],
    limited_parameters: (url.limited_parameters ?? []).map((each: Json) => each.name),
    credential_parameters: Object.fromEntries(
      Object.entries(url.credential_parameters ?? {}).map(([name, to]) => [name, place(url.siblings, String(to))]),
    ),
    refused_parameters: Object.fromEntries(
      (url.refused_parameters ?? []).flatMap((group: Json) => group.names.map((name: string) => [name, group.reason])),
    ),
  };
}

function published(file: Json): Connector {
  const fragments = (file.include ?? []).map((name: string) => {
    const found = named(`/${name}.fragment.json`)[0];
    if (!found) throw new Error(`no fragment ${name}`);
    return found[1];
  });
  const all = (member: string): Json[] => [file, ...fragments].flatMap((part) => part[member] ?? []);
  const siblings = all('properties');
  const fields = all('fields').map((field) => ({
    required: false, advanced: false, retarget: false, min_length: 0, max_length: 1024, ...field,
    secret: ['secret', 'secret_area', 'file'].includes(field.kind),
  })) as unknown as ConnectorField[];
  const properties = siblings.map((property) => ({
    required: false, advanced: false, max_length: 1024, ...property,
    secret: property.secret ?? property.kind.startsWith('secret'),
    ...(property.url ? { url: rules({ ...property.url, siblings }) } : {}),
  })) as unknown as ConnectorProperty[];
  const urls = properties.flatMap((property) => (property.url ? [property.url] : []));
  return {
    ...file,
    available: true,
    url_schemes: urls.flatMap((url) => [...url.forms.map((form) => form.prefix), ...url.aliases]),
    fields,
    properties,
    constants: file.constants ?? {},
    refused: all('refused') as Connector['refused'],
    check: { deadline_seconds: 20 },
    jvm_flags: file.jvm_flags ?? [],
  } as unknown as Connector;
}

export const definitions: Connector[] = named('.json')
  .filter(([path]) => !path.endsWith('.fragment.json'))
  .map(([, file]) => published(file));

export function definition(id: string): Connector {
  const found = definitions.find((each) => each.id === id);
  if (!found) throw new Error(`no connector ${id}`);
  return found;
}
