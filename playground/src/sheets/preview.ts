import type { ApprovalSheetOutcome, PreviewSheetMutation, SheetRowFragment } from '../gql/graphql';

/** What a sheet would do. */
export type SheetPreview = NonNullable<PreviewSheetMutation['previewApprovalSheet']>;
export type SheetRow = SheetRowFragment;
export type SheetCounts = SheetPreview['counts'];

/** How many rows of each kind are shown. */
export const ROWS_SHOWN = 100;

/** What can become of a row, with where it is counted and listed; what is wrong comes first. */
export const OUTCOMES = [
  ['INVALID', 'invalid'],
  ['CHANGED', 'changed'],
  ['DUPLICATE', 'duplicate'],
  ['APPROVE', 'approve'],
  ['REJECT', 'reject'],
  ['UNDECIDED', 'undecided'],
] as const satisfies readonly (readonly [ApprovalSheetOutcome, keyof SheetCounts])[];

/** The rows to show, those that are wrong first, and each kind in the order of the sheet. */
export function shownRows(preview: SheetPreview, outcome: ApprovalSheetOutcome | null): SheetRow[] {
  const kinds = OUTCOMES.filter(([one]) => outcome === null || one === outcome);
  return kinds.flatMap(([, key]) => preview[key]);
}

/** Whether there are more rows of what is shown than are shown. */
export function isCutShort(preview: SheetPreview, outcome: ApprovalSheetOutcome | null): boolean {
  return OUTCOMES.some(
    ([one, key]) => (outcome === null || one === outcome) && preview.counts[key] > preview[key].length,
  );
}

/** How many rows come into the batch: all that have a decision, if only one that cannot be carried out. */
export function toRun(counts: SheetCounts): number {
  return counts.total - counts.undecided;
}

/** How many of them cannot be carried out as they stand. */
export function notAsTheyStand(counts: SheetCounts): number {
  return counts.invalid + counts.changed + counts.duplicate;
}

/** Whether a row is wrong only as long as nothing is signed. */
export function lacksSignature(preview: SheetPreview): boolean {
  return preview.invalid.some(({ field }) => field === 'signature');
}
