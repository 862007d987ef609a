// Secrets that must not be seen: how they could be spelt, and where the page could show them.
import { randomBytes } from 'node:crypto';

/** Random, of characters that every encoding treats in a way of its own. */
export const newSecret = () => `cn"ry'${randomBytes(8).toString('hex')}+&<é/%41`;
/** Random, of harmless characters: found by a plain search in any spelling. */
export const plainSecret = () => `cnry${randomBytes(12).toString('hex')}`;

function spellings(secret) {
  const json = JSON.stringify(secret).slice(1, -1);
  const html = secret.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
  const found = new Set([secret, json, html, html.replace(/"/g, '&quot;'), encodeURIComponent(secret), encodeURI(secret)]);
  found.add(new URLSearchParams({ a: secret }).toString().slice(2));
  found.add(secret.replace(/'/g, "''"));
  for (let shift = 0; shift < 3; shift++) {
    const text = Buffer.concat([Buffer.alloc(shift), Buffer.from(secret)]).toString('base64').slice([0, 2, 3][shift], -4);
    found.add(text);
    found.add(text.replace(/\+/g, '-').replace(/\//g, '_'));
  }
  return [...found];
}

export class Canary {
  constructor() {
    this.needles = new Set();
  }

  /** Watched from now on. */
  plant(secret) {
    for (const spelling of spellings(secret)) this.needles.add(spelling);
    return secret;
  }

  seenIn(text) {
    return [...this.needles].filter((needle) => text.includes(needle));
  }

  /** Names of the places, out of [name, text], in which a secret is. */
  search(places) {
    return places.filter(([, text]) => this.seenIn(String(text)).length > 0).map(([name]) => name);
  }
}

/** All that a page shows, says or keeps, as [name, text]. */
export async function placesOf(page) {
  const kept = await page.evaluate(() => ({
    'local storage': JSON.stringify({ ...localStorage }),
    'session storage': JSON.stringify({ ...sessionStorage }),
    'history state': JSON.stringify(history.state),
    cookies: document.cookie,
    'visible fields': [...document.querySelectorAll('input:not([type=password]):not([data-secret]), textarea:not([data-secret])')]
      .map((field) => field.value)
      .join('\n'),
    title: document.title,
  }));
  return [['DOM', await page.content()], ['address', page.url()], ...Object.entries(kept)];
}
