import { Trans } from '@lingui/react/macro';
import { Group, Stack, Text, UnstyledButton } from '@mantine/core';
import type { Difference, PropertyChange } from '../diagram/differences';
import { kindLabel } from '../diagram/kinds';
import { MarkIcon } from '../diagram/MarkIcon';
import { markLabel } from '../diagram/marks';

interface DifferenceListProps {
  differences: readonly Difference[];
  /** The element that is shown. */
  shown: string | null;
  onShow: (id: string) => void;
}

/** What is different, element by element; each leads to where it is drawn. */
export function DifferenceList({ differences, shown, onShow }: DifferenceListProps) {
  return (
    <ul className="path" data-testid="differences">
      {differences.map(({ id, name, kind, mark, properties }) => (
        <li key={`${mark} ${id}`} data-node={id} data-mark={mark}>
          <Group gap="xs" wrap="nowrap" align="flex-start">
            <MarkIcon mark={mark} />
            <Stack gap={2}>
              <UnstyledButton onClick={() => onShow(id)} aria-pressed={shown === id} fz="sm">
                <Text span inherit fw={600} td="underline">
                  {name}
                </Text>{' '}
                <Text span inherit c="dimmed">
                  {kindLabel(kind)} · {markLabel(mark)}
                </Text>
              </UnstyledButton>
              {properties.map((change) => (
                <Property key={change.property} change={change} />
              ))}
            </Stack>
          </Group>
        </li>
      ))}
    </ul>
  );
}

function Property({ change: { property, before, after } }: { change: PropertyChange }) {
  return (
    <Text size="xs" className="said">
      <code>{property}</code>:{' '}
      {before === null ? (
        <Text span inherit c="dimmed">
          <Trans>not said</Trans>
        </Text>
      ) : (
        <del>{before}</del>
      )}{' '}
      →{' '}
      {after === null ? (
        <Text span inherit c="dimmed">
          <Trans>not said</Trans>
        </Text>
      ) : (
        <ins>{after}</ins>
      )}
    </Text>
  );
}
