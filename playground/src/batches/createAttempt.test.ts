import { describe, expect, it } from 'vitest';
import { attemptOf } from './createAttempt';

describe('the idempotency key of a new batch', () => {
  const keys = () => {
    let count = 0;
    return () => `key-${++count}`;
  };
  const input = { featureId: 'F', inputImages: ['/files/a'], inputData: null };

  it('stays for the same input and changes with the input', () => {
    const newKey = keys();
    const first = attemptOf(null, input, newKey);
    expect(attemptOf(first, { ...input }, newKey)).toBe(first);
    expect(attemptOf(first, { ...input, inputData: { brightness: 1 } }, newKey).key).toBe('key-2');
  });
});
