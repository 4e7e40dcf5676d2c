import { Anchor, Badge, Group, Text } from '@mantine/core';
import { Link } from 'react-router';
import { RelativeTime } from '../ui/RelativeTime';
import { Folded } from './Folded';
import type { InstanceDetails } from './InstancePage';
import { EVENTS, isOnTheWay, OUTCOMES } from './path';

/** The way of the tokens, through the processes that were called too. */
export function Path({ instance }: { instance: InstanceDetails }) {
  const children = new Map(instance.children.map((child) => [child.id, child.definition.name]));
  const stays = instance.path.filter(isOnTheWay);
  if (stays.length === 0) return null;
  return (
    <Folded title="The way it took" note={`${stays.length.toLocaleString()} stays`}>
      <ol className="path" data-testid="path">
        {stays.map((stay, index) => (
          <li key={index} data-node={stay.nodeId}>
            <Group gap="xs" justify="space-between" wrap="nowrap">
              <Text size="sm">
                {stay.name}
                {EVENTS[stay.kind] !== undefined && (
                  <Text span size="xs" c="dimmed" ml={6}>
                    {EVENTS[stay.kind]}
                  </Text>
                )}
                {stay.instanceId !== instance.id && (
                  <Anchor
                    component={Link}
                    to={`/instances/${encodeURIComponent(stay.instanceId)}`}
                    size="xs"
                    underline="always"
                    ml={6}
                  >
                    in {children.get(stay.instanceId) ?? 'a called process'}
                  </Anchor>
                )}
              </Text>
              <Text size="xs" c="dimmed" component="span" style={{ flexShrink: 0 }}>
                {stay.leftAt == null ? (
                  <Badge variant="light" tt="none" size="sm">
                    here now
                  </Badge>
                ) : (
                  <>
                    {OUTCOMES[stay.outcome ?? ''] ?? ''} <RelativeTime at={stay.leftAt} />
                  </>
                )}
              </Text>
            </Group>
          </li>
        ))}
      </ol>
    </Folded>
  );
}
