import { t } from '@lingui/core/macro';
import type { Role } from '../gql/graphql';
import { list } from '../language/format';

/** What a role is called. */
function roleLabel(role: Role): string {
  switch (role) {
    case 'USER':
      return t`user`;
    case 'OPERATOR':
      return t`operator`;
    case 'ADMIN':
      return t`admin`;
  }
}

/** What roles are called, one after the other. */
export function rolesLabel(roles: readonly Role[]): string {
  return list(roles.map(roleLabel));
}
