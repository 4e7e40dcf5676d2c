import { type ReactNode, useEffect, useMemo, useState } from 'react';
import { useLiveQuery } from '../api/useLiveQuery';
import { later, nextFrame } from '../progress/frames';
import { follow } from '../progress/progressSocket';
import { useSession } from '../session/session';
import { InboxContext } from './inboxContext';
import { InboxFeed } from './inboxFeed';
import { TaskInboxDocument, TodoCountDocument } from './operations';

/** Follows the inbox, and counts what there is to do. */
export function InboxProvider({ children }: { children: ReactNode }) {
  const { socket } = useSession();
  const [feed] = useState(
    () =>
      new InboxFeed({
        watch: (handlers) =>
          follow(
            {
              client: socket,
              query: TaskInboxDocument,
              operationName: 'TaskInbox',
              variables: {},
              message: (data) => data.taskInbox,
            },
            handlers,
          ),
        nextFrame,
        later,
      }),
  );
  const { data, refresh } = useLiveQuery(TodoCountDocument, {});
  useEffect(() => feed.listen(refresh), [feed, refresh]);
  const todo = data?.tasks.totalCount ?? null;
  const inbox = useMemo(() => ({ feed, todo }), [feed, todo]);
  return <InboxContext value={inbox}>{children}</InboxContext>;
}
