import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Anchor, Badge, Group, Stack, Text } from '@mantine/core';
import { IconAlarm, IconClockExclamation, IconLock } from '@tabler/icons-react';
import { Link } from 'react-router';
import type { TaskRow } from '../inbox/inboxState';
import { count, list } from '../language/format';
import { RelativeTime } from '../ui/RelativeTime';
import { useNow } from '../ui/useNow';
import type { TaskDetails } from './actions';

/** When a task should be done, and whether that has passed. */
export function DueBadge({ task }: { task: Pick<TaskRow, 'dueAt' | 'finishedAt'> }) {
  const now = useNow();
  if (task.dueAt == null || task.finishedAt != null) return null;
  const isOverdue = new Date(task.dueAt) < now;
  return (
    <Badge
      variant={isOverdue ? 'light' : 'outline'}
      color={isOverdue ? 'red' : 'gray'}
      tt="none"
      size="sm"
      leftSection={<IconClockExclamation size={12} />}
      data-overdue={isOverdue || undefined}
    >
      {isOverdue ? (
        <Trans>
          Overdue <RelativeTime at={task.dueAt} />
        </Trans>
      ) : (
        <Trans>
          Due <RelativeTime at={task.dueAt} />
        </Trans>
      )}
    </Badge>
  );
}

/** Somebody has asked for a decision. */
export function UrgedBadge({ task }: { task: Pick<TaskRow, 'urgedAt' | 'finishedAt'> }) {
  if (task.urgedAt == null || task.finishedAt != null) return null;
  return (
    <Badge variant="light" color="orange" tt="none" size="sm" leftSection={<IconAlarm size={12} />}>
      <Trans>Urged</Trans>
    </Badge>
  );
}

/** A batch is deciding it, and nobody else meanwhile. */
export function HeldBadge({ task }: { task: Pick<TaskRow, 'lockedBy' | 'finishedAt'> }) {
  if (task.lockedBy == null || task.finishedAt != null) return null;
  return (
    <Badge variant="light" color="grape" tt="none" size="sm" leftSection={<IconLock size={12} />}>
      <Trans>Held by a batch</Trans>
    </Badge>
  );
}

/** Whose a task is, or who may claim it. */
export function Holder({ task }: { task: TaskRow }) {
  if (task.decidedBy && task.finishedAt != null) return <Trans>Decided by {task.decidedBy.name}</Trans>;
  if (task.assignee) return <Trans>With {task.assignee.name}</Trans>;
  if (task.candidates.length === 0) return <Trans>With nobody</Trans>;
  return <Trans>To be claimed by {list(task.candidates.map(({ name }) => name))}</Trans>;
}

/** How those stand who are asked together; null where one is asked alone. */
export function roundOf({ round }: Pick<TaskDetails, 'round'>): string | null {
  if (round.asked < 2) return null;
  const rule =
    round.counting === 'RATIO'
      ? t`${count(round.ratio ?? 100)}% of them must approve`
      : round.counting === 'SEQUENTIAL'
        ? t`one after the other`
        : t`the first decides`;
  const said = [
    round.approved > 0 && t`${count(round.approved)} approved`,
    round.rejected > 0 && t`${count(round.rejected)} rejected`,
  ].filter((part) => typeof part === 'string');
  const heard = said.length === 0 ? t`nobody has decided yet` : list(said);
  return t`${count(round.asked)} are asked, ${rule}: ${heard}.`;
}

/** What a task is about, and how it stands. */
export function TaskFacts({ task }: { task: TaskDetails }) {
  const { instance } = task;
  const notes = [
    task.resubmission && t`It was sent back: mend what was asked for and send it again.`,
    task.delegated && task.owner && t`${task.owner.name} asks what you think, and decides then.`,
    task.insteadOf && t`In place of ${task.insteadOf.name}, who is away.`,
    task.signerOf != null &&
      (task.sign === 'AFTER' ? t`Added as a signer after them.` : t`Added as a signer before them.`),
    roundOf(task),
    task.copiedBy && t`${task.copiedBy.name} has shown it to you.`,
    task.lockedBy != null && t`A batch holds it; nobody else decides it meanwhile.`,
    instance.suspended && t`The instance is suspended: nothing can be decided until it is resumed.`,
  ].filter((note) => typeof note === 'string');
  return (
    <Stack gap={6}>
      <Group gap="xs">
        <DueBadge task={task} />
        <UrgedBadge task={task} />
      </Group>
      <Text size="sm">
        <Anchor component={Link} to={`/instances/${encodeURIComponent(instance.id)}`} underline="always">
          {instance.definition.name}
          {instance.businessKey != null && ` ${instance.businessKey}`}
        </Anchor>
        {' · '}
        <Trans>
          started by {instance.startedBy?.name ?? t`somebody without a token`}{' '}
          <RelativeTime at={instance.startedAt} />
        </Trans>
      </Text>
      <Text size="sm" c="dimmed">
        <Holder task={task} />
      </Text>
      {notes.map((note) => (
        <Text key={note} size="sm">
          {note}
        </Text>
      ))}
    </Stack>
  );
}
