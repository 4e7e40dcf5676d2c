import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Anchor, Badge, Code, Stack, Table, Text } from '@mantine/core';
import { useState } from 'react';
import { sentence } from '../api/faultText';
import type { ApprovalSheetOutcome } from '../gql/graphql';
import { count, say } from '../language/format';
import { ListTable } from '../ui/ListTable';
import { OUTCOME } from './outcomeLook';
import { OutcomeFilter } from './OutcomeFilter';
import { isCutShort, ROWS_SHOWN, type SheetPreview, type SheetRow, shownRows } from './preview';

/** The rows of a sheet with what would become of them, those first that are wrong. */
export function PreviewRows({ preview }: { preview: SheetPreview }) {
  const [outcome, setOutcome] = useState<ApprovalSheetOutcome | null>(null);
  const rows = shownRows(preview, outcome);
  return (
    <Stack gap="sm">
      <OutcomeFilter counts={preview.counts} outcome={outcome} onChange={setOutcome} />
      <ListTable label={t`Rows of the sheet`} minWidth={560}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>
              <Trans>Row</Trans>
            </Table.Th>
            <Table.Th>
              <Trans>Task</Trans>
            </Table.Th>
            <Table.Th>
              <Trans>Outcome</Trans>
            </Table.Th>
            <Table.Th w="38%">
              <Trans>Reason</Trans>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <PreviewRow key={`${row.outcome} ${row.row} ${row.sheet}`} row={row} />
          ))}
        </Table.Tbody>
      </ListTable>
      {isCutShort(preview, outcome) && (
        <Text size="sm" c="dimmed">
          <Trans>The first {count(ROWS_SHOWN)} rows of each kind are shown; all of them are run.</Trans>
        </Text>
      )}
    </Stack>
  );
}

function PreviewRow({ row }: { row: SheetRow }) {
  const { label, color } = OUTCOME[row.outcome];
  return (
    <Table.Tr data-outcome={row.outcome}>
      <Table.Td>
        <span className="numeric">{row.row}</span>
        <Text size="xs" c="dimmed" className="said">
          {row.sheet}
        </Text>
      </Table.Td>
      <Table.Td>
        <WhichTask row={row} />
      </Table.Td>
      <Table.Td>
        <Badge color={color} variant="light" size="sm" tt="none" miw="max-content">
          {say(label)}
        </Badge>
      </Table.Td>
      <Table.Td>
        <Text size="sm" className="said">
          {row.field != null && (
            <Text span inherit fw={600}>
              {row.field}:{' '}
            </Text>
          )}
          {row.field == null ? sentence(row.reason ?? '') : row.reason}
        </Text>
      </Table.Td>
    </Table.Tr>
  );
}

/** The task of a row, where it is one that whoever looks may see; it opens elsewhere, so that the sheet stays. */
function WhichTask({ row: { task, taskId } }: { row: SheetRow }) {
  if (!task) return <Code style={{ overflowWrap: 'anywhere' }}>{taskId === '' ? '—' : taskId}</Code>;
  return (
    <>
      <Anchor href={`/tasks/${encodeURIComponent(task.id)}`} target="_blank" size="sm">
        {task.name}
      </Anchor>
      {task.instance.businessKey != null && (
        <Text size="xs" fw={600} className="said">
          {task.instance.businessKey}
        </Text>
      )}
    </>
  );
}
