import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Anchor, Table, Text } from '@mantine/core';
import { Link } from 'react-router';
import { sentence } from '../api/faultText';
import type { IncidentRowFragment, JobRowFragment } from '../gql/graphql';
import { InstanceLink } from '../jobs/InstanceLink';
import { attemptsText } from '../jobs/JobFacts';
import { ListTable } from '../ui/ListTable';
import { RelativeTime } from '../ui/RelativeTime';
import { namesOf } from './about';
import { TryAgain } from './TryAgain';

/** An incident with the job that it is about. */
export interface Told {
  incident: IncidentRowFragment;
  job: JobRowFragment | null;
}

/** Incidents of any instances, each with a way to have it done again. */
export function IncidentTable({ told, onChanged }: { told: readonly Told[]; onChanged: () => void }) {
  return (
    <ListTable label={t`Incidents`} minWidth={820} highlightOnHover>
      <Table.Thead>
        <Table.Tr>
          <Table.Th miw={190}>
            <Trans>Instance</Trans>
          </Table.Th>
          <Table.Th w="36%">
            <Trans>What is wrong</Trans>
          </Table.Th>
          <Table.Th miw={130}>
            <Trans>Job</Trans>
          </Table.Th>
          <Table.Th>
            <Trans>Since</Trans>
          </Table.Th>
          <Table.Th aria-label={t`What can be done`} />
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {told.map(({ incident, job }) => {
          const { name, node } = namesOf(incident);
          return (
            <Table.Tr key={incident.id} data-incident={incident.id}>
              <Table.Td>
                <InstanceLink id={incident.instanceId} names={name === null ? null : { name }} />
                <Text size="sm" c="dimmed">
                  {node}
                </Text>
              </Table.Td>
              <Table.Td>
                <code>{incident.code}</code>
                <Text size="sm" className="said">
                  {sentence(incident.message)}
                </Text>
              </Table.Td>
              <Table.Td>
                {job === null ? (
                  '—'
                ) : (
                  <>
                    <Anchor
                      component={Link}
                      to={`/jobs?status=FAILED&topic=${encodeURIComponent(job.topic)}`}
                      size="sm"
                      className="said"
                    >
                      {job.topic}
                    </Anchor>
                    <Text size="sm" c="dimmed">
                      {attemptsText(job)}
                    </Text>
                  </>
                )}
              </Table.Td>
              <Table.Td style={{ whiteSpace: 'nowrap' }}>
                <RelativeTime at={incident.createdAt} />
              </Table.Td>
              <Table.Td ta="right">
                <TryAgain incidentId={incident.id} name={node} job={job} onChanged={onChanged} />
              </Table.Td>
            </Table.Tr>
          );
        })}
      </Table.Tbody>
    </ListTable>
  );
}
