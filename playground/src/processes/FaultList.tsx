import { t } from '@lingui/core/macro';
import { Plural, Trans } from '@lingui/react/macro';
import { Alert, Button, Code, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { PartFault } from '../api/fault';
import { sentence } from '../api/faultText';
import type { Mark } from '../diagram/marks';
import { count } from '../language/format';
import type { DocumentFile } from './documentFile';
import { lineOf } from './faultsInDocument';

/** Says that a document was refused, and what to do about it. */
export function Refused({ file, faults }: { file: DocumentFile; faults: readonly PartFault[] }) {
  return (
    <Alert
      color="red"
      icon={<IconAlertTriangle />}
      title={
        <Plural
          value={faults.length}
          one={`${file.name} cannot be deployed: # fault`}
          other={`${file.name} cannot be deployed: # faults`}
        />
      }
      role="alert"
    >
      <Text size="sm">
        <Trans>Mend the file in the tool it was drawn with, and drop it here again.</Trans>
      </Text>
    </Alert>
  );
}

interface FoundListProps {
  file: DocumentFile;
  /** What is found is at places in a tree then, and not at lines. */
  isChart: boolean;
  found: readonly PartFault[];
  /** The element that is shown. */
  shown: string | null;
  onShow: (element: string) => void;
}

/** Everything that is wrong with a document; what is wrong with an element leads to it. */
export function FaultList({ found, ...seen }: FoundListProps) {
  return (
    <Paper withBorder radius="lg" p="md" component="section" aria-label={t`Faults`}>
      <Title order={2} size="h4" mb="sm">
        <Trans>Faults</Trans>
      </Title>
      <FoundItems label={t`Faults`} mark="faulty" color="red" found={found} {...seen} />
    </Paper>
  );
}

/** What is kept of a document and not executed; nothing where there is nothing, since it hinders nobody. */
export function NoteList({ found, ...seen }: FoundListProps) {
  if (found.length === 0) return null;
  return (
    <Paper withBorder radius="lg" p="md" component="section" aria-label={t`Kept, and not executed here`}>
      <Title order={2} size="h4">
        <Trans>Kept, and not executed here</Trans>
      </Title>
      <Text size="sm" c="dimmed" mb="sm">
        <Trans>None of this hinders deploying; it is told so that nobody relies on it.</Trans>
      </Text>
      <FoundItems label={t`Kept, and not executed here`} mark="noted" color="gray" found={found} {...seen} />
    </Paper>
  );
}

interface FoundItemsProps extends FoundListProps {
  label: string;
  /** How their elements are marked where they are drawn. */
  mark: Mark;
  color: string;
}

function FoundItems({ file, isChart, found, shown, onShow, label, mark, color }: FoundItemsProps) {
  return (
    <ol className="found-list" aria-label={label} data-mark={mark}>
      {found.map(({ line, path, element, message }, index) => {
        const text = isChart ? null : lineOf(file.text, line);
        return (
          <li key={index} data-shown={(element !== undefined && element === shown) || undefined}>
            <Stack gap={4}>
              <Group gap="xs">
                {element !== undefined && (
                  <Button
                    variant="light"
                    color={color}
                    size="compact-sm"
                    ff="monospace"
                    aria-pressed={element === shown}
                    onClick={() => onShow(element)}
                  >
                    {element}
                  </Button>
                )}
                {isChart && path !== undefined && (
                  <Text span size="sm" c="dimmed" ff="monospace" className="said">
                    {path}
                  </Text>
                )}
                {!isChart && line !== undefined && (
                  <Text span size="sm" c="dimmed" className="numeric">
                    <Trans>line {count(line)}</Trans>
                  </Text>
                )}
              </Group>
              <Text size="sm" className="said">
                {sentence(message)}
              </Text>
              {text !== null && (
                <Code block className="found-line">
                  {text}
                </Code>
              )}
            </Stack>
          </li>
        );
      })}
    </ol>
  );
}
