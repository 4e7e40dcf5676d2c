import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Anchor, Table, Text } from '@mantine/core';
import { Link } from 'react-router';
import { sentence } from '../api/faultText';
import type { StartIncidentRowFragment } from '../gql/graphql';
import { versionAddress } from '../processes/addresses';
import { ListTable } from '../ui/ListTable';
import { RelativeTime } from '../ui/RelativeTime';
import { startOf } from './about';
import { BeginAgain } from './BeginAgain';

interface StartIncidentTableProps {
  incidents: readonly StartIncidentRowFragment[];
  onChanged: () => void;
}

/** What could not begin of any processes, each with a way to have it tried again. */
export function StartIncidentTable({ incidents, onChanged }: StartIncidentTableProps) {
  return (
    <ListTable label={t`What could not begin`} minWidth={720} highlightOnHover>
      <Table.Thead>
        <Table.Tr>
          <Table.Th miw={190}>
            <Trans>Process</Trans>
          </Table.Th>
          <Table.Th w="45%">
            <Trans>What is wrong</Trans>
          </Table.Th>
          <Table.Th>
            <Trans>Since</Trans>
          </Table.Th>
          <Table.Th aria-label={t`What can be done`} />
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {incidents.map((incident) => {
          const { id, definition, code, message, createdAt } = incident;
          const name = startOf(incident);
          return (
            <Table.Tr key={id} data-incident={id}>
              <Table.Td>
                <Anchor
                  component={Link}
                  to={versionAddress(definition.key, definition.version)}
                  size="sm"
                  fw={600}
                  className="said"
                >
                  {definition.name}
                </Anchor>
                <Text size="sm" c="dimmed">
                  {name} · <Trans>Version {definition.version}</Trans>
                </Text>
              </Table.Td>
              <Table.Td>
                <code>{code}</code>
                <Text size="sm" className="said">
                  {sentence(message)}
                </Text>
              </Table.Td>
              <Table.Td style={{ whiteSpace: 'nowrap' }}>
                <RelativeTime at={createdAt} />
              </Table.Td>
              <Table.Td ta="right">
                <BeginAgain incidentId={id} name={name} onChanged={onChanged} />
              </Table.Td>
            </Table.Tr>
          );
        })}
      </Table.Tbody>
    </ListTable>
  );
}
