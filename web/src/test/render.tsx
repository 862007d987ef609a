import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { render } from '@testing-library/react';
import type { ReactElement } from 'react';
import { Router } from 'wouter';
import { setSession } from '../api/client';
import type { Me } from '../api/types';
import { MeProvider } from '../auth/guard';
import { theme } from '../mantine';
import { navigate, useHashPath, useHashSearch } from '../routes';

export const alice: Me = {
  user: 'alice',
  subject: 'alice-id',
  roles: ['akko-admin'],
  admin: true,
  server: {
    version: '0.0.0',
    dev_issuer: false,
    secrets_in_statements: false,
    admin_role: 'akko-admin',
    default_allow_roles: ['akko-admin', 'akko-engineer', 'akko-analyst'],
    health_interval_seconds: 60,
    trino: { up: true, version: '476', secrets_provider: 'present' },
  },
};

/** Renders what stands inside the guard, signed in, at a location behind the hash. */
export function renderPage(ui: ReactElement, options: { me?: Me; path?: string } = {}) {
  setSession({ token: () => 'token-of-the-test', renew: async () => false });
  navigate(options.path ?? '/', { replace: true });
  const queryClient = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const result = render(
    <MantineProvider theme={theme} env="test">
      <QueryClientProvider client={queryClient}>
        <Router hook={useHashPath} searchHook={useHashSearch}>
          <MeProvider value={options.me ?? alice}>
            {ui}
            <div id="floating" />
          </MeProvider>
        </Router>
      </QueryClientProvider>
    </MantineProvider>,
  );
  return { ...result, queryClient };
}
