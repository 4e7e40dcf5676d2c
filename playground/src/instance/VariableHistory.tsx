import { plural, t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Skeleton, Stack, Table, Text } from '@mantine/core';
import { useState } from 'react';
import { useQuery } from 'urql';
import { faultOfResult } from '../api/fault';
import { FaultAlert } from '../ui/FaultAlert';
import { Folded } from '../ui/Folded';
import { Pager } from '../ui/Pager';
import { LAST_PAGE, type PageArgument, relayArguments } from '../ui/paging';
import { RelativeTime } from '../ui/RelativeTime';
import { VariableHistoryDocument } from './operations';

const PAGE_SIZE = 20;

/** Who gave which variable which value, for whoever may see them; read when it is opened. */
export function VariableHistory({ instanceId }: { instanceId: string }) {
  return (
    <Folded title={t`Variables over time`}>
      <Values instanceId={instanceId} />
    </Folded>
  );
}

function Values({ instanceId }: { instanceId: string }) {
  const [page, setPage] = useState<PageArgument>(LAST_PAGE);
  const [{ data, error }, reload] = useQuery({
    query: VariableHistoryDocument,
    variables: { id: instanceId, ...relayArguments(page, PAGE_SIZE) },
    requestPolicy: 'cache-and-network',
  });
  const values = data?.processInstance?.variableHistory;
  if (error)
    return (
      <FaultAlert fault={faultOfResult(error)} onRetry={() => reload({ requestPolicy: 'network-only' })} />
    );
  if (!values) return <Skeleton h={80} radius="md" />;
  return (
    <Stack gap="sm">
      <Table.ScrollContainer minWidth={360}>
        <Table aria-label={t`Variables over time`} verticalSpacing={6}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>
                <Trans>Variable</Trans>
              </Table.Th>
              <Table.Th>
                <Trans>Value</Trans>
              </Table.Th>
              <Table.Th>
                <Trans>By</Trans>
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {values.nodes.map(({ name, value, at, changedBy, task }, index) => (
              <Table.Tr key={index}>
                <Table.Td>
                  <code>{name}</code>
                </Table.Td>
                <Table.Td className="said">{JSON.stringify(value)}</Table.Td>
                <Table.Td>
                  {changedBy?.name ?? t`the process`}
                  {task && t` at “${task.name}”`}{' '}
                  <Text span inherit c="dimmed">
                    <RelativeTime at={at} />
                  </Text>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {values.totalCount > values.nodes.length && (
        <Pager
          noun={(total) => plural(total, { one: '# value', other: '# values' })}
          totalCount={values.totalCount}
          shown={values.nodes.length}
          ends={values.pageInfo}
          onPage={setPage}
        />
      )}
    </Stack>
  );
}
