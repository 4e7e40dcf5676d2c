import { t } from '@lingui/core/macro';
import { Group, Text, UnstyledButton } from '@mantine/core';
import { moment } from '../language/format';
import { Part } from '../ui/Part';
import { RelativeTime } from '../ui/RelativeTime';
import { useNow } from '../ui/useNow';
import { useRefreshWhile } from '../ui/useRefreshWhile';
import { begunBy, isDue, type StartEvent, whyNot } from './beginning';

interface BeginsByProps {
  events: readonly StartEvent[];
  isNewest: boolean;
  /** What nodes are called. */
  nodes: ReadonlyMap<string, string>;
  /** The element that is shown. */
  shown: string | null;
  onShow: (node: string) => void;
  /** Reads the process again; stays the same function. */
  refresh: () => void;
}

/** What begins a process, each with when it does so next; a press shows where it is drawn. */
export function BeginsBy({ events, isNewest, nodes, shown, onShow, refresh }: BeginsByProps) {
  // No subscription tells that a timer has begun something.
  useRefreshWhile(isDue(events, useNow()), refresh);
  if (events.length === 0) return null;
  return (
    <Part title={t`What begins it`}>
      <ul className="path" aria-label={t`What begins it`}>
        {events.map((event) => {
          const { nodeId, dueAt } = event;
          const not = whyNot(event, isNewest);
          return (
            <li key={nodeId} data-node={nodeId}>
              <UnstyledButton onClick={() => onShow(nodeId)} aria-pressed={shown === nodeId} fz="sm">
                <Text span inherit fw={600} td="underline" translate="no">
                  {nodes.get(nodeId) ?? nodeId}
                </Text>
              </UnstyledButton>
              <Group gap="xs">
                <Text size="sm" className="said">
                  {begunBy(event)}
                  {dueAt !== null && (
                    <>
                      {' '}
                      <RelativeTime at={dueAt} near={t`any moment`} />
                    </>
                  )}
                </Text>
                {dueAt !== null && (
                  <Text size="sm" c="dimmed">
                    {moment(new Date(dueAt))}
                  </Text>
                )}
                {not !== null && (
                  <Text size="sm" c="dimmed">
                    {not}
                  </Text>
                )}
              </Group>
            </li>
          );
        })}
      </ul>
    </Part>
  );
}
