import { describe, expect, it } from 'vitest';
import { byteSize, duration, relativeTime } from './time';

const NOW = new Date('2026-03-01T12:00:00Z');
const ago = (seconds: number) => relativeTime(new Date(NOW.getTime() - seconds * 1000), NOW);

describe('times', () => {
  it.each([
    [0, 'just now'],
    [9, 'just now'],
    [-5, 'just now'],
    [30, '30 seconds ago'],
    [60, '1 minute ago'],
    [3599, '59 minutes ago'],
    [7200, '2 hours ago'],
    [90000, 'yesterday'],
    [-120, 'in 2 minutes'],
  ])('%d seconds ago is "%s"', (seconds, text) => {
    expect(ago(seconds)).toBe(text);
  });

  it('says what is wanted of a moment that is near', () => {
    expect(relativeTime(NOW, NOW, 'any moment')).toBe('any moment');
    expect(relativeTime(new Date('2026-03-01T12:05:00Z'), NOW, 'any moment')).toBe('in 5 minutes');
  });

  it.each([
    [0.4, '0 ms'],
    [850, '850 ms'],
    [12_340, '12.3 sec'],
    [245_000, '4 min 5 sec'],
    [7_260_000, '2 hr 1 min'],
  ])('%d ms lasts "%s"', (milliseconds, text) => {
    expect(duration(milliseconds)).toBe(text);
  });

  it.each([
    [12, '12 B'],
    [340_400, '340 KB'],
    [2_100_000, '2.1 MB'],
  ])('%d bytes are "%s"', (bytes, text) => {
    expect(byteSize(bytes)).toBe(text);
  });
});
