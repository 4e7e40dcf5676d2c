import type { PageItem } from '../progress/progressState';

/** An item of a batch of approvals: all others have an input. */
export function isOfTask(item: PageItem): boolean {
  return item.inputUrl === '';
}
