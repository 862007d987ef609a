/** Keys of TanStack Query's cache. */
export const keys = {
  me: ['me'] as const,
  /** In a language: labels and helps come in the one that was asked for. */
  connectors: (language: string) => ['connectors', language] as const,
  phrases: (language: string) => ['phrases', language] as const,
  catalogs: ['catalogs'] as const,
  catalog: (name: string) => ['catalog', name] as const,
  checks: (name: string) => ['checks', name] as const,
  histories: ['history'] as const,
  history: (name: string) => ['history', name] as const,
  foreignCatalogs: ['foreign-catalogs'] as const,
  name: (name: string) => ['name', name] as const,
  roles: ['roles'] as const,
  rolePreview: (roles: readonly string[]) => ['role-preview', ...roles] as const,
  operation: (id: string) => ['operation', id] as const,
};
