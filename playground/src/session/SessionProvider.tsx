import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { Provider, useQuery } from 'urql';
import { connectGraphql } from '../api/graphqlClient';
import { connectProgress } from '../progress/progressSocket';
import { ViewerDocument } from '../quota/operations';
import { SessionContext } from './session';
import { StartScreen, TokenScreen } from './SignInScreens';
import {
  loadSignIn,
  type SignIn,
  storedToken,
  storedUserId,
  storeToken,
  storeUserId,
  tokenFor,
} from './users';
import { ViewerContext } from './viewer';

const ASK_EVERY_MS = 2_000;

/** Signs the page in, and gives its children the session, the GraphQL client and the viewer. */
export function SessionProvider({ children }: { children: ReactNode }) {
  const [signIn, setSignIn] = useState<SignIn | null>(null);
  const [unreachable, setUnreachable] = useState(false);
  const [attempt, setAttempt] = useState(0);
  const [userId, setUserId] = useState(storedUserId);
  const [pasted, setPasted] = useState(storedToken);
  const [refused, setRefused] = useState<string | null>(null);

  const askedAt = useRef(-Infinity);

  useEffect(() => {
    let current = true;
    const ask = () => {
      askedAt.current = performance.now();
      loadSignIn().then(
        (answer) => {
          if (!current) return;
          setUnreachable(false);
          setSignIn(answer);
        },
        () => {
          if (!current) return;
          setUnreachable(true);
          setAttempt((count) => count + 1);
        },
      );
    };
    const timer = window.setTimeout(ask, Math.max(0, askedAt.current + ASK_EVERY_MS - performance.now()));
    return () => {
      current = false;
      clearTimeout(timer);
    };
    // Development tokens are the server's to renew; after one that it refuses they are asked for again.
  }, [attempt, refused]);

  if (!signIn) return <StartScreen unreachable={unreachable} />;
  const token = tokenFor(signIn, userId, pasted);
  if (token === null || (signIn.mode === 'token' && refused === token)) {
    return (
      <TokenScreen
        refused={refused !== null}
        onToken={(given) => {
          storeToken(given);
          setRefused(null);
          setPasted(given);
        }}
      />
    );
  }
  return (
    <SignedIn
      key={token}
      token={token}
      signIn={signIn}
      chooseUser={(id) => {
        storeUserId(id);
        setUserId(id);
      }}
      signOut={() => {
        storeToken(null);
        setPasted(null);
      }}
      onRefused={setRefused}
    >
      {children}
    </SignedIn>
  );
}

interface SignedInProps {
  token: string;
  signIn: SignIn;
  chooseUser: (id: string) => void;
  signOut: () => void;
  /** Stays the same function. */
  onRefused: (token: string) => void;
  children: ReactNode;
}

function SignedIn({ token, signIn, chooseUser, signOut, onRefused, children }: SignedInProps) {
  const [connected, setConnected] = useState(true);
  const [client] = useState(() => connectGraphql(token, () => onRefused(token)));
  const [socket] = useState(() => connectProgress(token, setConnected));
  const session = useMemo(
    () => ({
      token,
      users: signIn.mode === 'development' ? signIn.users : [],
      chooseUser,
      signOut,
      socket,
      reconnecting: !connected,
    }),
    [token, signIn, chooseUser, signOut, socket, connected],
  );
  return (
    <Provider value={client}>
      <SessionContext value={session}>
        <ViewerProvider>{children}</ViewerProvider>
      </SessionContext>
    </Provider>
  );
}

function ViewerProvider({ children }: { children: ReactNode }) {
  const [{ data }, execute] = useQuery({ query: ViewerDocument });
  const viewer = data?.viewer ?? null;
  const refresh = useCallback(() => execute({ requestPolicy: 'network-only' }), [execute]);
  const state = useMemo(() => ({ viewer, refresh }), [viewer, refresh]);
  return <ViewerContext value={state}>{children}</ViewerContext>;
}
