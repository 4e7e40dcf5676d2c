import type { Fault, PartFault } from '../api/fault';
import type { Marks } from '../diagram/marks';

/** Everything that a deployment was refused for; nothing where that says nothing of the document. */
export function faultsIn(fault: Fault | null): readonly PartFault[] {
  if (!fault) return [];
  if (fault.faults && fault.faults.length > 0) return fault.faults;
  return [];
}

/** How many faults each element has. */
export function faultsByElement(faults: readonly PartFault[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { element } of faults)
    if (element !== undefined) counts.set(element, (counts.get(element) ?? 0) + 1);
  return counts;
}

/** The elements with faults, marked. */
export function faultMarks(faults: readonly PartFault[]): Marks {
  return new Map([...faultsByElement(faults).keys()].map((element) => [element, 'faulty']));
}

/** A line of a document without the space around it; null where there is none. */
export function lineOf(text: string, line: number | undefined): string | null {
  if (line === undefined) return null;
  const found = text.split(/\r\n|\n|\r/)[line - 1]?.trim();
  return found === undefined || found === '' ? null : found;
}
