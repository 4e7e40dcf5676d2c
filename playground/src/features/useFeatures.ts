import { useCallback, useEffect, useState } from 'react';
import { useClient } from 'urql';
import { type Fault, faultOfResult, networkFault } from '../api/fault';
import type { FeatureListQuery } from '../gql/graphql';
import { allPages } from './allPages';
import { FeatureListDocument } from './operations';

export type Feature = FeatureListQuery['features']['nodes'][number];

/** As many as the server gives at once. */
const PAGE_SIZE = 100;

export interface Features {
  /** All there are; null until they are known. */
  features: readonly Feature[] | null;
  fault: Fault | null;
  /** Reads them again; what is shown stays meanwhile. */
  reload: () => Promise<void>;
}

/** Every feature, however many pages they take. `cached` is for who can do with what was read before. */
export function useFeatures({ cached = false }: { cached?: boolean } = {}): Features {
  const client = useClient();
  const [features, setFeatures] = useState<readonly Feature[] | null>(null);
  const [fault, setFault] = useState<Fault | null>(null);

  const read = useCallback(
    (requestPolicy: 'cache-first' | 'network-only') =>
      allPages<Feature>(async (after) => {
        const variables = { first: PAGE_SIZE, after };
        const { data, error } = await client
          .query(FeatureListDocument, variables, { requestPolicy })
          .toPromise();
        if (!data) return { fault: error ? faultOfResult(error) : networkFault() };
        const { nodes, pageInfo } = data.features;
        return { nodes, next: pageInfo.hasNextPage ? (pageInfo.endCursor ?? null) : null };
      }),
    [client],
  );
  const take = useCallback((answer: Awaited<ReturnType<typeof read>>) => {
    if ('fault' in answer) {
      setFault(answer.fault);
    } else {
      setFault(null);
      setFeatures(answer.nodes);
    }
  }, []);

  useEffect(() => {
    let current = true;
    void read(cached ? 'cache-first' : 'network-only').then((answer) => current && take(answer));
    return () => {
      current = false;
    };
  }, [read, take, cached]);

  const reload = useCallback(async () => take(await read('network-only')), [read, take]);
  return { features, fault, reload };
}
