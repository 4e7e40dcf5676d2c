import { t } from '@lingui/core/macro';
import { Badge, Group } from '@mantine/core';
import type { WebhookStateFragment } from '../gql/graphql';
import { list, say } from '../language/format';
import { ACTIONS, EVENT_TYPES } from './words';

/** Whether a webhook is told or asked, and how that goes. */
export function WebhookStanding({
  webhook,
  size = 'sm',
}: {
  webhook: WebhookStateFragment;
  size?: 'sm' | 'lg';
}) {
  const { enabled, disabledReason, failingSince } = webhook;
  const state = enabled ? 'enabled' : disabledReason === null ? 'disabled' : 'given-up';
  return (
    <Group gap={6} wrap="nowrap" data-testid="webhook-state" data-state={state}>
      <Badge
        size={size}
        variant="light"
        tt="none"
        miw="max-content"
        color={{ enabled: 'teal', disabled: 'gray', 'given-up': 'red' }[state]}
      >
        {{ enabled: t`Enabled`, disabled: t`Disabled`, 'given-up': t`Disabled by the server` }[state]}
      </Badge>
      {enabled && failingSince !== null && (
        <Badge size={size} variant="light" color="orange" tt="none" miw="max-content">
          {t`Nothing arrives`}
        </Badge>
      )}
    </Group>
  );
}

/** Of what it is told, or before what it is asked. */
export function subjects({ mode, eventTypes, actions }: WebhookStateFragment): string {
  if (mode === 'BEFORE_ACTION') return list((actions ?? []).map((action) => say(ACTIONS[action])));
  if (eventTypes === null) return t`Everything`;
  return list(eventTypes.map((type) => say(EVENT_TYPES[type].label)));
}
