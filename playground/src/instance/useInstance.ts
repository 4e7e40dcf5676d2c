import { useEffect, useRef } from 'react';
import { type Live, useLiveQuery } from '../api/useLiveQuery';
import type { InstancePageQuery } from '../gql/graphql';
import { later, nextFrame } from '../progress/frames';
import { follow } from '../progress/progressSocket';
import { useSession } from '../session/session';
import { type PageArgument, relayArguments } from '../ui/paging';
import { InstancePageDocument, InstanceProgressDocument } from './operations';

/** Entries of the history on a page. */
export const ENTRIES_PER_PAGE = 50;
const REOPEN_AFTER_MS = 1_000;

/** An instance with a page of its history, kept current by its progress while it runs. */
export function useInstance(id: string, page: PageArgument): Live<InstancePageQuery> {
  const { socket } = useSession();
  const live = useLiveQuery(InstancePageDocument, { id, ...relayArguments(page, ENTRIES_PER_PAGE) });
  const { data, refresh } = live;
  const instance = data?.processInstance;
  const running = instance?.status === 'RUNNING';
  const cursor = useRef<string | null>(null);
  const newest = instance?.cursor ?? null;
  useEffect(() => {
    cursor.current = newest;
  }, [newest]);

  useEffect(() => {
    if (!running) return;
    let stop: (() => void) | null = null;
    let cancelFrame: (() => void) | null = null;
    let cancelLater: (() => void) | null = null;
    const changed = () => {
      cancelFrame ??= nextFrame(() => {
        cancelFrame = null;
        refresh();
      });
    };
    const again = () => {
      stop?.();
      cancelLater?.();
      cancelLater = later(open, REOPEN_AFTER_MS);
    };
    function open() {
      stop = follow(
        {
          client: socket,
          query: InstanceProgressDocument,
          operationName: 'InstanceProgress',
          variables: { instanceId: id },
          message: (answer) => answer.processInstanceProgress,
        },
        {
          cursor: () => cursor.current,
          onMessage: (message) => {
            cursor.current = message.cursor;
            changed();
          },
          // It has ended, or the server is shutting down; which it was, the page says when it is read again.
          onComplete: () => {
            changed();
            again();
          },
          onFault: (fault) => {
            if (fault.code === 'BAD_INPUT') cursor.current = null;
            again();
          },
        },
      );
    }
    open();
    return () => {
      stop?.();
      cancelFrame?.();
      cancelLater?.();
    };
  }, [id, running, socket, refresh]);
  return live;
}
