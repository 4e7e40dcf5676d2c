import type { PageItem } from '../progress/progressState';
import type { BatchDetails } from './useBatchWatcher';

/** A batch of approvals that decides each task as its row of a sheet says, and not all alike. */
export function isRowByRow({ kind, decision }: Pick<BatchDetails, 'kind' | 'decision'>): boolean {
  return kind === 'APPROVAL' && decision == null;
}

/** An item of a batch of approvals: all others have an input. */
export function isOfTask(item: PageItem): boolean {
  return item.inputUrl === '';
}

/** Whether an item has come to an end that is to be accounted for. */
export function hasEndedBadly({ status }: Pick<PageItem, 'status'>): boolean {
  return status === 'FAILED' || status === 'IGNORED';
}
