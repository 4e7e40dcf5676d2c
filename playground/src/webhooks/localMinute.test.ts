import { expect, it } from 'vitest';
import { localMinute } from './localMinute';

it('is the minute that the reader has on the clock', () => {
  const at = new Date(2026, 2, 1, 7, 5, 59);
  expect(localMinute(at)).toBe('2026-03-01T07:05');
  expect(new Date(localMinute(at))).toEqual(new Date(2026, 2, 1, 7, 5));
});
