import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Group, Text } from '@mantine/core';
import { useId } from 'react';
import { Link } from 'react-router';
import { DueBadge, HeldBadge, Holder, UrgedBadge } from '../task/TaskFacts';
import { RelativeTime } from '../ui/RelativeTime';
import { TaskStatusBadge } from '../ui/StatusBadge';
import type { TaskRow } from './inboxState';
import { type Choice, TaskChoice } from './TaskChoice';

interface TaskItemProps {
  task: TaskRow;
  /** The address at which it is open beside the list. */
  to: string;
  isOpen: boolean;
  /** Its status is not what one expects of the list. */
  withStatus: boolean;
  /** Null where nothing is to be chosen. */
  choice: Choice | null;
}

/** A task in a list. */
export function TaskItem({ task, to, isOpen, withStatus, choice }: TaskItemProps) {
  const { instance } = task;
  const name = useId();
  const about = useId();
  return (
    <li
      className="task-item"
      data-task={task.id}
      data-status={task.status}
      data-open={isOpen || undefined}
      data-choice={choice ? true : undefined}
      data-chosen={choice?.selected === true || undefined}
    >
      {choice && <TaskChoice task={task} choice={choice} names={`${name} ${about}`} />}
      <div className="task-item-what">
        <Link to={to} className="task-item-link" replace={isOpen} id={name}>
          {task.name}
        </Link>
        <Text size="sm" c="dimmed" className="said" id={about}>
          {instance.definition.name}
          {instance.businessKey != null && (
            <>
              {' '}
              <Text span inherit fw={600} c="var(--mantine-color-text)">
                {instance.businessKey}
              </Text>
            </>
          )}
        </Text>
      </div>
      <div className="task-item-who">
        <Text size="sm">
          {instance.startedBy?.name ?? t`Somebody without a token`}
          <Text span inherit c="dimmed">
            <Trans>
              {' '}
              started it <RelativeTime at={instance.startedAt} />
            </Trans>
          </Text>
        </Text>
        <Text size="sm" c="dimmed">
          <Holder task={task} />
          {task.finishedAt != null && (
            <>
              {' '}
              <RelativeTime at={task.finishedAt} />
            </>
          )}
        </Text>
      </div>
      <Group gap={6} className="task-item-state">
        <HeldBadge task={task} />
        <UrgedBadge task={task} />
        <DueBadge task={task} />
        {(withStatus || task.status !== 'RUNNING') && <TaskStatusBadge status={task.status} />}
      </Group>
    </li>
  );
}
