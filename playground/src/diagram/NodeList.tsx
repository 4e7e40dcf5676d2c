import { Group, Text } from '@mantine/core';
import { MarkIcon } from './MarkIcon';
import { markLabel, type Marks } from './marks';

interface NodeListProps {
  nodes: readonly { id: string; name: string }[];
  marks: Marks;
  /** What is said of elements beside their marks. */
  notes?: ReadonlyMap<string, string>;
}

/** What a drawing shows, as words: the elements that are marked, in the document's order. */
export function NodeList({ nodes, marks, notes }: NodeListProps) {
  return (
    <ul className="path" data-testid="node-list">
      {nodes.map(({ id, name }) => {
        const mark = marks.get(id);
        if (!mark) return null;
        return (
          <li key={id} data-node={id} data-mark={mark}>
            <Group gap="xs" wrap="nowrap">
              <MarkIcon mark={mark} />
              <Text size="sm">
                {name}: {markLabel(mark)}
                {notes?.has(id) && ` · ${notes.get(id) ?? ''}`}
              </Text>
            </Group>
          </li>
        );
      })}
    </ul>
  );
}
