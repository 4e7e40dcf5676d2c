import { plural, t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Anchor, Badge, Group, Text } from '@mantine/core';
import { Link } from 'react-router';
import { say } from '../language/format';
import { Folded } from '../ui/Folded';
import { RelativeTime } from '../ui/RelativeTime';
import type { InstanceDetails } from './InstancePage';
import { EVENTS, isOnTheWay, OUTCOMES } from './path';

/** The way of the tokens, through the processes that were called too. */
export function Path({ instance }: { instance: InstanceDetails }) {
  const children = new Map(instance.children.map((child) => [child.id, child.definition.name]));
  const stays = instance.path.filter(isOnTheWay);
  if (stays.length === 0) return null;
  return (
    <Folded title={t`The way it took`} note={plural(stays.length, { one: '# stay', other: '# stays' })}>
      <ol className="path" data-testid="path">
        {stays.map((stay, index) => {
          const event = EVENTS[stay.kind];
          const outcome = OUTCOMES[stay.outcome ?? ''];
          return (
            <li key={index} data-node={stay.nodeId}>
              <Group gap="xs" justify="space-between" wrap="nowrap">
                <Text size="sm">
                  {stay.name}
                  {event !== undefined && (
                    <Text span size="xs" c="dimmed" ml={6}>
                      {say(event)}
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
                      <Trans>in {children.get(stay.instanceId) ?? t`a called process`}</Trans>
                    </Anchor>
                  )}
                </Text>
                <Text size="xs" c="dimmed" component="span" style={{ flexShrink: 0 }}>
                  {stay.leftAt == null ? (
                    <Badge variant="light" tt="none" size="sm">
                      <Trans>here now</Trans>
                    </Badge>
                  ) : (
                    <>
                      {outcome && say(outcome)} <RelativeTime at={stay.leftAt} />
                    </>
                  )}
                </Text>
              </Group>
            </li>
          );
        })}
      </ol>
    </Folded>
  );
}
