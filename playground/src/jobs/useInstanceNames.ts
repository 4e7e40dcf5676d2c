import { useMemo } from 'react';
import { useQuery } from 'urql';
import { InstanceNamesDocument } from './operations';

/** What an instance and its nodes are called. */
export interface InstanceNames {
  name: string;
  nodes: ReadonlyMap<string, string>;
}

/**
 * The names of these instances; null of one that is not one's own to see, nothing while they are read. They never
 * change, so that each set is read but once.
 */
export function useInstanceNames(ids: readonly string[]): ReadonlyMap<string, InstanceNames | null> {
  const wanted = [...new Set(ids)].sort();
  const [{ data, fetching, stale }] = useQuery({
    query: InstanceNamesDocument,
    variables: { ids: wanted },
    requestPolicy: 'cache-first',
    pause: wanted.length === 0,
  });
  const key = wanted.join(' ');
  return useMemo(() => {
    const names = new Map<string, InstanceNames | null>();
    // The answer is of an earlier set until this one is there, and then in its order.
    if (!fetching && !stale)
      key.split(' ').forEach((id, place) => data?.nodes[place] === null && names.set(id, null));
    for (const node of data?.nodes ?? []) {
      if (node === null || !('definition' in node)) continue;
      const { id, businessKey, definition } = node;
      names.set(id, {
        name: businessKey == null ? definition.name : `${definition.name} ${businessKey}`,
        nodes: new Map(definition.nodes.map((one) => [one.id, one.name])),
      });
    }
    return names;
  }, [data, fetching, stale, key]);
}
