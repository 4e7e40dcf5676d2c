import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Alert, Text } from '@mantine/core';
import { IconInfoCircle } from '@tabler/icons-react';
import type { Fault } from '../api/fault';
import { sentence } from '../api/faultText';
import { say } from '../language/format';
import { RelativeTime } from '../ui/RelativeTime';
import { TASK_STATUS } from '../ui/status';
import type { TaskDetails } from './actions';

/** Somebody was first: what they did, without alarm. */
export function Conflict({ fault, task }: { fault: Fault; task: TaskDetails }) {
  return (
    <Alert
      color="blue"
      icon={<IconInfoCircle />}
      title={t`Somebody was first`}
      role="status"
      data-testid="conflict"
    >
      <Text size="sm">{sentence(fault.message)}</Text>
      {task.decidedBy && task.finishedAt != null && <Outcome task={task} />}
      <Text size="sm" mt={4}>
        <Trans>What is shown here is how it stands now.</Trans>
      </Text>
    </Alert>
  );
}

function Outcome({ task }: { task: TaskDetails }) {
  return (
    <Text size="sm">
      {task.decidedBy
        ? t`${say(TASK_STATUS[task.status].label)} by ${task.decidedBy.name}`
        : say(TASK_STATUS[task.status].label)}
      {task.finishedAt != null && (
        <>
          {' '}
          <RelativeTime at={task.finishedAt} />
        </>
      )}
      {task.reason != null && `: ${task.reason}`}
    </Text>
  );
}

/** What became of it. */
export function Settled({ task }: { task: TaskDetails }) {
  return (
    <Alert
      color={TASK_STATUS[task.status].color}
      icon={<IconInfoCircle />}
      role="status"
      data-testid="settled"
    >
      <Outcome task={task} />
    </Alert>
  );
}
