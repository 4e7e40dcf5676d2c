import type { CreateBatchInput } from '../gql/graphql';

/** The last attempt to create a batch from a dialog: what was asked for, and under which idempotency key. */
export interface CreateAttempt {
  key: string;
  fingerprint: string;
}

/**
 * The attempt that this input makes after an earlier one. The same input keeps its key, so that a repeated click or a
 * lost answer creates one batch; a changed input is another batch, and under the old key it would be a conflict.
 */
export function attemptOf(
  earlier: CreateAttempt | null,
  input: CreateBatchInput,
  newKey: () => string,
): CreateAttempt {
  const fingerprint = JSON.stringify(input);
  return earlier?.fingerprint === fingerprint ? earlier : { key: newKey(), fingerprint };
}
