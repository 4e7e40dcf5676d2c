import type { BatchItemStatus, BatchStatus } from '../gql/graphql';

export type Status = BatchStatus | BatchItemStatus;

interface StatusLook {
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
