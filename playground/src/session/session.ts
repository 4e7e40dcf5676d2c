import type { Client as SocketClient } from 'graphql-ws';
import { createContext, use } from 'react';
import type { DevUser } from './users';

/** Who the page acts as, and how to change that. */
export interface Session {
  token: string;
  /** Development users to choose from; empty outside development mode. */
  users: readonly DevUser[];
  chooseUser: (id: string) => void;
  signOut: () => void;
  /** The websocket for subscriptions. */
  socket: SocketClient;
  /** A subscription is wanted and the socket is down. */
  reconnecting: boolean;
}

export const SessionContext = createContext<Session | null>(null);

/** The session; only inside `SessionProvider`. */
export function useSession(): Session {
  const session = use(SessionContext);
  if (!session) throw new Error('useSession outside SessionProvider');
  return session;
}
