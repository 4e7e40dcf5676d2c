import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { useClient } from 'urql';
import { faultOfResult, networkFault } from '../api/fault';
import { LiveQuery, type LiveSnapshot } from '../api/liveQuery';
import type { IncidentListQuery, IncidentRowFragment, JobRowFragment } from '../gql/graphql';
import { type ConnectionPage, FIRST_PAGE, type PageArgument, relayArguments } from '../ui/paging';
import { IncidentListDocument } from './operations';

const PAGE_SIZE = 20;
/** As many as the server gives at once, and as many as are looked through for a text. */
const LARGEST_PAGE = 100;
const LOOKED_THROUGH = 500;

export interface IncidentsRead {
  incidents: ConnectionPage<IncidentRowFragment>;
  /** What has failed; the oldest 100. */
  failedJobs: readonly JobRowFragment[];
}

export interface Incidents extends Pick<LiveSnapshot<IncidentsRead>, 'data' | 'fault'> {
  /** Reads them again; what is shown stays meanwhile. */
  refresh: () => void;
}

/**
 * A page of the open incidents; `all` reads the oldest 500 as one, to be looked through here, since the server does not
 * filter them.
 */
export function useIncidents(page: PageArgument, all: boolean): Incidents {
  const client = useClient();
  const key = JSON.stringify(all ? FIRST_PAGE : page);
  const live = useMemo(() => {
    const ask = (argument: PageArgument, size: number) =>
      client
        .query(IncidentListDocument, relayArguments(argument, size), { requestPolicy: 'network-only' })
        .toPromise();
    return new LiveQuery<IncidentsRead>(async () => {
      const nodes: IncidentRowFragment[] = [];
      let first: IncidentListQuery | null = null;
      let next = JSON.parse(key) as PageArgument | null;
      while (next !== null) {
        const { data, error }: Awaited<ReturnType<typeof ask>> = await ask(
          next,
          all ? LARGEST_PAGE : PAGE_SIZE,
        );
        if (error) return { fault: faultOfResult(error) };
        if (!data) return { fault: networkFault() };
        first ??= data;
        nodes.push(...data.incidents.nodes);
        const { hasNextPage, endCursor } = data.incidents.pageInfo;
        next = all && hasNextPage && nodes.length < LOOKED_THROUGH ? { after: endCursor ?? undefined } : null;
      }
      if (first === null) return { fault: networkFault() };
      return { data: { incidents: { ...first.incidents, nodes }, failedJobs: first.failedJobs.nodes } };
    });
  }, [client, key, all]);
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
