import { useQuery } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useEffect, useRef, useState } from 'react';
import { useAuth } from 'react-oidc-context';
import { api } from '../api/client';
import { keys } from '../api/keys';
import type { Me } from '../api/types';
import { PageLoading } from '../components/PageLoading';
import { MeFailed, RoleNeeded, SignedOut, SignInFailed } from './pages';
import { type RedirectState, useSession } from './provider';

const MeContext = createContext<Me | null>(null);

/** Who is signed in and what the server is. Inside the guard only. */
export function useMe(): Me {
  const me = useContext(MeContext);
  if (!me) throw new Error('useMe stands outside Guard');
  return me;
}

/** For tests of what stands inside the guard. */
export const MeProvider = MeContext.Provider;

function Admitted({ children }: { children: ReactNode }) {
  const me = useQuery({ queryKey: keys.me, queryFn: ({ signal }) => api.me(signal), staleTime: 60_000 });
  if (me.data && !me.data.admin) return <RoleNeeded me={me.data} />;
  if (me.data) return <MeContext.Provider value={me.data}>{children}</MeContext.Provider>;
  if (me.isError) return <MeFailed error={me.error} retry={() => void me.refetch()} />;
  return <PageLoading />;
}

/** Shows the page to a signed-in admin; sends everybody else to sign in, or says what is missing. */
export function Guard({ children }: { children: ReactNode }) {
  const auth = useAuth();
  const { manager } = useSession();
  const asked = useRef(false);
  const [redirectError, setRedirectError] = useState<Error | null>(null);
  // Once admitted, the page stays: a session that ends is the banner's matter.
  const admitted = useRef(false);
  admitted.current ||= auth.isAuthenticated;

  const signIn = (prompt?: 'login') => {
    const state: RedirectState = { hash: window.location.hash };
    setRedirectError(null);
    manager.signinRedirect({ state, prompt }).catch((error: unknown) => {
      setRedirectError(error instanceof Error ? error : new Error(String(error)));
    });
  };

  const signedOut = new URL(window.location.href).searchParams.has('signed-out');
  const wanted = !admitted.current && !auth.isLoading && !auth.error && !signedOut && !auth.activeNavigator;
  useEffect(() => {
    if (!wanted || asked.current) return;
    asked.current = true;
    signIn();
  });

  if (admitted.current) return <Admitted>{children}</Admitted>;
  const error = redirectError ?? auth.error;
  if (error) return <SignInFailed reason={error.message} signIn={() => signIn()} />;
  if (signedOut) return <SignedOut signIn={() => signIn('login')} />;
  return <PageLoading />;
}
