import { i18n } from '@lingui/core';

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

/** Things side by side, as the language lists them. */
export function list(parts: readonly string[], type: Intl.ListFormatType = 'unit'): string {
  return new Intl.ListFormat(tag(), { type, style: type === 'unit' ? 'short' : 'long' }).format(parts);
}
