import { useEffect } from 'react';
import { later, nextFrame } from '../progress/frames';
import { follow } from '../progress/progressSocket';
import { useSession } from '../session/session';
import { JobsAvailableDocument } from './operations';

/** As many topics as the server lets one follow at once. */
const MOST_TOPICS = 50;
const REOPEN_AFTER_MS = 1_000;

/** Tells whenever there is more to claim of these topics. `onMore` stays the same function. */
export function useJobsAvailable(topics: readonly string[], onMore: () => void): void {
  const { socket } = useSession();
  const key = JSON.stringify([...new Set(topics)].sort().slice(0, MOST_TOPICS));
  useEffect(() => {
    const followed = JSON.parse(key) as string[];
    if (followed.length === 0) return;
    let stop: (() => void) | null = null;
    let cancelFrame: (() => void) | null = null;
    let cancelLater: (() => void) | null = null;
    const again = () => {
      stop?.();
      cancelLater?.();
      cancelLater = later(open, REOPEN_AFTER_MS);
    };
    function open() {
      stop = follow(
        {
          client: socket,
          query: JobsAvailableDocument,
          operationName: 'JobsAvailable',
          variables: { topics: followed },
          message: (answer) => answer.jobsAvailable,
        },
        {
          cursor: () => null,
          onMessage: () => {
            cancelFrame ??= nextFrame(() => {
              cancelFrame = null;
              onMore();
            });
          },
          onComplete: again,
          onFault: again,
        },
      );
    }
    open();
    return () => {
      stop?.();
      cancelFrame?.();
      cancelLater?.();
    };
  }, [key, socket, onMore]);
}
