import { describe, expect, it } from 'vitest';
import { isOnTheWay } from './path';

describe('the way of the tokens', () => {
  it.each([
    ['userTask', '2026-01-01T00:00:00Z', true],
    ['callActivity', null, true],
    ['exclusiveGateway', '2026-01-01T00:00:00Z', false],
    ['parallelGateway', null, true],
    ['eventBasedGateway', '2026-01-01T00:00:00Z', false],
    ['eventBasedGateway', null, true],
    ['boundaryEvent', '2026-01-01T00:00:00Z', true],
  ])('tells of a %s left at %s: %s', (kind, leftAt, expected) => {
    expect(isOnTheWay({ kind, leftAt })).toBe(expected);
  });
});
