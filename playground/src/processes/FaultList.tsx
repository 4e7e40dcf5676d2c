import { t } from '@lingui/core/macro';
import { Plural, Trans } from '@lingui/react/macro';
import { Alert, Button, Code, Stack, Table, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { PartFault } from '../api/fault';
import { sentence } from '../api/faultText';
import type { DocumentFile } from './documentFile';
import { lineOf } from './faultsInDocument';

interface FaultListProps {
  file: DocumentFile;
  faults: readonly PartFault[];
  /** The element that is shown. */
  shown: string | null;
  onShow: (element: string) => void;
}

/** Everything that is wrong with a document; what is wrong with an element leads to it. */
export function FaultList({ file, faults, shown, onShow }: FaultListProps) {
  return (
    <Alert
      color="red"
      icon={<IconAlertTriangle />}
      title={
        <>
          <Trans>{file.name} cannot be deployed:</Trans>{' '}
          <Plural value={faults.length} one="# fault" other="# faults" />
        </>
      }
      role="alert"
    >
      <Stack gap="xs">
        <Text size="sm">
          <Trans>Mend the file in the tool it was drawn with, and drop it here again.</Trans>
        </Text>
        <Table.ScrollContainer minWidth={380} type="native">
          <Table aria-label={t`Faults`} verticalSpacing={6}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>
                  <Trans>Line</Trans>
                </Table.Th>
                <Table.Th>
                  <Trans>Element</Trans>
                </Table.Th>
                <Table.Th>
                  <Trans>What is wrong</Trans>
                </Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {faults.map(({ line, element, message }, index) => {
                const text = lineOf(file.text, line);
                return (
                  <Table.Tr
                    key={index}
                    data-shown={(element !== undefined && element === shown) || undefined}
                  >
                    <Table.Td className="numeric">{line ?? '—'}</Table.Td>
                    <Table.Td>
                      {element === undefined ? (
                        '—'
                      ) : (
                        <Button
                          variant="subtle"
                          color="red"
                          size="compact-sm"
                          ff="monospace"
                          aria-pressed={element === shown}
                          onClick={() => onShow(element)}
                        >
                          {element}
                        </Button>
                      )}
                    </Table.Td>
                    <Table.Td>
                      {sentence(message)}
                      {text !== null && (
                        <Code block className="fault-line">
                          {text}
                        </Code>
                      )}
                    </Table.Td>
                  </Table.Tr>
                );
              })}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      </Stack>
    </Alert>
  );
}
