import { i18n } from '@lingui/core';
import { useSyncExternalStore } from 'react';

/** The languages that the pages speak. */
export type Language = 'en' | 'zh';

/** Each by its own name, as whoever looks for it knows it. */
export const LANGUAGES: Readonly<Record<Language, string>> = { en: 'English', zh: '中文' };

/** What a language is called in the document and for `Intl`, where the browser does not know better. */
export const LANGUAGE_TAGS: Readonly<Record<Language, string>> = { en: 'en', zh: 'zh-Hans' };

const KEPT_AS = 'docket.language';

function isLanguage(text: string | null): text is Language {
  return text !== null && text in LANGUAGES;
}

/** The first of the languages that somebody reads which the pages speak; English where there is none. */
export function preferred(languages: readonly string[]): Language {
  for (const tag of languages) {
    const language = tag.toLowerCase().split('-')[0] ?? '';
    if (isLanguage(language)) return language;
  }
  return 'en';
}

/** The tag by which dates and numbers are written: the reader's own kind of the language where they name one. */
export function formatTag(language: Language, languages: readonly string[]): string {
  return languages.find((tag) => tag.toLowerCase().split('-')[0] === language) ?? LANGUAGE_TAGS[language];
}

/** The language that was chosen here before, else what the browser asks for. */
export function firstLanguage(): Language {
  let kept: string | null = null;
  try {
    kept = window.localStorage.getItem(KEPT_AS);
  } catch {
    // Storage can be switched off; the browser's languages decide then.
  }
  return isLanguage(kept) ? kept : preferred(navigator.languages);
}

const LOAD = {
  en: () => import('./en.po'),
  zh: () => import('./zh.po'),
};

let wanted: Language | null = null;

/** Speaks a language from now on, as soon as its texts are here. The last of several calls wins. */
export async function speak(language: Language): Promise<void> {
  wanted = language;
  const { messages } = await LOAD[language]();
  if (wanted !== language) return;
  i18n.loadAndActivate({ locale: language, locales: formatTag(language, navigator.languages), messages });
  document.documentElement.lang = LANGUAGE_TAGS[language];
}

/** Speaks a language here from now on, the next time too. */
export async function choose(language: Language): Promise<void> {
  await speak(language);
  try {
    window.localStorage.setItem(KEPT_AS, language);
  } catch {
    // It lasts as long as the page then.
  }
}

const subscribe = (listener: () => void) => i18n.on('change', listener);

/** The language that is spoken; whoever uses it is drawn again when that changes. */
export function useLanguage(): Language {
  return useSyncExternalStore(subscribe, () => i18n.locale as Language);
}
