import { t } from '@lingui/core/macro';
import { list } from '../language/format';
import { versionAddress } from './addresses';

/** A process as it stands after its document was deployed. */
export interface Deployed {
  key: string;
  name: string;
  version: number;
}

/** Says what was deployed. */
export function deployedText(deployed: readonly Deployed[]): string {
  const [only] = deployed;
  if (only && deployed.length === 1) return t`${only.name} is at version ${only.version}.`;
  // Processes of one document are often called alike, so that their keys tell them apart.
  const told = deployed.map(({ key, name, version }) => t`${name} (${key}) at version ${version}`);
  return list(told, 'long');
}

/** Where to go from deploying: to what was deployed, or to the list with what is told there of several. */
export function afterDeploying(deployed: readonly Deployed[]): { to: string; state?: unknown } {
  const [only] = deployed;
  return only && deployed.length === 1
    ? { to: versionAddress(only.key, only.version) }
    : { to: '/processes', state: { deployed } };
}

/** The processes that somebody has just deployed who comes to the list; none where they come otherwise. */
export function deployedIn(state: unknown): readonly Deployed[] {
  if (typeof state !== 'object' || state === null) return [];
  const { deployed } = state as Record<string, unknown>;
  return Array.isArray(deployed) ? deployed.filter(isDeployed) : [];
}

function isDeployed(told: unknown): told is Deployed {
  if (typeof told !== 'object' || told === null) return false;
  const { key, name, version } = told as Record<string, unknown>;
  return typeof key === 'string' && typeof name === 'string' && typeof version === 'number';
}
