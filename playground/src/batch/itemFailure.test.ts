import { describe, expect, it } from 'vitest';
import apiGuide from '../../../docs/api.md?raw';
import { humanise } from '../forms/schemaFields';
import { failureReason, failureTitle } from './itemFailure';

/** The codes of the table under "Why an item failed". */
function documentedCodes(): string[] {
  const section = apiGuide.split('## Why an item failed')[1]?.split('\n## ')[0] ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('| `'));
  return rows.flatMap((row) =>
    [...(row.split('|')[1] ?? '').matchAll(/`([A-Z_]+)`/g)].map(([, code]) => code ?? ''),
  );
}

describe('why an item failed', () => {
  it('is said in words for every code that the guide has', () => {
    const codes = documentedCodes();
    expect(codes).toContain('FETCH_FAILED');
    expect(codes.filter((code) => failureTitle(code) === humanise(code))).toEqual([]);
  });

  it('is said even where the code is new, or there is none', () => {
    expect(failureTitle('MOON_PHASE')).toBe('Moon phase');
    expect(failureTitle(null)).toBe('Failed');
  });

  it('names the field at fault before the reason', () => {
    const errorMessage = 'at most 4000 characters';
    expect(failureReason({ errorField: null, errorMessage })).toBe(errorMessage);
    expect(failureReason({ errorField: 'comment', errorMessage })).toBe('comment: at most 4000 characters');
    expect(failureReason({ errorField: 'comment', errorMessage: null })).toBe('comment');
    expect(failureReason({ errorField: null, errorMessage: null })).toBeNull();
  });
});
