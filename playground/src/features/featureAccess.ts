import { t } from '@lingui/core/macro';
import type { Role } from '../gql/graphql';

/** What decides about who may use a feature. */
export interface FeaturePolicy {
  isEnabled: boolean;
  allowedRoles: readonly Role[];
  plan?: string | null;
}

/** What keeps someone from using a feature that the server says they cannot use, in the order in which it decides. */
export function barTo(feature: FeaturePolicy, may: (role: Role) => boolean): string {
  if (!feature.isEnabled) return t`disabled`;
  if (!feature.allowedRoles.some(may)) return t`not for your role`;
  return feature.plan == null ? t`not for you` : t`needs the plan ${feature.plan}`;
}
