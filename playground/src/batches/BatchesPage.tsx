import { plural, t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Anchor, Button, Group, Select, Stack, Table, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus, IconStack2 } from '@tabler/icons-react';
import { useCallback } from 'react';
import { Link, useSearchParams } from 'react-router';
import { useQuery } from 'urql';
import { useFeatures } from '../features/useFeatures';
import type { BatchListQuery } from '../gql/graphql';
import { count, list, say } from '../language/format';
import { isFinal } from '../progress/progressState';
import { useViewer } from '../session/viewer';
import { BatchProgressBar } from '../ui/BatchProgressBar';
import { ConnectionList } from '../ui/ConnectionList';
import { EmptyState } from '../ui/EmptyState';
import { ListTable } from '../ui/ListTable';
import { FIRST_PAGE, relayArguments } from '../ui/paging';
import { RelativeTime } from '../ui/RelativeTime';
import { STATUS } from '../ui/status';
import { StatusBadge } from '../ui/StatusBadge';
import { usePageTitle } from '../ui/usePageTitle';
import { useRefreshWhile } from '../ui/useRefreshWhile';
import { type ListView, type OrderKey, ORDERS, readView, STATUSES, writeView } from './listView';
import { NewBatchModal } from './NewBatchModal';
import { BatchListDocument } from './operations';

const PAGE_SIZE = 20;

type Row = BatchListQuery['batches']['nodes'][number];

/** The list of one's batches. */
export function BatchesPage() {
  usePageTitle(t`Batches`);
  const { may } = useViewer();
  const [search, setSearch] = useSearchParams();
  const [creating, { open, close }] = useDisclosure(false);
  const view = readView(search);
  const [{ data, error }, reload] = useQuery({
    query: BatchListDocument,
    variables: {
      filter: {
        ...(view.status !== null && { status: [view.status] }),
        ...(view.featureId !== null && { featureId: view.featureId }),
      },
      orderBy: ORDERS[view.order].order,
      ...relayArguments(view.page, PAGE_SIZE),
    },
  });
  const refresh = useCallback(() => reload({ requestPolicy: 'network-only' }), [reload]);
  const moving = data?.batches.nodes.some(({ status }) => !isFinal(status)) === true;

  useRefreshWhile(moving, refresh);

  const show = (changes: Partial<ListView>) =>
    setSearch(writeView({ ...view, page: FIRST_PAGE, ...changes }), { replace: !('page' in changes) });
  const filtered = view.status !== null || view.featureId !== null;

  return (
    <Stack>
      <Group justify="space-between">
        <Title order={1} size="h2">
          <Trans>Batches</Trans>
        </Title>
        <Button leftSection={<IconPlus size={16} />} onClick={open}>
          <Trans>New batch</Trans>
        </Button>
      </Group>
      <Filters view={view} show={show} />
      <ConnectionList
        page={data?.batches}
        error={error}
        onReload={refresh}
        noun={(total) => plural(total, { one: '# batch', other: '# batches' })}
        onPage={(page) => show({ page })}
        empty={
          filtered ? (
            <EmptyState icon={<IconStack2 size={32} />} title={t`No batch matches the filter`}>
              <Button variant="light" onClick={() => show({ status: null, featureId: null })}>
                <Trans>Show all</Trans>
              </Button>
            </EmptyState>
          ) : (
            <EmptyState
              icon={<IconStack2 size={32} />}
              title={t`No batches yet`}
              text={t`A batch runs one feature over many pictures at once. Take the sample photographs and watch every one of them move.`}
            >
              <Button mt="sm" leftSection={<IconPlus size={16} />} onClick={open}>
                <Trans>Create the first one</Trans>
              </Button>
            </EmptyState>
          )
        }
      >
        {(rows) => <BatchTable rows={rows} withCreator={may('ADMIN')} />}
      </ConnectionList>
      <NewBatchModal opened={creating} onClose={close} />
    </Stack>
  );
}

function Filters({ view, show }: { view: ListView; show: (changes: Partial<ListView>) => void }) {
  const { features } = useFeatures({ cached: true });
  return (
    <Group gap="xs">
      <Select
        aria-label={t`Status`}
        placeholder={t`Any status`}
        data={STATUSES.map((value) => ({ value, label: say(STATUS[value].label) }))}
        value={view.status}
        onChange={(status) => show({ status })}
        clearable
        flex="1 1 150px"
        maw={190}
      />
      <Select
        aria-label={t`Feature`}
        placeholder={t`Any feature`}
        data={(features ?? []).map(({ id, name }) => ({ value: id, label: name }))}
        value={view.featureId}
        onChange={(featureId) => show({ featureId })}
        clearable
        flex="1 1 150px"
        maw={190}
      />
      <Select
        aria-label={t`Order`}
        data={Object.entries(ORDERS).map(([value, { label }]) => ({ value, label: say(label) }))}
        value={view.order}
        onChange={(order) => show({ order: (order as OrderKey | null) ?? 'newest' })}
        allowDeselect={false}
        flex="1 1 150px"
        maw={190}
      />
    </Group>
  );
}

function BatchTable({ rows, withCreator }: { rows: readonly Row[]; withCreator: boolean }) {
  return (
    <ListTable label={t`Batches`} minWidth={720} highlightOnHover>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>
            <Trans>Batch</Trans>
          </Table.Th>
          <Table.Th>
            <Trans>Feature</Trans>
          </Table.Th>
          {withCreator && (
            <Table.Th>
              <Trans>Created by</Trans>
            </Table.Th>
          )}
          <Table.Th>
            <Trans>Status</Trans>
          </Table.Th>
          <Table.Th w="28%">
            <Trans>Progress</Trans>
          </Table.Th>
          <Table.Th ta="right">
            <Trans>Quota</Trans>
          </Table.Th>
          <Table.Th ta="right">
            <Trans>Created</Trans>
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map((row) => (
          <Table.Tr key={row.id}>
            <Table.Td>
              <Anchor
                component={Link}
                to={`/batches/${encodeURIComponent(row.id)}`}
                fw={600}
                className="numeric"
              >
                #{row.number}
              </Anchor>
            </Table.Td>
            <Table.Td>{row.feature?.name ?? (row.kind === 'APPROVAL' ? t`Approvals` : '—')}</Table.Td>
            {withCreator && <Table.Td>{row.createdBy.name}</Table.Td>}
            <Table.Td>
              <StatusBadge status={row.status} />
            </Table.Td>
            <Table.Td>
              <BatchProgressBar batch={row} size="md" />
              <Text size="xs" c="dimmed" mt={4} className="numeric">
                {counts(row)}
              </Text>
            </Table.Td>
            <Table.Td ta="right" className="numeric">
              {row.quotaCost - row.quotaRefunded}
              {row.quotaRefunded > 0 && (
                <Text size="xs" c="dimmed">
                  <Trans>{count(row.quotaRefunded)} refunded</Trans>
                </Text>
              )}
            </Table.Td>
            <Table.Td ta="right" style={{ whiteSpace: 'nowrap' }}>
              <RelativeTime at={row.createdAt} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </ListTable>
  );
}

function counts(row: Row): string {
  const done = row.total - row.pending - row.running;
  return list([
    t`${count(done)} of ${count(row.total)}`,
    ...(row.failed > 0 ? [t`${count(row.failed)} failed`] : []),
    ...(row.ignored > 0 ? [t`${count(row.ignored)} ignored`] : []),
    ...(row.cancelled > 0 ? [t`${count(row.cancelled)} cancelled`] : []),
  ]);
}
