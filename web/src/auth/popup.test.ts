import { handOverSignIn } from './popup';

const visit = (query: string) => window.history.replaceState(null, '', `/${query}`);
let heard: unknown[];
let channel: BroadcastChannel;

beforeEach(() => {
  heard = [];
  channel = new BroadcastChannel('akko-sign-in');
  channel.onmessage = (event) => heard.push(event.data);
});
afterEach(() => {
  channel.close();
  visit('');
});

it('hands the answer of a tab that only signs in to the page that opened it, and forgets it', async () => {
  const close = vi.spyOn(window, 'close').mockImplementation(() => undefined);
  visit('?code=abc&state=123;tab');
  expect(handOverSignIn()).toBe(true);
  await vi.waitFor(() => expect(heard).toHaveLength(1));
  expect(heard[0]).toContain('code=abc');
  expect(window.location.search).toBe('');
  expect(close).toHaveBeenCalledOnce();
});

it('leaves every other visit alone', () => {
  for (const query of ['', '?code=abc&state=123', '?state=tab']) {
    visit(query);
    expect(handOverSignIn()).toBe(false);
    expect(window.location.search).toBe(query);
  }
});
