import { useEffect, useMemo, useSyncExternalStore } from 'react';
import { useClient } from 'urql';
import { faultOfResult } from '../api/fault';
import type { BatchItemStatus, BatchPageQuery } from '../gql/graphql';
import { BatchWatcher, type WatcherPorts, type WatcherSnapshot } from '../progress/batchWatcher';
import { later, nextFrame } from '../progress/frames';
import { watchBatch } from '../progress/progressSocket';
import { useSession } from '../session/session';
import { useViewer } from '../session/viewer';
import { type PageArgument, relayArguments } from '../ui/paging';
import { BatchPageDocument } from './operations';

/** Which items of a batch the page shows. */
export interface ItemsView {
  status: BatchItemStatus | null;
  page: PageArgument;
}

type QueriedBatch = NonNullable<BatchPageQuery['batch']>;

/** What the query answers beside counters and items. */
export type BatchDetails = Omit<QueriedBatch, 'items'> & {
  items: Omit<QueriedBatch['items'], 'nodes'>;
};

/** Items on a page of the grid. */
export const ITEMS_PER_PAGE = 48;

export interface WatchedBatch {
  snapshot: WatcherSnapshot<BatchDetails>;
  refresh: () => void;
  changed: Watcher['changed'];
}

/** Loads a batch with the wanted page of items and keeps both current. */
export function useBatchWatcher(batchId: string, view: ItemsView): WatchedBatch {
  const client = useClient();
  const { socket, reconnecting } = useSession();
  const { refresh: refreshViewer } = useViewer();
  const ports = useMemo(
    (): WatcherPorts<ItemsView, BatchDetails> => ({
      load: async ({ status, page }) => {
        const variables = {
          id: batchId,
          status: status === null ? null : [status],
          ...relayArguments(page, ITEMS_PER_PAGE),
        };
        const { data, error } = await client
          .query(BatchPageDocument, variables, { requestPolicy: 'network-only' })
          .toPromise();
        if (error) return { fault: faultOfResult(error) };
        if (!data?.batch) return { page: null };
        const { nodes, ...items } = data.batch.items;
        return { page: { batch: data.batch, items: nodes, rest: { ...data.batch, items } } };
      },
      watch: (handlers) => watchBatch(socket, batchId, handlers),
      nextFrame,
      later,
      onFinished: refreshViewer,
    }),
    [batchId, client, socket, refreshViewer],
  );
  const watcher = useMemo(() => new BatchWatcher(ports), [ports]);
  const { status, page } = view;
  useEffect(() => watcher.show({ status, page }), [watcher, status, page]);
  useEffect(() => watcher.close, [watcher]);

  const snapshot = useSyncExternalStore(watcher.subscribe, watcher.snapshot);
  useRefreshOnReturn(watcher, snapshot);
  useRefreshForNewLinks(watcher, snapshot);
  useRefreshOfOldLinks(watcher, snapshot);
  useRefreshWhileFiltered(watcher, {
    watching: snapshot.watching,
    connected: !reconnecting,
    filtered: status !== null,
  });

  return { snapshot, refresh: watcher.refresh, changed: watcher.changed };
}

type Watcher = BatchWatcher<ItemsView, BatchDetails>;

/** A finished batch may have been retried from elsewhere; whoever comes back to the page sees that. */
function useRefreshOnReturn(watcher: Watcher, { watching }: WatcherSnapshot<BatchDetails>): void {
  useEffect(() => {
    if (watching) return;
    const onReturn = () => {
      if (!document.hidden) watcher.refresh();
    };
    document.addEventListener('visibilitychange', onReturn);
    return () => document.removeEventListener('visibilitychange', onReturn);
  }, [watcher, watching]);
}

/** Links to downloads come with the page alone, and are there once there is something to download. */
function useRefreshForNewLinks(watcher: Watcher, { progress, rest }: WatcherSnapshot<BatchDetails>): void {
  const { batch } = progress;
  const wanting =
    batch !== null &&
    rest !== null &&
    ((batch.succeeded > 0 && rest.archiveUrl == null) ||
      (batch.failed + batch.ignored > 0 && rest.errorSheetUrl == null));
  useEffect(() => {
    if (wanting) watcher.refresh();
  }, [watcher, wanting]);
}

const LINKS_REFRESH_MS = 10 * 60_000;

/** The links of pictures run out: a page that stays open on an ended batch asks for new ones in good time. */
function useRefreshOfOldLinks(watcher: Watcher, { watching }: WatcherSnapshot<BatchDetails>): void {
  useEffect(() => {
    if (watching) return;
    const timer = window.setInterval(() => {
      if (!document.hidden) watcher.refresh();
    }, LINKS_REFRESH_MS);
    return () => window.clearInterval(timer);
  }, [watcher, watching]);
}

const FILTER_REFRESH_MS = 1_500;

/**
 * The subscription tells all there is to know of the items shown. But where only some states are shown, other items come
 * to match, and only the server knows which: so then the page is asked for again now and then while items move.
 */
function useRefreshWhileFiltered(watcher: Watcher, { watching, connected, filtered }: Moving): void {
  useEffect(() => {
    if (!watching || !connected || !filtered) return;
    const timer = window.setInterval(() => {
      if (!document.hidden && watcher.snapshot().progress.request === null) watcher.refresh();
    }, FILTER_REFRESH_MS);
    return () => window.clearInterval(timer);
  }, [watcher, watching, connected, filtered]);
}

interface Moving {
  watching: boolean;
  connected: boolean;
  filtered: boolean;
}
