import type { Fault, PartFault } from '../api/fault';
import type { Mark, Marks } from '../diagram/marks';

/** Everything that a deployment was refused for; nothing where that says nothing of the document. */
export function faultsIn(fault: Fault | null): readonly PartFault[] {
  if (!fault) return [];
  if (fault.faults && fault.faults.length > 0) return fault.faults;
  return [];
}

/** How many faults, or notes, each element has. */
export function countByElement(found: readonly PartFault[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { element } of found)
    if (element !== undefined) counts.set(element, (counts.get(element) ?? 0) + 1);
  return counts;
}

/** How the elements of a document are marked, and with how many of what they are marked for. */
export interface Found {
  marks: Marks;
  counts: ReadonlyMap<string, number>;
}

/** Marks the elements with faults, and those that have notes alone: what is wrong has to be seen first. */
export function markFound(faults: readonly PartFault[], notes: readonly PartFault[]): Found {
  const [wrong, noted] = [countByElement(faults), countByElement(notes)];
  const marks = new Map<string, Mark>();
  for (const element of noted.keys()) marks.set(element, 'noted');
  for (const element of wrong.keys()) marks.set(element, 'faulty');
  return { marks, counts: new Map([...noted, ...wrong]) };
}

/** A line of a document without the space around it; null where there is none. */
export function lineOf(text: string, line: number | undefined): string | null {
  if (line === undefined) return null;
  const found = text.split(/\r\n|\n|\r/)[line - 1]?.trim();
  return found === undefined || found === '' ? null : found;
}
