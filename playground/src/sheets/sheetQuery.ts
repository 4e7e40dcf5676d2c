import type { TaskFilter } from '../gql/graphql';

/**
 * The address of the sheet of all tasks to be done that a filter matches: its fields by their names. Those that the
 * server does not know there go along, so that it refuses them and no more is taken than was meant.
 */
export function sheetAddress(filter: TaskFilter): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(filter) as [keyof TaskFilter, unknown][]) {
    // A sheet is of what is to be done, and takes no other view.
    if (name === 'view' || value == null) continue;
    for (const one of Array.isArray(value) ? (value as unknown[]) : [value]) query.append(name, String(one));
  }
  const parameters = query.toString();
  return parameters === '' ? '/approvals/sheet.xlsx' : `/approvals/sheet.xlsx?${parameters}`;
}
