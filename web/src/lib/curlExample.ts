import type { Connector } from '../api/types';

/** A registration by hand for whoever has no catalog yet: required fields with the definition's examples, secrets empty. */
export function curlExample(connector: Connector | undefined, address: string): string {
  const fields: Record<string, string | number | boolean> = {};
  for (const field of connector?.fields ?? []) {
    if (!field.required || field.show_when) continue;
    fields[field.key] = field.secret
      ? `\${${field.key.toUpperCase()}}`
      : (field.default ?? field.example ?? `<${field.key}>`);
  }
  const body = { name: 'my-catalog', connector: connector?.id ?? '<connector>', fields };
  const text = JSON.stringify(body, null, 2).replaceAll("'", "'\\''");
  return [
    `curl --fail-with-body -X POST '${address}api/admin/catalogs' \\`,
    `  -H "Authorization: Bearer $TOKEN" \\`,
    `  -H 'Content-Type: application/json' \\`,
    `  -d '${text}'`,
  ].join('\n');
}
