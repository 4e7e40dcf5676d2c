import { i18n, type MessageDescriptor } from '@lingui/core';

/** The tag by which dates and numbers are written in the language that is spoken. */
export function tag(): string {
  const { locale, locales } = i18n;
  const [first] = typeof locales === 'string' ? [locales] : (locales ?? []);
  return first ?? (locale === '' ? 'en' : locale);
}

/** A number as the language writes it. */
export function count(value: number): string {
  return value.toLocaleString(tag());
}

/** A moment to the second. */
export function moment(at: Date): string {
  return at.toLocaleString(tag(), { dateStyle: 'medium', timeStyle: 'medium' });
}

/** Parts one after the other, as the language lists them: "a, b, c", or "a, b, and c" where it is `long`. */
export function list(parts: readonly string[], style: 'narrow' | 'long' = 'narrow'): string {
  return new Intl.ListFormat(tag(), { type: 'conjunction', style }).format(parts);
}

/** What a text that is kept for later says in the language that is spoken. */
export function say(text: MessageDescriptor): string {
  return i18n._(text);
}
