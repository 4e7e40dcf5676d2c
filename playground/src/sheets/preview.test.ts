import { describe, expect, it } from 'vitest';
import type { ApprovalSheetOutcome } from '../gql/graphql';
import { isCutShort, lacksSignature, notAsTheyStand, type SheetPreview, shownRows, toRun } from './preview';

const rows = (outcome: ApprovalSheetOutcome, ...places: number[]) =>
  places.map((row) => ({
    sheet: 'Tasks',
    row,
    taskId: `task-${row}`,
    outcome,
    field: null,
    reason: null,
    task: null,
  }));

const PREVIEW: SheetPreview = {
  counts: { total: 12, approve: 3, reject: 1, undecided: 4, invalid: 2, changed: 1, duplicate: 1 },
  approve: rows('APPROVE', 2, 5),
  reject: rows('REJECT', 3),
  undecided: rows('UNDECIDED', 4, 6, 12, 13),
  invalid: rows('INVALID', 9, 11),
  changed: rows('CHANGED', 7),
  duplicate: rows('DUPLICATE', 8),
};

describe('the preview of a sheet', () => {
  it('begins with what is wrong and ends with what is left alone', () => {
    expect(shownRows(PREVIEW, null).map(({ row }) => row)).toEqual([9, 11, 7, 8, 2, 5, 3, 4, 6, 12, 13]);
  });

  it('shows one kind of rows', () => {
    expect(shownRows(PREVIEW, 'UNDECIDED').map(({ row }) => row)).toEqual([4, 6, 12, 13]);
    expect(shownRows(PREVIEW, 'CHANGED').map(({ taskId }) => taskId)).toEqual(['task-7']);
  });

  it('says where not every row is shown', () => {
    expect(isCutShort(PREVIEW, null)).toBe(true);
    expect(isCutShort(PREVIEW, 'APPROVE')).toBe(true);
    expect(isCutShort(PREVIEW, 'INVALID')).toBe(false);
  });

  it('says whether a signature is missing', () => {
    expect(lacksSignature(PREVIEW)).toBe(false);
    const invalid = PREVIEW.invalid.map((row) => ({ ...row, field: 'signature' }));
    expect(lacksSignature({ ...PREVIEW, invalid })).toBe(true);
  });

  it('counts what comes into the batch, and what of it fails there', () => {
    expect(toRun(PREVIEW.counts)).toBe(8);
    expect(notAsTheyStand(PREVIEW.counts)).toBe(4);
  });
});
