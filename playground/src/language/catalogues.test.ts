import { getCatalogs } from '@lingui/cli/api';
import { getConfig } from '@lingui/conf';
import { beforeAll, describe, expect, it } from 'vitest';

type Catalogue = Readonly<Record<string, { message?: string | undefined; translation?: string | undefined }>>;

/** What stands for something else in a text: values, parts that are drawn, and the number of a plural. */
function places(text: string): readonly string[] {
  const found = text.match(/\{\w+(?=[,}])|<\/?\d+\/?>/g) ?? [];
  return [...new Set(found)].sort();
}

const TEXTS = { inSource: {} as Catalogue, en: {} as Catalogue, zh: {} as Catalogue };

beforeAll(async () => {
  const [catalog] = await getCatalogs(getConfig());
  if (!catalog) throw new Error('No catalogue is configured.');
  TEXTS.inSource = (await catalog.collect()) ?? {};
  TEXTS.en = await catalog.read('en');
  TEXTS.zh = await catalog.read('zh');
}, 60_000);

describe('the catalogues', () => {
  it.each(['en', 'zh'] as const)('%s has every text that is in the source, and no other', (language) => {
    const wanted = Object.keys(TEXTS.inSource).sort();
    expect(wanted.length).toBeGreaterThan(500);
    // Where this fails: npm run language, and translate what is new.
    expect(Object.keys(TEXTS[language]).sort()).toEqual(wanted);
  });

  it('leave nothing untranslated', () => {
    const empty = Object.entries(TEXTS.zh).flatMap(([id, { message, translation = '' }]) =>
      translation.trim() === '' ? [message ?? id] : [],
    );
    expect(empty).toEqual([]);
  });

  it('say in a translation everything that the text has a place for', () => {
    const wrong = Object.entries(TEXTS.zh).flatMap(([id, { message, translation = '' }]) => {
      const text = message ?? id;
      const known = new Set(places(text));
      const said = places(translation);
      // A plural's two forms may name the same value twice; Chinese has but one form.
      const isPlural = text.includes(', plural,');
      const fits = said.every((place) => known.has(place)) && (isPlural || said.length === known.size);
      return fits ? [] : [`${text} → ${translation}`];
    });
    expect(wrong).toEqual([]);
  });
});
