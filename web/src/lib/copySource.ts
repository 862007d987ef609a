import type { Catalog, Connector } from '../api/types';
import type { CopySource } from './copyAs';

/** What "Copy as" says about a registered catalog; its secrets are not known here and stay placeholders. */
export function copySource(catalog: Catalog, connector: Connector | undefined): CopySource {
  const secretFields = (connector?.fields ?? []).filter(
    (field) => field.secret && field.to !== undefined && field.to in catalog.credentials,
  );
  return {
    name: catalog.name,
    connector: catalog.connector,
    trinoConnector: connector?.trino_connector ?? catalog.connector,
    description: catalog.description,
    allowRoles: catalog.allow_roles,
    fields: catalog.fields,
    properties: catalog.properties,
    secretFields: secretFields.map((field) => field.key),
    credentials: Object.keys(catalog.credentials),
  };
}
