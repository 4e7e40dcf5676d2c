import type { BatchState } from '../progress/progressState';

type Charged = Pick<BatchState, 'succeeded' | 'failed' | 'quotaCost' | 'quotaRefunded'>;

/**
 * What a retry of an ended batch's failed items will be charged; null where the batch does not tell.
 *
 * The price of an item is the batch's own, whatever its feature costs today. At the end of every generation what was
 * charged and not given back is that price for each item that succeeded. Where none did everything was given back, and
 * the sum of the charges does not say over how many retries it ran.
 */
export function retryCost({ succeeded, failed, quotaCost, quotaRefunded }: Charged): number | null {
  if (quotaCost === 0) return 0;
  if (succeeded === 0) return null;
  const price = (quotaCost - quotaRefunded) / succeeded;
  return Number.isInteger(price) && price >= 0 ? price * failed : null;
}
