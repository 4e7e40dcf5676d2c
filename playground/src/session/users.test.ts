import { describe, expect, it } from 'vitest';
import { type SignIn, tokenFor } from './users';
import { hasRole } from './viewer';

const DEV: SignIn = {
  mode: 'development',
  users: [
    { id: 'alice', name: 'Alice', roles: ['USER'], token: 'a' },
    { id: 'bob', name: 'Bob', roles: ['USER'], token: 'b' },
  ],
};

describe('the token in use', () => {
  it('is that of the chosen development user, else of the first', () => {
    expect(tokenFor(DEV, 'bob', null)).toBe('b');
    expect(tokenFor(DEV, null, null)).toBe('a');
    expect(tokenFor(DEV, 'gone', 'pasted')).toBe('a');
  });

  it('is the pasted one outside development mode', () => {
    expect(tokenFor({ mode: 'token' }, 'bob', 'pasted')).toBe('pasted');
    expect(tokenFor({ mode: 'token' }, 'bob', null)).toBeNull();
  });
});

describe('roles', () => {
  it('include those below', () => {
    expect(hasRole(['ADMIN'], 'OPERATOR')).toBe(true);
    expect(hasRole(['OPERATOR'], 'ADMIN')).toBe(false);
    expect(hasRole(['USER'], 'USER')).toBe(true);
    expect(hasRole([], 'USER')).toBe(false);
  });
});
