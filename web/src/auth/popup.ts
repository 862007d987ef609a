import { OidcClient, type UserManager } from 'oidc-client-ts';

// Signing in again beside a form in progress. The new tab and the page talk over a channel of this origin: `opener` does
// not survive a sign-in service that isolates its windows.
const channelName = 'akko-sign-in';
const mark = 'tab';

/** True in a tab that a page opened to sign in: the answer has been handed over and the tab closes. */
export function handOverSignIn(): boolean {
  const state = new URL(window.location.href).searchParams.get('state');
  if (!state?.endsWith(`;${mark}`)) return false;
  const channel = new BroadcastChannel(channelName);
  channel.postMessage(window.location.href);
  channel.close();
  window.history.replaceState(null, '', window.location.pathname);
  window.close();
  return true;
}

/** Signs in again in a new tab; resolves when the session is there, rejects when it failed. False: the tab was blocked. */
export async function signInBeside(manager: UserManager): Promise<boolean> {
  const tab = window.open('', '_blank');
  if (!tab) return false;
  const request = await new OidcClient(manager.settings).createSigninRequest({ request_type: 'si:r', url_state: mark });
  const answer = new Promise<string>((resolve) => {
    const channel = new BroadcastChannel(channelName);
    channel.onmessage = (event: MessageEvent<string>) => {
      channel.close();
      resolve(event.data);
    };
  });
  tab.location.replace(request.url);
  await manager.signinCallback(await answer);
  return true;
}
