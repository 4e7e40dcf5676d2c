import type { BatchItemStatus, BatchStatus } from '../gql/graphql';

export type Status = BatchStatus | BatchItemStatus;

interface StatusLook {
  label: string;
  color: string;
}

/** How a status of a batch or an item is named and coloured, everywhere. */
export const STATUS: Record<Status, StatusLook> = {
  PENDING: { label: 'Pending', color: 'gray' },
  PROCESSING: { label: 'Processing', color: 'blue' },
  RUNNING: { label: 'Running', color: 'blue' },
  SUCCESS: { label: 'Success', color: 'teal' },
  PARTIAL_SUCCESS: { label: 'Partial success', color: 'yellow' },
  FAILED: { label: 'Failed', color: 'red' },
  IGNORED: { label: 'Ignored', color: 'grape' },
  CANCELLED: { label: 'Cancelled', color: 'orange' },
};
