import { t } from '@lingui/core/macro';

/** What can be said of an element where it is drawn. */
export type Mark =
  | 'done'
  | 'current'
  | 'rejected'
  | 'failed'
  | 'skipped'
  | 'stopped'
  | 'faulty'
  | 'noted'
  | 'added'
  | 'removed'
  | 'changed'
  | 'moved';

/** The marks in the order in which a legend has them. */
export const MARKS: readonly Mark[] = [
  'current',
  'done',
  'rejected',
  'failed',
  'skipped',
  'stopped',
  'faulty',
  'noted',
  'added',
  'removed',
  'changed',
  'moved',
];

/** A mark in words. */
export function markLabel(mark: Mark): string {
  switch (mark) {
    case 'done':
      return t`Done`;
    case 'current':
      return t`Here now`;
    case 'rejected':
      return t`Rejected`;
    case 'failed':
      return t`Could not go on`;
    case 'skipped':
      return t`Skipped`;
    case 'stopped':
      return t`Left undone`;
    case 'faulty':
      return t`Has faults`;
    case 'noted':
      return t`Has notes`;
    case 'added':
      return t`Added`;
    case 'removed':
      return t`Removed`;
    case 'changed':
      return t`Changed`;
    case 'moved':
      return t`Moved`;
  }
}

/** Marks of elements by the elements' ids in the document. */
export type Marks = ReadonlyMap<string, Mark>;

/** The marks that occur, in the legend's order. */
export function marksAmong(marks: Marks): readonly Mark[] {
  const occurring = new Set(marks.values());
  return MARKS.filter((mark) => occurring.has(mark));
}
