import { describe, expect, it } from 'vitest';
import type { Role } from '../gql/graphql';
import { hasRole } from '../session/viewer';
import { barTo } from './featureAccess';

const user = (needed: Role) => hasRole(['USER'], needed);

describe('what keeps someone from using a feature', () => {
  it.each([
    [{ isEnabled: false, allowedRoles: ['OPERATOR'], plan: 'pro' }, 'disabled'],
    [{ isEnabled: true, allowedRoles: ['OPERATOR', 'ADMIN'], plan: 'pro' }, 'not for your role'],
    [{ isEnabled: true, allowedRoles: ['USER'], plan: 'pro' }, 'needs the plan pro'],
    [{ isEnabled: true, allowedRoles: ['USER'], plan: null }, 'not for you'],
  ] as const)('%o: %s', (feature, bar) => {
    expect(barTo(feature, user)).toBe(bar);
  });
});
