import type { CatalogSummary } from '../api/types';

export interface Filters {
  query: string;
  connector: string;
  health: string;
}

const fold = (text: string) =>
  text
    .normalize('NFD')
    .replace(/\p{Diacritic}/gu, '')
    .toLowerCase();

/** The rows that match every word of the query (name, description, connector, roles, who) and both filters. */
export function filtered(
  rows: readonly CatalogSummary[],
  filters: Filters,
  connectorTitle: (id: string) => string,
): CatalogSummary[] {
  const words = fold(filters.query).split(/\s+/).filter(Boolean);
  return rows.filter((row) => {
    if (filters.connector && row.connector !== filters.connector) return false;
    if (filters.health && row.health !== filters.health) return false;
    const text = fold(
      [row.name, row.description, connectorTitle(row.connector), row.connector, ...row.allow_roles, row.updated_by].join(
        '\n',
      ),
    );
    return words.every((word) => text.includes(word));
  });
}
