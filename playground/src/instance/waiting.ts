import { t } from '@lingui/core/macro';
import type { InstancePageQuery } from '../gql/graphql';

type Instance = NonNullable<InstancePageQuery['processInstance']>;
export type Wait = Instance['waitsFor'][number];

/** What is waited for, in words; those of a timer go on with when it is due. */
export function awaited({ kind, eventName }: Pick<Wait, 'kind' | 'eventName'>): string {
  const name = eventName ?? '';
  switch (kind) {
    case 'TIMER':
      return t`timer due`;
    case 'MESSAGE':
      return t`message “${name}”`;
    case 'SIGNAL':
      return t`signal “${name}”`;
  }
}

/** What decides whether a timer is late. */
export interface Waiting {
  status: Instance['status'];
  suspended: boolean;
  waitsFor: readonly { node: { id: string }; dueAt: string | null }[];
  incidents: readonly { nodeId: string }[];
}

/** Whether a timer's time has gone by and nothing is known of it: neither that it fired, nor that it could not. */
export function isOverdue({ status, suspended, waitsFor, incidents }: Waiting, now: Date): boolean {
  // While it is suspended, timers wait for as long as that takes.
  if (status !== 'RUNNING' || suspended) return false;
  const failed = new Set(incidents.map(({ nodeId }) => nodeId));
  return waitsFor.some(
    ({ node, dueAt }) => dueAt !== null && Date.parse(dueAt) <= now.getTime() && !failed.has(node.id),
  );
}
