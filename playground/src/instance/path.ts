import type { MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import type { InstancePageQuery } from '../gql/graphql';

type Stay = NonNullable<InstancePageQuery['processInstance']>['path'][number];

const PASSED = new Set(['exclusiveGateway', 'parallelGateway', 'inclusiveGateway', 'eventBasedGateway']);

/** Whether a stay is worth telling: gateways that were passed are not, one where tokens wait is. */
export function isOnTheWay({ kind, leftAt }: Pick<Stay, 'kind' | 'leftAt'>): boolean {
  return !PASSED.has(kind) || leftAt == null;
}

/** How a stay ended, in words; nothing where it ended as it should. */
export const OUTCOMES: Readonly<Record<string, MessageDescriptor>> = {
  SKIPPED: msg`skipped`,
  REJECTED: msg`rejected`,
  RETURNED: msg`sent back`,
  WITHDRAWN: msg`withdrawn`,
  CANCELLED: msg`cancelled`,
};

/** What an event is called, where its name may not tell that it is one; nothing for other elements. */
export const EVENTS: Readonly<Record<string, MessageDescriptor>> = {
  intermediateCatchEvent: msg`event caught`,
  throwEvent: msg`event thrown`,
  boundaryEvent: msg`event at the border`,
};
