import type { MessageDescriptor } from '@lingui/core';
import { msg, plural, t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Anchor, Badge, Group, Stack, Table, Text, Title } from '@mantine/core';
import { IconCoins } from '@tabler/icons-react';
import { useState } from 'react';
import { Link } from 'react-router';
import { useQuery } from 'urql';
import type { LedgerKind, LedgerQuery } from '../gql/graphql';
import { count, say } from '../language/format';
import { useViewer } from '../session/viewer';
import { ConnectionList } from '../ui/ConnectionList';
import { EmptyState } from '../ui/EmptyState';
import { ListTable } from '../ui/ListTable';
import { FIRST_PAGE, type PageArgument, relayArguments } from '../ui/paging';
import { RelativeTime } from '../ui/RelativeTime';
import { usePageTitle } from '../ui/usePageTitle';
import { GrantQuota } from './GrantQuota';
import { LedgerDocument } from './operations';

const PAGE_SIZE = 20;

type Entry = LedgerQuery['viewer']['quota']['ledger']['nodes'][number];

const KIND: Record<LedgerKind, { label: MessageDescriptor; color: string }> = {
  GRANT: { label: msg`Grant`, color: 'teal' },
  CHARGE: { label: msg`Charge`, color: 'gray' },
  REFUND: { label: msg`Refund`, color: 'blue' },
};

/** One's balance with every entry that made it; administrators grant here. */
export function QuotaPage() {
  usePageTitle(t`Quota`);
  const { may } = useViewer();
  const [page, setPage] = useState<PageArgument>(FIRST_PAGE);
  const [{ data, error }, reload] = useQuery({
    query: LedgerDocument,
    variables: relayArguments(page, PAGE_SIZE),
  });
  const refresh = () => reload({ requestPolicy: 'network-only' });
  const quota = data?.viewer.quota;
  return (
    <Stack>
      <Group justify="space-between">
        <div>
          <Title order={1} size="h2">
            <Trans>Quota</Trans>
          </Title>
          <Text c="dimmed">
            <Trans>A batch is charged when it is created; what fails or is cancelled is refunded.</Trans>
          </Text>
        </div>
        {quota && (
          <Group gap="xs" align="baseline">
            <Text size="sm" c="dimmed">
              <Trans>Balance</Trans>
            </Text>
            <Text size="xl" fw={700} className="numeric">
              {count(quota.balance)}
            </Text>
          </Group>
        )}
      </Group>
      {may('ADMIN') && <GrantQuota onGranted={refresh} />}
      <ConnectionList
        page={quota?.ledger}
        error={error}
        onReload={refresh}
        noun={(total) => plural(total, { one: '# entry', other: '# entries' })}
        onPage={setPage}
        empty={
          <EmptyState
            icon={<IconCoins size={32} />}
            title={t`No entries yet`}
            text={t`An administrator can grant you quota.`}
          />
        }
      >
        {(entries) => <LedgerTable entries={entries} />}
      </ConnectionList>
    </Stack>
  );
}

function LedgerTable({ entries }: { entries: readonly Entry[] }) {
  return (
    <ListTable label={t`Ledger`} minWidth={560}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>
            <Trans>Kind</Trans>
          </Table.Th>
          <Table.Th>
            <Trans>For</Trans>
          </Table.Th>
          <Table.Th ta="right">
            <Trans>Amount</Trans>
          </Table.Th>
          <Table.Th ta="right" style={{ whiteSpace: 'nowrap' }}>
            <Trans>Balance after</Trans>
          </Table.Th>
          <Table.Th ta="right">
            <Trans>When</Trans>
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {entries.map((entry) => (
          <Table.Tr key={entry.id}>
            <Table.Td>
              <Badge color={KIND[entry.kind].color} variant="light" tt="none" miw="max-content">
                {say(KIND[entry.kind].label)}
              </Badge>
            </Table.Td>
            <Table.Td>
              {entry.batch && (
                <Anchor
                  component={Link}
                  to={`/batches/${encodeURIComponent(entry.batch.id)}`}
                  size="sm"
                  underline="always"
                >
                  <Trans>Batch #{entry.batch.number}</Trans>
                </Anchor>
              )}{' '}
              <Text span size="sm" c="dimmed">
                {entry.reason}
              </Text>
            </Table.Td>
            <Table.Td ta="right" className="numeric" c={entry.amount > 0 ? 'teal' : undefined}>
              {entry.amount > 0 ? '+' : '−'}
              {count(Math.abs(entry.amount))}
            </Table.Td>
            <Table.Td ta="right" className="numeric">
              {count(entry.balanceAfter)}
            </Table.Td>
            <Table.Td ta="right" style={{ whiteSpace: 'nowrap' }}>
              <RelativeTime at={entry.createdAt} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </ListTable>
  );
}
