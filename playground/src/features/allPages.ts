import type { Fault } from '../api/fault';

/** A page of a connection, with where the next one begins; null where it is the last. */
export interface LoadedPart<Node> {
  nodes: readonly Node[];
  next: string | null;
}

/** Every node of a connection, page after page; the first fault ends it. */
export async function allPages<Node>(
  load: (after: string | null) => Promise<LoadedPart<Node> | { fault: Fault }>,
): Promise<{ nodes: readonly Node[] } | { fault: Fault }> {
  const nodes: Node[] = [];
  let after: string | null = null;
  do {
    const part: LoadedPart<Node> | { fault: Fault } = await load(after);
    if ('fault' in part) return part;
    nodes.push(...part.nodes);
    after = part.next;
  } while (after !== null);
  return { nodes };
}
