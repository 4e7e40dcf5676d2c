import type { BatchItemStatus, BatchStatus, ProcessInstanceStatus, TaskStatus } from '../gql/graphql';

export type Status = BatchStatus | BatchItemStatus;

export interface StatusLook {
  label: string;
  /** Of bars and tints. */
  color: string;
  /** Behind white text. */
  solid: string;
}

/** How a status of a batch or an item is named and coloured, everywhere. */
export const STATUS: Record<Status, StatusLook> = {
  PENDING: { label: 'Pending', color: 'gray', solid: '#495057' },
  PROCESSING: { label: 'Processing', color: 'blue', solid: '#1864ab' },
  RUNNING: { label: 'Running', color: 'blue', solid: '#1864ab' },
  SUCCESS: { label: 'Success', color: 'teal', solid: '#087f5b' },
  PARTIAL_SUCCESS: { label: 'Partial success', color: 'yellow', solid: '#8a5a00' },
  FAILED: { label: 'Failed', color: 'red', solid: '#c92a2a' },
  IGNORED: { label: 'Ignored', color: 'grape', solid: '#862e9c' },
  CANCELLED: { label: 'Cancelled', color: 'orange', solid: '#a83c0a' },
};

const WAITS = { color: 'gray', solid: '#495057' };
const MOVES = { color: 'blue', solid: '#1864ab' };
const APPROVED = { label: 'Approved', color: 'teal', solid: '#087f5b' };
const REJECTED = { label: 'Rejected', color: 'red', solid: '#c92a2a' };
const CALLED_OFF = { label: 'Cancelled', color: 'orange', solid: '#a83c0a' };

/** The same of a task. */
export const TASK_STATUS: Record<TaskStatus, StatusLook> = {
  SKIP: { label: 'Skipped', ...WAITS },
  NOT_START: { label: 'Ahead', ...WAITS },
  WAIT: { label: 'Waiting', ...WAITS },
  RUNNING: { label: 'To decide', ...MOVES },
  APPROVE: APPROVED,
  REJECT: REJECTED,
  CANCEL: CALLED_OFF,
  RETURN: { label: 'Sent back', color: 'yellow', solid: '#8a5a00' },
  APPROVING: { label: 'Signers have the word', ...MOVES },
};

/** The same of an instance. */
export const INSTANCE_STATUS: Record<ProcessInstanceStatus, StatusLook> = {
  NOT_START: { label: 'Not started', ...WAITS },
  RUNNING: { label: 'Under way', ...MOVES },
  APPROVE: APPROVED,
  REJECT: REJECTED,
  CANCEL: CALLED_OFF,
};
