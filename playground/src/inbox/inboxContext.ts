import { createContext, use, useEffect } from 'react';
import type { InboxFeed, InboxNews } from './inboxFeed';

export interface Inbox {
  feed: InboxFeed;
  /** How much there is to do; null before it is known. */
  todo: number | null;
}

export const InboxContext = createContext<Inbox | null>(null);

/** The inbox of whoever is signed in; only inside `InboxProvider`. */
export function useInbox(): Inbox {
  const inbox = use(InboxContext);
  if (!inbox) throw new Error('useInbox outside InboxProvider');
  return inbox;
}

/** Calls `listener`, which stays the same function, with whatever changes. */
export function useInboxNews(listener: (news: InboxNews) => void): void {
  const { feed } = useInbox();
  useEffect(() => feed.listen(listener), [feed, listener]);
}
