import { t } from '@lingui/core/macro';
import { list } from '../language/format';

/** What a role is called. */
function roleLabel(role: string): string {
  switch (role) {
    case 'USER':
      return t`user`;
    case 'OPERATOR':
      return t`operator`;
    case 'ADMIN':
      return t`admin`;
    default:
      return role;
  }
}

/** What roles are called, one after the other. */
export function rolesLabel(roles: readonly string[]): string {
  return list(roles.map(roleLabel));
}
