import { plural, t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Anchor, Badge, Group, Select, Stack, Table } from '@mantine/core';
import { IconRoute } from '@tabler/icons-react';
import { useCallback, useState } from 'react';
import { Link } from 'react-router';
import { useQuery } from 'urql';
import type { InstanceRowFragment, ProcessInstanceStatus } from '../gql/graphql';
import { list, say } from '../language/format';
import { useViewer } from '../session/viewer';
import { ConnectionList } from '../ui/ConnectionList';
import { EmptyState } from '../ui/EmptyState';
import { ListTable } from '../ui/ListTable';
import { FIRST_PAGE, type PageArgument, relayArguments } from '../ui/paging';
import { RelativeTime } from '../ui/RelativeTime';
import { INSTANCE_STATUS } from '../ui/status';
import { InstanceStatusBadge } from '../ui/StatusBadge';
import { useRefreshWhile } from '../ui/useRefreshWhile';
import { InstanceListDocument } from './operations';

const PAGE_SIZE = 20;
const STATUSES: readonly ProcessInstanceStatus[] = ['RUNNING', 'APPROVE', 'REJECT', 'CANCEL'];

interface InstanceListProps {
  status: ProcessInstanceStatus | null;
  onStatus: (status: ProcessInstanceStatus | null) => void;
  /** Everybody's, as far as one may see them. */
  everybodys: boolean;
  onEverybodys: (everybodys: boolean) => void;
}

/** Reads a status from the address; none where it is unknown. */
export function readStatus(text: string | null): ProcessInstanceStatus | null {
  return STATUSES.find((status) => status === text) ?? null;
}

/** The instances that one has started, or that one may see. */
export function InstanceList({ status, onStatus, everybodys, onEverybodys }: InstanceListProps) {
  const { viewer } = useViewer();
  const [page, setPage] = useState<PageArgument>(FIRST_PAGE);
  const [{ data, error }, reload] = useQuery({
    query: InstanceListDocument,
    variables: {
      filter: {
        ...(status !== null && { status: [status] }),
        ...(!everybodys && viewer !== null && { startedBy: viewer.id }),
      },
      ...relayArguments(page, PAGE_SIZE),
    },
    pause: viewer === null,
  });
  const refresh = useCallback(() => reload({ requestPolicy: 'network-only' }), [reload]);
  useRefreshWhile(
    data?.processInstances.nodes.some((instance) => instance.status === 'RUNNING') === true,
    refresh,
  );
  return (
    <Stack>
      <Group gap="xs">
        <Select
          aria-label={t`Status`}
          placeholder={t`Any status`}
          data={STATUSES.map((value) => ({ value, label: say(INSTANCE_STATUS[value].label) }))}
          value={status}
          onChange={(value) => {
            setPage(FIRST_PAGE);
            onStatus(value);
          }}
          clearable
          flex="1 1 150px"
          maw={190}
        />
        <Select
          aria-label={t`Whose`}
          data={[
            { value: 'mine', label: t`Started by me` },
            { value: 'all', label: t`All that I may see` },
          ]}
          value={everybodys ? 'all' : 'mine'}
          onChange={(value) => {
            setPage(FIRST_PAGE);
            onEverybodys(value === 'all');
          }}
          allowDeselect={false}
          flex="1 1 150px"
          maw={190}
        />
      </Group>
      <ConnectionList
        page={data?.processInstances}
        error={error}
        onReload={refresh}
        noun={(total) => plural(total, { one: '# instance', other: '# instances' })}
        onPage={setPage}
        empty={
          <EmptyState
            icon={<IconRoute size={32} />}
            title={status === null ? t`Nothing started yet` : t`No instance matches the filter`}
            text={t`Start a process, and follow it here.`}
          />
        }
      >
        {(instances) => <InstanceTable instances={instances} />}
      </ConnectionList>
    </Stack>
  );
}

function InstanceTable({ instances }: { instances: readonly InstanceRowFragment[] }) {
  return (
    <ListTable label={t`Instances`} minWidth={640} highlightOnHover>
      <Table.Thead>
        <Table.Tr>
          <Table.Th miw={170}>
            <Trans>Instance</Trans>
          </Table.Th>
          <Table.Th>
            <Trans>Started by</Trans>
          </Table.Th>
          <Table.Th>
            <Trans>Now at</Trans>
          </Table.Th>
          <Table.Th>
            <Trans>Status</Trans>
          </Table.Th>
          <Table.Th ta="right">
            <Trans>Started</Trans>
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {instances.map((instance) => (
          <Table.Tr key={instance.id}>
            <Table.Td>
              <Anchor
                component={Link}
                to={`/instances/${encodeURIComponent(instance.id)}`}
                fw={600}
                className="said"
              >
                {instance.definition.name} {instance.businessKey}
              </Anchor>
            </Table.Td>
            <Table.Td>{instance.startedBy?.name ?? '—'}</Table.Td>
            <Table.Td>{list(instance.currentNodes.map(({ name }) => name)) || '—'}</Table.Td>
            <Table.Td>
              <Group gap={6} wrap="nowrap">
                <InstanceStatusBadge status={instance.status} />
                {instance.suspended && (
                  <Badge size="sm" color="orange" variant="light" tt="none" miw="max-content">
                    <Trans>Suspended</Trans>
                  </Badge>
                )}
              </Group>
            </Table.Td>
            <Table.Td ta="right" style={{ whiteSpace: 'nowrap' }}>
              <RelativeTime at={instance.startedAt} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </ListTable>
  );
}
