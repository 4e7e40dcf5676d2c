import { Anchor, Button, Group, Paper, Select, Stack, Table, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus, IconStack2 } from '@tabler/icons-react';
import { useCallback } from 'react';
import { Link, useSearchParams } from 'react-router';
import { useQuery } from 'urql';
import { useFeatures } from '../features/useFeatures';
import type { BatchListQuery } from '../gql/graphql';
import { isFinal } from '../progress/progressState';
import { useViewer } from '../session/viewer';
import { BatchProgressBar } from '../ui/BatchProgressBar';
import { ConnectionList } from '../ui/ConnectionList';
import { EmptyState } from '../ui/EmptyState';
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
  usePageTitle('Batches');
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
          Batches
        </Title>
        <Button leftSection={<IconPlus size={16} />} onClick={open}>
          New batch
        </Button>
      </Group>
      <Filters view={view} show={show} />
      <ConnectionList
        page={data?.batches}
        error={error}
        onReload={refresh}
        noun={['batch', 'batches']}
        onPage={(page) => show({ page })}
        empty={
          filtered ? (
            <EmptyState icon={<IconStack2 size={32} />} title="No batch matches the filter">
              <Button variant="light" onClick={() => show({ status: null, featureId: null })}>
                Show all
              </Button>
            </EmptyState>
          ) : (
            <EmptyState
              icon={<IconStack2 size={32} />}
              title="No batches yet"
              text="A batch runs one feature over many pictures at once. Take the sample photographs and watch every one of them move."
            >
              <Button mt="sm" leftSection={<IconPlus size={16} />} onClick={open}>
                Create the first one
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
        aria-label="Status"
        placeholder="Any status"
        data={STATUSES.map((value) => ({ value, label: STATUS[value].label }))}
        value={view.status}
        onChange={(status) => show({ status })}
        clearable
        flex="1 1 150px"
        maw={190}
      />
      <Select
        aria-label="Feature"
        placeholder="Any feature"
        data={(features ?? []).map(({ id, name }) => ({ value: id, label: name }))}
        value={view.featureId}
        onChange={(featureId) => show({ featureId })}
        clearable
        flex="1 1 150px"
        maw={190}
      />
      <Select
        aria-label="Order"
        data={Object.entries(ORDERS).map(([value, { label }]) => ({ value, label }))}
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
    <Paper withBorder radius="lg" style={{ overflow: 'hidden' }}>
      <Table.ScrollContainer minWidth={720} type="native">
        <Table highlightOnHover verticalSpacing="sm" horizontalSpacing="md" aria-label="Batches">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Batch</Table.Th>
              <Table.Th>Feature</Table.Th>
              {withCreator && <Table.Th>Created by</Table.Th>}
              <Table.Th>Status</Table.Th>
              <Table.Th w="28%">Progress</Table.Th>
              <Table.Th ta="right">Quota</Table.Th>
              <Table.Th ta="right">Created</Table.Th>
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
                <Table.Td>{row.feature?.name ?? '—'}</Table.Td>
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
                      {row.quotaRefunded} refunded
                    </Text>
                  )}
                </Table.Td>
                <Table.Td ta="right" style={{ whiteSpace: 'nowrap' }}>
                  <RelativeTime at={row.createdAt} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Paper>
  );
}

function counts(row: Row): string {
  const done = row.total - row.pending - row.running;
  const troubles = [
    [row.failed, 'failed'],
    [row.ignored, 'ignored'],
    [row.cancelled, 'cancelled'],
  ] as const;
  const told = troubles.flatMap(([count, word]) => (count > 0 ? `${count.toLocaleString()} ${word}` : []));
  return [`${done.toLocaleString()} of ${row.total.toLocaleString()}`, ...told].join(', ');
}
