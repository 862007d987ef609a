import { base } from '../../api/client';
import type { Connector } from '../../api/types';
import { extrasOf, type FormModel, valuesOf } from '../../form/model';
import { copyAs, type CopyFormat, type CopySource } from '../../lib/copyAs';
import { sentValues } from '../../lib/rules';
import { trinoProperties } from '../../lib/trinoProperties';

/** The form as a text without its secrets. */
export function formAs(format: CopyFormat, connector: Connector, model: FormModel): string {
  const values = valuesOf(connector.fields, model);
  const sent = sentValues(connector.fields, values);
  const secret = new Set(connector.fields.filter((field) => field.secret).map((field) => field.key));
  const extras = extrasOf(connector, model.extras);
  const trino = trinoProperties(connector, values);
  const source: CopySource = {
    name: model.name || 'my-catalog',
    connector: connector.id,
    trinoConnector: connector.trino_connector,
    description: model.description.trim(),
    allowRoles: model.roles,
    fields: Object.fromEntries(Object.entries(sent).filter(([key]) => !secret.has(key))),
    properties: { ...trino.properties, ...extras.properties },
    secretFields: Object.keys(sent).filter((key) => secret.has(key)),
    credentials: [...trino.credentials, ...Object.keys(extras.credentials)],
    extra: { properties: extras.properties, credentials: Object.keys(extras.credentials) },
  };
  return copyAs(format, source, base());
}
