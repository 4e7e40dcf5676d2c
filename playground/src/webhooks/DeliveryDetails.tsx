import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Code, Stack, Table, Text, Title } from '@mantine/core';
import { count } from '../language/format';
import { RelativeTime } from '../ui/RelativeTime';
import { duration } from '../ui/time';
import type { Delivery } from './DeliveryTable';

/** What was sent, and what came of each attempt. */
export function DeliveryDetails({ delivery }: { delivery: Delivery }) {
  return (
    <Stack gap="sm" py="xs">
      <Text size="sm">
        <Trans>
          Id of the event, the same in each attempt: <code>{delivery.messageId}</code>
        </Trans>
      </Text>
      {delivery.attempts.length > 0 && (
        <Table withRowBorders={false} verticalSpacing={4} aria-label={t`Attempts`}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>
                <Trans>Attempt</Trans>
              </Table.Th>
              <Table.Th>
                <Trans>When</Trans>
              </Table.Th>
              <Table.Th>
                <Trans>It took</Trans>
              </Table.Th>
              <Table.Th>
                <Trans>Answer</Trans>
              </Table.Th>
              <Table.Th w="40%">
                <Trans>Why it has not arrived</Trans>
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {delivery.attempts.map(({ number, at, durationMs, statusCode, error }) => (
              <Table.Tr key={number} data-attempt={number}>
                <Table.Td className="numeric">{count(number)}</Table.Td>
                <Table.Td>
                  <RelativeTime at={at} />
                </Table.Td>
                <Table.Td className="numeric">{duration(durationMs)}</Table.Td>
                <Table.Td className="numeric">{statusCode ?? '—'}</Table.Td>
                <Table.Td className="said">{error ?? '—'}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      <Title order={3} size="h6">
        <Trans>What is sent</Trans>
      </Title>
      <Code block mah={280} style={{ overflow: 'auto' }} tabIndex={0}>
        {JSON.stringify(delivery.payload, null, 2)}
      </Code>
    </Stack>
  );
}
