import { describe, expect, it } from 'vitest';
import { retryCost } from './retryCost';

describe('what a retry costs', () => {
  it('follows from what the batch paid for what succeeded, also after earlier retries', () => {
    expect(retryCost({ succeeded: 6, failed: 4, quotaCost: 20, quotaRefunded: 8 })).toBe(8);
    // The 4 were charged again; 3 of them failed again.
    expect(retryCost({ succeeded: 7, failed: 3, quotaCost: 28, quotaRefunded: 14 })).toBe(6);
  });

  it('is nothing where items cost nothing', () => {
    expect(retryCost({ succeeded: 0, failed: 5, quotaCost: 0, quotaRefunded: 0 })).toBe(0);
  });

  it('is not known where nothing succeeded', () => {
    expect(retryCost({ succeeded: 0, failed: 5, quotaCost: 10, quotaRefunded: 10 })).toBeNull();
  });

  it('is not guessed from numbers that do not fit together', () => {
    expect(retryCost({ succeeded: 3, failed: 1, quotaCost: 10, quotaRefunded: 0 })).toBeNull();
  });
});
