import { Badge } from '@mantine/core';
import type { JobStatus, ProcessInstanceStatus, TaskStatus, WebhookDeliveryStatus } from '../gql/graphql';
import { say } from '../language/format';
import {
  DELIVERY_STATUS,
  INSTANCE_STATUS,
  JOB_STATUS,
  STATUS,
  type Status,
  type StatusLook,
  TASK_STATUS,
} from './status';

interface Shape {
  size?: 'xs' | 'sm' | 'md' | 'lg';
  /** Filled, to stand out on a picture. */
  filled?: boolean;
}

function Look({ look, status, size = 'sm', filled = false }: Shape & { look: StatusLook; status: string }) {
  const { label, color, solid } = look;
  return (
    <Badge
      color={filled ? solid : color}
      variant={filled ? 'filled' : 'light'}
      size={size}
      tt="none"
      data-status={status}
      miw="max-content"
    >
      {say(label)}
    </Badge>
  );
}

/** The status of a batch or an item in its colour. */
export function StatusBadge({ status, ...shape }: Shape & { status: Status }) {
  return <Look look={STATUS[status]} status={status} {...shape} />;
}

/** A task's. */
export function TaskStatusBadge({ status, ...shape }: Shape & { status: TaskStatus }) {
  return <Look look={TASK_STATUS[status]} status={status} {...shape} />;
}

/** An instance's. */
export function InstanceStatusBadge({ status, ...shape }: Shape & { status: ProcessInstanceStatus }) {
  return <Look look={INSTANCE_STATUS[status]} status={status} {...shape} />;
}

/** A job's. */
export function JobStatusBadge({ status, ...shape }: Shape & { status: JobStatus }) {
  return <Look look={JOB_STATUS[status]} status={status} {...shape} />;
}

/** That of what a webhook is told. */
export function DeliveryStatusBadge({ status, ...shape }: Shape & { status: WebhookDeliveryStatus }) {
  return <Look look={DELIVERY_STATUS[status]} status={status} {...shape} />;
}
