import { plural, t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Group, Select, Stack, Text, Title } from '@mantine/core';
import { IconMailbox } from '@tabler/icons-react';
import { useCallback, useState } from 'react';
import { useQuery } from 'urql';
import type { WebhookDeliveryStatus, WebhookStateFragment } from '../gql/graphql';
import { say } from '../language/format';
import { ConnectionList } from '../ui/ConnectionList';
import { EmptyState } from '../ui/EmptyState';
import { FIRST_PAGE, type PageArgument, relayArguments } from '../ui/paging';
import { DELIVERY_STATUS } from '../ui/status';
import { useRefreshWhile } from '../ui/useRefreshWhile';
import { DeliveryTable } from './DeliveryTable';
import { DeliveryListDocument } from './operations';
import { ReplaySince } from './ReplaySince';

const PAGE_SIZE = 20;
const STATUSES: readonly WebhookDeliveryStatus[] = ['PENDING', 'SUCCESS', 'FAILED', 'DISCARDED'];

interface DeliveryListProps {
  webhook: WebhookStateFragment;
  onChanged: () => void;
}

/** What a webhook was told in the last seven days, and is still to be told. */
export function DeliveryList({ webhook, onChanged }: DeliveryListProps) {
  const [status, setStatus] = useState<WebhookDeliveryStatus | null>(null);
  const [page, setPage] = useState<PageArgument>(FIRST_PAGE);
  const [{ data, error }, reload] = useQuery({
    query: DeliveryListDocument,
    variables: { id: webhook.id, status, ...relayArguments(page, PAGE_SIZE) },
    requestPolicy: 'cache-and-network',
  });
  const refresh = useCallback(() => reload({ requestPolicy: 'network-only' }), [reload]);
  useRefreshWhile(true, refresh);
  const changed = () => {
    refresh();
    onChanged();
  };
  return (
    <Stack gap="sm" component="section" aria-label={t`Deliveries`}>
      <Group justify="space-between" align="flex-end">
        <div>
          <Title order={2} size="h4">
            <Trans>Deliveries</Trans>
          </Title>
          <Text size="sm" c="dimmed">
            <Trans>What it was told in the last seven days, and what is on its way.</Trans>
          </Text>
        </div>
        <Group gap="xs">
          <Select
            aria-label={t`Status`}
            placeholder={t`Any status`}
            data={STATUSES.map((value) => ({ value, label: say(DELIVERY_STATUS[value].label) }))}
            value={status}
            onChange={(value) => {
              setPage(FIRST_PAGE);
              setStatus(value);
            }}
            clearable
            w={170}
          />
          {webhook.enabled && <ReplaySince webhook={webhook} onReplayed={changed} />}
        </Group>
      </Group>
      <ConnectionList
        page={data?.webhook?.deliveries}
        error={error}
        onReload={refresh}
        noun={(total) => plural(total, { one: '# delivery', other: '# deliveries' })}
        onPage={setPage}
        empty={
          <EmptyState
            icon={<IconMailbox size={32} />}
            title={status === null ? t`Nothing was told yet` : t`No delivery matches the filter`}
            text={t`As soon as something happens that it is told of, it is here with what the receiver answered.`}
          />
        }
      >
        {(deliveries) => <DeliveryTable deliveries={deliveries} webhook={webhook} onReplayed={changed} />}
      </ConnectionList>
    </Stack>
  );
}
