import { plural, t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconBellOff, IconKey } from '@tabler/icons-react';
import { sentence } from '../api/faultText';
import type { WebhookStateFragment } from '../gql/graphql';
import { RelativeTime } from '../ui/RelativeTime';
import { useNow } from '../ui/useNow';
import { useWebhookUpdate } from './useWebhookUpdate';

interface WebhookNoticeProps {
  webhook: WebhookStateFragment;
  /** How much is on its way to it. */
  pending: number;
  onChanged: () => void;
}

/** What whoever looks after a webhook must know of it now; nothing where all is well. */
export function WebhookNotice({ webhook, pending, onChanged }: WebhookNoticeProps) {
  const now = useNow();
  return (
    <>
      {!webhook.enabled && <Disabled webhook={webhook} pending={pending} onChanged={onChanged} />}
      {webhook.enabled && webhook.failingSince !== null && (
        <Alert color="orange" icon={<IconAlertTriangle />} title={t`Nothing arrives`} role="status">
          <Text size="sm">
            <Trans>
              The first failure was <RelativeTime at={webhook.failingSince} />. After five days the webhook is
              disabled. See the attempts below for what the receiver answers.
            </Trans>
          </Text>
        </Alert>
      )}
      {webhook.previousSecretUntil !== null && Date.parse(webhook.previousSecretUntil) > now.getTime() && (
        <Alert color="blue" icon={<IconKey />} title={t`Two secrets sign`}>
          <Text size="sm">
            <Trans>
              The secret before it signs too; that ends <RelativeTime at={webhook.previousSecretUntil} />.
            </Trans>
          </Text>
        </Alert>
      )}
    </>
  );
}

function Disabled({ webhook, pending, onChanged }: WebhookNoticeProps) {
  const { update, fetching } = useWebhookUpdate(webhook, onChanged);
  const { disabledReason, disabledAt } = webhook;
  return (
    <Alert
      color={disabledReason === null ? 'gray' : 'red'}
      icon={<IconBellOff />}
      title={disabledReason === null ? t`It is disabled` : t`The server has disabled it`}
      role="alert"
    >
      <Group justify="space-between">
        <Stack gap={2}>
          {disabledReason !== null && (
            <Text size="sm" className="said">
              {sentence(disabledReason)} {disabledAt !== null && <RelativeTime at={disabledAt} />}
            </Text>
          )}
          <Text size="sm">
            {webhook.mode === 'NOTIFY' ? (
              <Trans>It is not told of what happens meanwhile.</Trans>
            ) : (
              <Trans>Decisions are made without it.</Trans>
            )}{' '}
            {pending > 0 &&
              plural(pending, {
                one: '# message is kept, and sent when it is enabled.',
                other: '# messages are kept, and sent when it is enabled.',
              })}
          </Text>
        </Stack>
        <Button
          size="xs"
          variant="light"
          color="gray"
          loading={fetching}
          onClick={() => void update({ enabled: true }, t`Enabled`)}
        >
          <Trans>Enable</Trans>
        </Button>
      </Group>
    </Alert>
  );
}
