import './workers';
import 'graphiql/style.css';
import './graphiql.css';

import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { GraphiQL } from 'graphiql';
import { createClient } from 'graphql-ws';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { loadSignIn, type SignIn, storedToken, storedUserId, tokenFor } from '../session/users';
import { exampleTabs, UNKNOWN_IDS } from './examples';
import { startingIds } from './startingIds';

function signedInAs(signIn: SignIn, token: string | null): string {
  if (token === null)
    return 'Not signed in: give an authorization header below, or sign in on the playground.';
  if (signIn.mode === 'token') return 'With the token of the playground';
  return `As ${signIn.users.find((user) => user.token === token)?.name ?? 'a development user'}`;
}

async function start(): Promise<void> {
  const container = document.getElementById('graphiql');
  if (!container) throw new Error('The page has no #graphiql.');
  const signIn = await loadSignIn().catch((): SignIn => ({ mode: 'token' }));
  const token = tokenFor(signIn, storedUserId(), storedToken());
  const authorization = token === null ? undefined : `Bearer ${token}`;
  const ids = token === null ? UNKNOWN_IDS : await startingIds(token);

  const socket = new URL('/graphql/ws', window.location.href);
  socket.protocol = socket.protocol === 'https:' ? 'wss:' : 'ws:';
  const fetcher = createGraphiQLFetcher({
    url: '/graphql',
    headers: authorization === undefined ? {} : { authorization },
    wsClient: createClient({
      url: socket.href,
      connectionParams: authorization === undefined ? {} : { authorization },
    }),
  });

  createRoot(container).render(
    <StrictMode>
      <GraphiQL fetcher={fetcher} defaultTabs={exampleTabs(ids)} defaultEditorToolsVisibility="variables">
        <GraphiQL.Logo>
          <a href="/" className="to-playground">
            <img src="/favicon.svg" alt="" width={22} height={22} /> Docket
          </a>
          <span className="signed-in-as">{signedInAs(signIn, token)}</span>
        </GraphiQL.Logo>
      </GraphiQL>
    </StrictMode>,
  );
}

void start();
