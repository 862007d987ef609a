import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { en, type Messages } from './en';
import { fr } from './fr';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'common';
    resources: Messages;
    returnNull: false;
  }
}

export const languages = { en: 'English', fr: 'Français' } as const;
export type Language = keyof typeof languages;

const catalogues: Record<Language, Messages> = { en, fr };
const storageKey = 'akko-language';
const isLanguage = (text: string | null | undefined): text is Language => !!text && text in languages;

/** The language chosen before, else the first of the browser's that we speak. */
export function preferredLanguage(): Language {
  const stored = window.localStorage.getItem(storageKey);
  if (isLanguage(stored)) return stored;
  for (const tag of navigator.languages) {
    const short = tag.split('-', 1)[0];
    if (isLanguage(short)) return short;
  }
  return 'en';
}

export const language = (): Language => (isLanguage(i18next.language) ? i18next.language : 'en');

export async function setLanguage(next: Language): Promise<void> {
  window.localStorage.setItem(storageKey, next);
  await i18next.changeLanguage(next);
}

i18next.on('languageChanged', (next) => {
  document.documentElement.lang = next;
});

void i18next.use(initReactI18next).init({
  resources: catalogues,
  lng: preferredLanguage(),
  fallbackLng: 'en',
  supportedLngs: Object.keys(languages),
  ns: Object.keys(en),
  defaultNS: 'common',
  initAsync: false,
  interpolation: { escapeValue: false },
});

export default i18next;
