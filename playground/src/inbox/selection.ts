import type { TaskRow } from './inboxState';

/** What the choice needs to know of a row. */
export type Selectable = Pick<TaskRow, 'id' | 'lockedBy'>;

/** Which tasks are chosen, to be decided together. It outlives a page, and nothing else of what is listed. */
export interface Selection {
  /** The view and the filter that it belongs to. */
  scope: string;
  /** Those that were chosen one by one, on whatever page. */
  ids: ReadonlySet<string>;
  /** Everything that matches is chosen, also what no page has shown. */
  everything: boolean;
  /** The row that was pressed last, at which a range begins. */
  anchor: string | null;
}

/** A row that was pressed. */
export interface Press {
  id: string;
  checked: boolean;
  /** All between it and the row that was pressed last go with it. */
  range: boolean;
}

export function nothingSelected(scope: string): Selection {
  return { scope, ids: new Set(), everything: false, anchor: null };
}

/** Whether a row can be chosen: what a batch holds is being decided already. */
export function isSelectable(row: Selectable): boolean {
  return row.lockedBy == null;
}

export function isSelected({ ids, everything }: Selection, row: Selectable): boolean {
  return isSelectable(row) && (everything || ids.has(row.id));
}

/** How many are chosen, of so many that match. */
export function selectedCount({ ids, everything }: Selection, total: number): number {
  return everything ? total : ids.size;
}

/** How much of a page is chosen. */
export function selectedOfPage(selection: Selection, rows: readonly Selectable[]): 'none' | 'some' | 'all' {
  const possible = rows.filter(isSelectable);
  const chosen = possible.filter((row) => isSelected(selection, row)).length;
  if (chosen === 0) return 'none';
  return chosen === possible.length ? 'all' : 'some';
}

function idsOf(rows: readonly Selectable[]): string[] {
  return rows.filter(isSelectable).map(({ id }) => id);
}

/** The ids with others, or without them. */
function put(ids: ReadonlySet<string>, others: readonly string[], checked: boolean): ReadonlySet<string> {
  const next = new Set(ids);
  for (const id of others) {
    if (checked) next.add(id);
    else next.delete(id);
  }
  return next;
}

/** The rows from the one that was pressed last to this one; it alone where the other is not on this page. */
function between(rows: readonly Selectable[], from: string | null, to: string): readonly Selectable[] {
  const start = rows.findIndex(({ id }) => id === from);
  const end = rows.findIndex(({ id }) => id === to);
  if (end === -1) return [];
  return start === -1 ? rows.slice(end, end + 1) : rows.slice(Math.min(start, end), Math.max(start, end) + 1);
}

/** A row of a page was pressed. */
export function pressed(
  selection: Selection,
  rows: readonly Selectable[],
  { id, checked, range }: Press,
): Selection {
  const touched = idsOf(between(rows, range ? selection.anchor : null, id));
  // Who takes one out of everything goes on with what is seen.
  const ids = selection.everything ? put(selection.ids, idsOf(rows), true) : selection.ids;
  return { ...selection, ids: put(ids, touched, checked), everything: false, anchor: id };
}

/** All rows of a page were chosen, or let go of. */
export function pagePressed(selection: Selection, rows: readonly Selectable[], checked: boolean): Selection {
  if (selection.everything) return nothingSelected(selection.scope);
  return { ...selection, ids: put(selection.ids, idsOf(rows), checked), anchor: null };
}

/** Everything that matches was chosen. */
export function everythingSelected(selection: Selection): Selection {
  return { ...selection, everything: true, anchor: null };
}

/** Without tasks that are not to be decided here any more; the same where it has none of them. */
export function without(selection: Selection, gone: readonly string[]): Selection {
  if (!gone.some((id) => selection.ids.has(id))) return selection;
  return { ...selection, ids: put(selection.ids, gone, false) };
}
