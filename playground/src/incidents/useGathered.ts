import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { useClient } from 'urql';
import { faultOfResult, networkFault } from '../api/fault';
import { LiveQuery, type LiveSnapshot } from '../api/liveQuery';
import { type ConnectionPage, FIRST_PAGE, type PageArgument, relayArguments } from '../ui/paging';
import { gather, type Gathered } from './gather';

const PAGE_SIZE = 20;
/** As many as the server gives at once. */
const LARGEST_PAGE = 100;

/** What a page is asked with. */
interface Wanted {
  [name: string]: string | number | undefined;
  first?: number;
  after?: string;
  last?: number;
  before?: string;
}

export interface GatheredLive<Answer, Node> extends Pick<
  LiveSnapshot<Gathered<Answer, Node>>,
  'data' | 'fault'
> {
  /** Reads it again; what is shown stays meanwhile. */
  refresh: () => void;
}

/**
 * A page of a connection that is kept current; `all` reads the oldest 500 as one, to be looked through here, since the
 * server does not filter them. `read` stays the same function.
 */
export function useGathered<Answer, Node>(
  query: TypedDocumentNode<Answer, Wanted>,
  read: (answer: Answer) => ConnectionPage<Node>,
  page: PageArgument,
  all: boolean,
): GatheredLive<Answer, Node> {
  const client = useClient();
  const key = JSON.stringify(all ? FIRST_PAGE : page);
  const live = useMemo(() => {
    const ask = async (wanted: PageArgument) => {
      const size = all ? LARGEST_PAGE : PAGE_SIZE;
      const { data, error } = await client
        .query(query, { ...relayArguments(wanted, size) }, { requestPolicy: 'network-only' })
        .toPromise();
      if (error) return { fault: faultOfResult(error) };
      return data ? { data } : { fault: networkFault() };
    };
    return new LiveQuery(() => gather(ask, read, JSON.parse(key) as PageArgument, all));
  }, [client, query, read, key, all]);
  useEffect(() => {
    live.refresh();
    return live.close;
  }, [live]);
  const { data, fault } = useSyncExternalStore(live.subscribe, live.snapshot);
  // Another page is put in the place of the one before when it is there.
  const [kept, setKept] = useState(data);
  if (data !== null && data !== kept) setKept(data);
  return { data: data ?? kept, fault, refresh: live.refresh };
}
