import { useQueryClient } from '@tanstack/react-query';
import { ErrorResponse, InMemoryWebStorage, type User, UserManager, WebStorageStateStore } from 'oidc-client-ts';
import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef, useState } from 'react';
import { AuthProvider, useAuth } from 'react-oidc-context';
import { base, setSession } from '../api/client';
import type { UiConfig } from '../api/types';
import { PageLoading } from '../components/PageLoading';
import { language } from '../i18n';
import { StartFailed } from './pages';

interface SessionState {
  config: UiConfig;
  manager: UserManager;
  /** The session ended and could not be renewed; what is on the screen stays. */
  lost: boolean;
}

const SessionContext = createContext<SessionState | null>(null);

export function useSession(): SessionState {
  const state = useContext(SessionContext);
  if (!state) throw new Error('useSession stands outside SessionProvider');
  return state;
}

const stateStorePrefix = 'oidc.';

/** The user and tokens live in memory. Only state and PKCE verifier cross the redirect, in this tab's session storage. */
function createManager(config: UiConfig): UserManager {
  return new UserManager({
    authority: new URL(config.authority, base()).href.replace(/\/$/, ''),
    client_id: config.client_id,
    redirect_uri: base(),
    post_logout_redirect_uri: base(),
    response_type: 'code',
    scope: config.scope,
    ui_locales: language(),
    userStore: new WebStorageStateStore({ store: new InMemoryWebStorage() }),
    stateStore: new WebStorageStateStore({ prefix: stateStorePrefix, store: window.sessionStorage }),
    // The bridge below renews, so that no two renewals ever meet.
    automaticSilentRenew: false,
    accessTokenExpiringNotificationTimeInSeconds: 45,
    monitorSession: false,
    loadUserInfo: false,
    // The page may not be framed, so a hidden frame cannot renew; a refresh token does, and signing in again otherwise.
    validateSubOnSilentRenew: true,
    includeIdTokenInSilentRenew: false,
  });
}

/** What an abandoned redirect left behind. */
function forgetRedirects(): void {
  for (const key of Object.keys(window.sessionStorage)) {
    if (key.startsWith(stateStorePrefix)) window.sessionStorage.removeItem(key);
  }
}

export interface RedirectState {
  hash: string;
}

function afterSignIn(user: User | undefined): void {
  forgetRedirects();
  const hash = (user?.state as RedirectState | undefined)?.hash ?? '';
  window.history.replaceState(null, '', window.location.pathname + (hash.startsWith('#') ? hash : ''));
  window.dispatchEvent(new HashChangeEvent('hashchange'));
}

/** Gives requests their token and watches the session's end. */
function SessionBridge({ config, manager, children }: { config: UiConfig; manager: UserManager; children: ReactNode }) {
  const auth = useAuth();
  const queryClient = useQueryClient();
  const [lost, setLost] = useState(false);
  const user = useRef<User | null>(null);
  const subject = useRef<string | null>(null);
  user.current = auth.user ?? user.current;

  useEffect(() => {
    let renewal: Promise<boolean> | null = null;
    // Once refused, a refresh token stays refused: only signing in again helps. A network that failed may come back.
    let over = false;
    const exchange = async () => {
      if (over || !user.current?.refresh_token) return false;
      try {
        user.current = await manager.signinSilent();
        return user.current !== null;
      } catch (error) {
        over = error instanceof ErrorResponse;
        return false;
      }
    };
    // One at a time: an issuer that sees the same refresh token twice takes it for stolen.
    const share = () => {
      renewal ??= exchange().finally(() => {
        renewal = null;
      });
      return renewal;
    };
    const renew = async () => {
      const renewed = await share();
      if (!renewed) setLost(true);
      return renewed;
    };
    setSession({
      token: () => (user.current && !user.current.expired ? user.current.access_token : null),
      renew,
    });
    const stopLoaded = manager.events.addUserLoaded((loaded) => {
      if (subject.current && subject.current !== loaded.profile.sub) queryClient.clear();
      subject.current = loaded.profile.sub;
      user.current = loaded;
      forgetRedirects();
      over = false;
      setLost(false);
    });
    const stopExpiring = manager.events.addAccessTokenExpiring(() => void share());
    const stopExpired = manager.events.addAccessTokenExpired(() => void renew());
    return () => {
      stopLoaded();
      stopExpiring();
      stopExpired();
    };
  }, [manager, queryClient]);

  const state = useMemo(() => ({ config, manager, lost }), [config, manager, lost]);
  return <SessionContext.Provider value={state}>{children}</SessionContext.Provider>;
}

async function readConfig(): Promise<UiConfig> {
  const response = await fetch(new URL('ui-config.json', base()), { cache: 'no-store', credentials: 'omit' });
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  return (await response.json()) as UiConfig;
}

/** Reads the page's settings and holds the session. */
export function SessionProvider({ children }: { children: ReactNode }) {
  const [ready, setReady] = useState<{ config: UiConfig; manager: UserManager } | null>(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    readConfig().then(
      (config) => setReady({ config, manager: createManager(config) }),
      () => setFailed(true),
    );
  }, []);
  if (failed) return <StartFailed />;
  if (!ready) return <PageLoading />;
  return (
    <AuthProvider userManager={ready.manager} onSigninCallback={afterSignIn}>
      <SessionBridge config={ready.config} manager={ready.manager}>
        {children}
      </SessionBridge>
    </AuthProvider>
  );
}
