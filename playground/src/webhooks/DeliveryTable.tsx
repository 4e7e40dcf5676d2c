import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { ActionIcon, Anchor, Button, Table, Text } from '@mantine/core';
import { IconChevronDown, IconRefresh } from '@tabler/icons-react';
import { Fragment, useId, useState } from 'react';
import { Link } from 'react-router';
import { useMutation } from 'urql';
import { faultOfResult } from '../api/fault';
import type { DeliveryListQuery, WebhookStateFragment } from '../gql/graphql';
import { count, say } from '../language/format';
import { ListTable } from '../ui/ListTable';
import { notifyDone, notifyFault } from '../ui/notify';
import { RelativeTime } from '../ui/RelativeTime';
import { DeliveryStatusBadge } from '../ui/StatusBadge';
import { DeliveryDetails } from './DeliveryDetails';
import { ReplayWebhookDocument } from './operations';
import { EVENT_TYPES } from './words';

type Webhook = NonNullable<DeliveryListQuery['webhook']>;
export type Delivery = Webhook['deliveries']['nodes'][number];

interface DeliveryTableProps {
  deliveries: readonly Delivery[];
  webhook: WebhookStateFragment;
  onReplayed: () => void;
}

/** What a webhook was told, each with its attempts and a way to send it again. */
export function DeliveryTable({ deliveries, webhook, onReplayed }: DeliveryTableProps) {
  return (
    <ListTable label={t`Deliveries`} minWidth={760}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th w={56} aria-label={t`Details`} />
          <Table.Th>
            <Trans>Event</Trans>
          </Table.Th>
          <Table.Th>
            <Trans>Status</Trans>
          </Table.Th>
          <Table.Th>
            <Trans>Attempts</Trans>
          </Table.Th>
          <Table.Th>
            <Trans>Answer</Trans>
          </Table.Th>
          <Table.Th aria-label={t`What can be done`} />
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {deliveries.map((delivery) => (
          <DeliveryRow key={delivery.id} delivery={delivery} webhook={webhook} onReplayed={onReplayed} />
        ))}
      </Table.Tbody>
    </ListTable>
  );
}

interface DeliveryRowProps {
  delivery: Delivery;
  webhook: WebhookStateFragment;
  onReplayed: () => void;
}

function DeliveryRow({ delivery, webhook, onReplayed }: DeliveryRowProps) {
  const [open, setOpen] = useState(false);
  const id = useId();
  const label = say(EVENT_TYPES[delivery.eventType].label);
  return (
    <Fragment>
      <Table.Tr data-delivery={delivery.id} data-status={delivery.status}>
        <Table.Td>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={open ? t`Hide the details of “${label}”` : t`Show the details of “${label}”`}
            aria-expanded={open}
            aria-controls={id}
            onClick={() => setOpen(!open)}
          >
            <IconChevronDown size={18} style={{ rotate: open ? '180deg' : '0deg' }} />
          </ActionIcon>
        </Table.Td>
        <Table.Td>
          <Text size="sm" fw={600}>
            {label}
          </Text>
          <Text size="sm" c="dimmed">
            <RelativeTime at={delivery.createdAt} /> ·{' '}
            <Anchor
              component={Link}
              to={`/instances/${encodeURIComponent(delivery.instanceId)}`}
              size="sm"
              underline="always"
            >
              <Trans>the instance</Trans>
            </Anchor>
          </Text>
        </Table.Td>
        <Table.Td>
          <DeliveryStatusBadge status={delivery.status} />
        </Table.Td>
        <Table.Td>
          <span className="numeric">{count(delivery.attemptCount)}</span>
          <Text size="sm" c="dimmed">
            <NextAttempt delivery={delivery} enabled={webhook.enabled} />
          </Text>
        </Table.Td>
        <Table.Td>
          <Answer delivery={delivery} />
        </Table.Td>
        <Table.Td ta="right">
          <ReplayOne delivery={delivery} webhook={webhook} onReplayed={onReplayed} />
        </Table.Td>
      </Table.Tr>
      <Table.Tr id={id} hidden={!open}>
        {open && (
          <Table.Td colSpan={6}>
            <DeliveryDetails delivery={delivery} />
          </Table.Td>
        )}
      </Table.Tr>
    </Fragment>
  );
}

/** When it is sent next, or when it ended. */
function NextAttempt({ delivery, enabled }: { delivery: Delivery; enabled: boolean }) {
  const { status, nextAttemptAt, finishedAt } = delivery;
  if (finishedAt !== null) return <RelativeTime at={finishedAt} />;
  if (status !== 'PENDING') return null;
  if (!enabled) return <Trans>kept until it is enabled</Trans>;
  if (nextAttemptAt === null) return <Trans>being sent, or waits for those before it</Trans>;
  return (
    <Trans>
      next <RelativeTime at={nextAttemptAt} near={t`any moment`} />
    </Trans>
  );
}

/** What the receiver answered last. */
function Answer({ delivery }: { delivery: Delivery }) {
  const last = delivery.attempts.at(-1);
  if (!last) return '—';
  return (
    <>
      {last.statusCode !== null && <code>{last.statusCode}</code>}
      {last.error !== null && (
        <Text size="sm" c="dimmed" className="two-lines" title={last.error}>
          {last.error}
        </Text>
      )}
    </>
  );
}

function ReplayOne({ delivery, webhook, onReplayed }: DeliveryRowProps) {
  const [{ fetching }, replay] = useMutation(ReplayWebhookDocument);

  async function run() {
    const { error } = await replay({ input: { webhookId: webhook.id, deliveryId: delivery.id } });
    if (error) notifyFault(faultOfResult(error));
    else notifyDone(t`Replaying`, say(EVENT_TYPES[delivery.eventType].label));
    onReplayed();
  }

  if (!webhook.enabled) return null;
  return (
    <Button
      size="xs"
      variant="light"
      color="gray"
      loading={fetching}
      leftSection={<IconRefresh size={14} />}
      onClick={() => void run()}
    >
      {delivery.status === 'PENDING' ? <Trans>Send now</Trans> : <Trans>Replay</Trans>}
    </Button>
  );
}
