import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { Route, Router, Switch } from 'wouter';
import { Guard } from './auth/guard';
import { SessionProvider } from './auth/provider';
import { ErrorBoundary } from './components/ErrorBoundary';
import { NotFound } from './components/NotFound';
import { PageLoading } from './components/PageLoading';
import { Shell } from './components/Shell';
import { ListPage } from './features/list/ListPage';
import { colorSchemeManager, theme } from './mantine';
import { createQueryClient } from './query';
import { useHashPath, useHashSearch } from './routes';

const NewPage = lazy(() => import('./features/new'));
const DetailPage = lazy(() => import('./features/detail'));

function Screens() {
  return (
    <Suspense fallback={<PageLoading />}>
      <Switch>
        <Route path="/" component={ListPage} />
        <Route path="/new" component={NewPage} />
        <Route path="/c/:name/:tab?">
          {(params) => <DetailPage key={params.name} name={params.name} tab={params.tab ?? 'connection'} />}
        </Route>
        <Route component={NotFound} />
      </Switch>
    </Suspense>
  );
}

export function App() {
  const [queryClient] = useState(createQueryClient);
  return (
    // Style tags are forbidden by the content security policy: the variables stand in theme.css.
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      colorSchemeManager={colorSchemeManager}
      withCssVariables={false}
      withGlobalClasses={false}
    >
      <QueryClientProvider client={queryClient}>
        <Router hook={useHashPath} searchHook={useHashSearch}>
          <ErrorBoundary>
            <SessionProvider>
              <Guard>
                <Shell>
                  <ErrorBoundary>
                    <Screens />
                  </ErrorBoundary>
                </Shell>
              </Guard>
            </SessionProvider>
          </ErrorBoundary>
        </Router>
      </QueryClientProvider>
    </MantineProvider>
  );
}
