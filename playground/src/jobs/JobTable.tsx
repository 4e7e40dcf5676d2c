import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Anchor, Badge, Table, Text } from '@mantine/core';
import { Link } from 'react-router';
import type { JobRowFragment } from '../gql/graphql';
import { ListTable } from '../ui/ListTable';
import { RelativeTime } from '../ui/RelativeTime';
import { attemptsText, JobError, JobStanding, JobTiming } from './JobFacts';
import { InstanceLink } from './InstanceLink';
import { useInstanceNames } from './useInstanceNames';

interface JobTableProps {
  jobs: readonly JobRowFragment[];
  onTopic: (topic: string) => void;
}

/** Jobs of any instances. */
export function JobTable({ jobs, onTopic }: JobTableProps) {
  const names = useInstanceNames(jobs.map(({ instanceId }) => instanceId));
  return (
    <ListTable label={t`Jobs`} minWidth={860} highlightOnHover>
      <Table.Thead>
        <Table.Tr>
          <Table.Th miw={130}>
            <Trans>Topic</Trans>
          </Table.Th>
          <Table.Th miw={190}>
            <Trans>Instance</Trans>
          </Table.Th>
          <Table.Th miw={150}>
            <Trans>Status</Trans>
          </Table.Th>
          <Table.Th>
            <Trans>Attempts</Trans>
          </Table.Th>
          <Table.Th w="28%">
            <Trans>Last error</Trans>
          </Table.Th>
          <Table.Th ta="right">
            <Trans>Created</Trans>
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {jobs.map((job) => (
          <Table.Tr key={job.id} data-job={job.id} data-status={job.status}>
            <Table.Td>
              <Anchor
                component="button"
                type="button"
                size="sm"
                fw={600}
                ta="left"
                className="said"
                title={t`Only this topic`}
                onClick={() => onTopic(job.topic)}
              >
                {job.topic}
              </Anchor>
              {job.kind === 'HTTP' && (
                <Badge size="sm" variant="light" color="gray" tt="none" ml={6}>
                  {job.kind}
                </Badge>
              )}
            </Table.Td>
            <Table.Td>
              <InstanceLink id={job.instanceId} names={names.get(job.instanceId)} />
              <Text size="sm" c="dimmed">
                {names.get(job.instanceId)?.nodes.get(job.nodeId) ?? job.nodeId}
              </Text>
            </Table.Td>
            <Table.Td>
              <JobStanding job={job} />
              <Text size="sm" c="dimmed" component="div">
                <JobTiming job={job} />
              </Text>
            </Table.Td>
            <Table.Td>{attemptsText(job)}</Table.Td>
            <Table.Td>
              <JobError job={job} />
              {job.status === 'FAILED' && (
                <Anchor
                  component={Link}
                  to={`/incidents?find=${encodeURIComponent(job.topic)}`}
                  size="sm"
                  underline="always"
                >
                  <Trans>To its incident</Trans>
                </Anchor>
              )}
            </Table.Td>
            <Table.Td ta="right" style={{ whiteSpace: 'nowrap' }}>
              <RelativeTime at={job.createdAt} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </ListTable>
  );
}
