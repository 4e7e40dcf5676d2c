import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Group, Text } from '@mantine/core';
import { RelativeTime } from '../ui/RelativeTime';
import { useNow } from '../ui/useNow';
import { useRefreshWhile } from '../ui/useRefreshWhile';
import type { InstanceDetails } from './InstancePage';
import { Part } from '../ui/Part';
import { awaited, isOverdue } from './waiting';

interface WaitsForProps {
  instance: InstanceDetails;
  /** Reads the instance again; stays the same function. */
  refresh: () => void;
}

/** What an instance waits for beside people; nothing where there is nothing. */
export function WaitsFor({ instance, refresh }: WaitsForProps) {
  // That a timer could not fire changes nothing in the instance, so that no progress tells of it.
  useRefreshWhile(isOverdue(instance, useNow()), refresh);
  if (instance.waitsFor.length === 0) return null;
  return (
    <Part title={t`Waits for`}>
      {instance.waitsFor.map((wait, index) => (
        <div key={index} data-node={wait.node.id}>
          <Text size="sm" fw={600}>
            {wait.node.name}
          </Text>
          <Group justify="space-between" gap="xs">
            <Text size="sm" className="said">
              {awaited(wait)}
              {wait.dueAt !== null && (
                <>
                  {' '}
                  <RelativeTime at={wait.dueAt} near={t`any moment`} />
                </>
              )}
            </Text>
            <Text size="sm" c="dimmed">
              <Trans>
                began to wait <RelativeTime at={wait.createdAt} />
              </Trans>
            </Text>
          </Group>
        </div>
      ))}
    </Part>
  );
}
