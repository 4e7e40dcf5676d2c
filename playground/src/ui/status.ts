import type { MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import type {
  BatchItemStatus,
  BatchStatus,
  JobStatus,
  ProcessInstanceStatus,
  TaskStatus,
  WebhookDeliveryStatus,
} from '../gql/graphql';

export type Status = BatchStatus | BatchItemStatus;

export interface StatusLook {
  label: MessageDescriptor;
  /** Of bars and tints. */
  color: string;
  /** Behind white text. */
  solid: string;
}

/** How a status of a batch or an item is named and coloured, everywhere. */
export const STATUS: Record<Status, StatusLook> = {
  PENDING: { label: msg`Pending`, color: 'gray', solid: '#495057' },
  PROCESSING: { label: msg`Processing`, color: 'blue', solid: '#1864ab' },
  RUNNING: { label: msg`Running`, color: 'blue', solid: '#1864ab' },
  SUCCESS: { label: msg`Success`, color: 'teal', solid: '#087f5b' },
  PARTIAL_SUCCESS: { label: msg`Partial success`, color: 'yellow', solid: '#8a5a00' },
  FAILED: { label: msg`Failed`, color: 'red', solid: '#c92a2a' },
  IGNORED: { label: msg`Ignored`, color: 'grape', solid: '#862e9c' },
  CANCELLED: { label: msg`Cancelled`, color: 'orange', solid: '#a83c0a' },
};

const WAITS = { color: 'gray', solid: '#495057' };
const MOVES = { color: 'blue', solid: '#1864ab' };
const APPROVED = { label: msg`Approved`, color: 'teal', solid: '#087f5b' };
const REJECTED = { label: msg`Rejected`, color: 'red', solid: '#c92a2a' };
const CALLED_OFF = { label: msg`Cancelled`, color: 'orange', solid: '#a83c0a' };

/** The same of a task. */
export const TASK_STATUS: Record<TaskStatus, StatusLook> = {
  SKIP: { label: msg`Skipped`, ...WAITS },
  NOT_START: { label: msg`Ahead`, ...WAITS },
  WAIT: { label: msg({ message: 'Waiting', context: 'task' }), ...WAITS },
  RUNNING: { label: msg`To decide`, ...MOVES },
  APPROVE: APPROVED,
  REJECT: REJECTED,
  CANCEL: CALLED_OFF,
  RETURN: { label: msg`Sent back`, color: 'yellow', solid: '#8a5a00' },
  APPROVING: { label: msg`Signers have the word`, ...MOVES },
};

/** The same of an instance. */
export const INSTANCE_STATUS: Record<ProcessInstanceStatus, StatusLook> = {
  NOT_START: { label: msg`Not started`, ...WAITS },
  RUNNING: { label: msg`Under way`, ...MOVES },
  APPROVE: APPROVED,
  REJECT: REJECTED,
  CANCEL: CALLED_OFF,
};

/** The same of a job. */
export const JOB_STATUS: Record<JobStatus, StatusLook> = {
  PENDING: STATUS.PENDING,
  WAITING: { label: msg`To be tried again`, color: 'yellow', solid: '#8a5a00' },
  RUNNING: STATUS.RUNNING,
  SUCCESS: { label: msg({ message: 'Done', context: 'job' }), color: 'teal', solid: '#087f5b' },
  FAILED: STATUS.FAILED,
  CANCELLED: CALLED_OFF,
};

/** The same of what a webhook is told. */
export const DELIVERY_STATUS: Record<WebhookDeliveryStatus, StatusLook> = {
  PENDING: { label: msg`On its way`, ...MOVES },
  SUCCESS: { label: msg`Arrived`, color: 'teal', solid: '#087f5b' },
  FAILED: { label: msg`Given up`, color: 'red', solid: '#c92a2a' },
  DISCARDED: { label: msg`Discarded`, ...WAITS },
};
