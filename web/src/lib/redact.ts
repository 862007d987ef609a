// For texts that people pasted and that may hold a password: what can be shown of them.

export const redacted = '•••';

const secretName = /^(.*(password|passwd|pwd|passphrase|secret|token|credential|apikey|api_key|accesskey|access_key|privatekey).*|key|sig)$/i;

/** Whether a parameter or a property with that name holds a secret, as far as its name tells. */
export const soundsSecret = (name: string): boolean => secretName.test(name.replace(/[-.]/g, '_').split('_').join('')) || secretName.test(name);

/** A connection URL without the passwords in it: before the host, and in parameters that sound like one. */
export function redactUrl(text: string): string {
  const parameters = (part: string) =>
    part.replace(/([?&;])([^=&;?]+)=([^&;]*)/g, (all, separator: string, name: string) =>
      soundsSecret(name) ? `${separator}${name}=${redacted}` : all,
    );
  // The last @ before the path: a password may itself hold one.
  const authority = /^([A-Za-z0-9+.:-]*:(?:@?\/\/)?)([^?;]*)@/.exec(text);
  if (!authority) return parameters(text);
  const [whole, prefix = '', info = ''] = authority;
  const user = info.split(/[:/]/)[0] ?? '';
  const kept = info.length > user.length ? `${user}${info[user.length]}${redacted}` : user;
  return prefix + kept + '@' + parameters(text.slice(whole.length));
}
