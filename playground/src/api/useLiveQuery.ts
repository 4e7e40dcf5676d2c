import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { useEffect, useMemo, useSyncExternalStore } from 'react';
import { type AnyVariables, useClient } from 'urql';
import { faultOfResult, networkFault } from './fault';
import { LiveQuery, type LiveSnapshot } from './liveQuery';

export interface Live<Data> extends LiveSnapshot<Data> {
  /** Asks again; what is shown stays meanwhile. */
  refresh: () => void;
  /** Takes over what a mutation answered. */
  put: (data: Data) => void;
}

/** A query that is asked again whenever `refresh` is called. */
export function useLiveQuery<Data, Variables extends AnyVariables>(
  query: TypedDocumentNode<Data, Variables>,
  variables: Variables,
): Live<Data> {
  const client = useClient();
  const key = JSON.stringify(variables);
  const live = useMemo(
    () =>
      new LiveQuery<Data>(async () => {
        const { data, error } = await client
          .query(query, JSON.parse(key) as Variables, { requestPolicy: 'network-only' })
          .toPromise();
        if (error) return { fault: faultOfResult(error) };
        return data ? { data } : { fault: networkFault() };
      }),
    [client, query, key],
  );
  useEffect(() => {
    live.refresh();
    return live.close;
  }, [live]);
  const snapshot = useSyncExternalStore(live.subscribe, live.snapshot);
  return { ...snapshot, refresh: live.refresh, put: live.put };
}
