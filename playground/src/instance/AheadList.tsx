import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Group, Stack, Text } from '@mantine/core';
import { sentence } from '../api/faultText';
import type { AheadFragment } from '../gql/graphql';
import { list, say } from '../language/format';
import { TASK_STATUS } from '../ui/status';

type Node = AheadFragment['nodes'][number];

/** Whom a process will ask, in order, if everybody approves. */
export function AheadList({ ahead }: { ahead: AheadFragment }) {
  return (
    <Stack gap={6} data-testid="ahead">
      {ahead.nodes.map((node, index) => (
        <Group key={index} justify="space-between" gap="xs" align="baseline">
          <Text size="sm">{node.name}</Text>
          <Text size="sm" c="dimmed">
            {whoDecides(node)}
          </Text>
        </Group>
      ))}
      {ahead.nodes.length === 0 && ahead.stoppedBy == null && (
        <Text size="sm" c="dimmed">
          <Trans>Nobody else is asked.</Trans>
        </Text>
      )}
      {ahead.stoppedBy != null && (
        <Text size="sm" c="dimmed">
          <Trans>It is not known further: {sentence(ahead.stoppedBy)}</Trans>
        </Text>
      )}
    </Stack>
  );
}

function whoDecides({ assignees, candidates, settled }: Node): string {
  if (settled != null) return t`${say(TASK_STATUS[settled].label)} by a rule`;
  const names = (assignees.length > 0 ? assignees : candidates).map(({ name }) => name);
  return names.length > 0 ? list(names) : t`Nobody yet`;
}
