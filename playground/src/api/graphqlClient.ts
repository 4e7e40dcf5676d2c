import { cacheExchange, Client, fetchExchange, mapExchange } from '@urql/core';
import { faultOfResult } from './fault';

/** A GraphQL client under one user's token; `onSignedOut` is called when the server refuses that token. */
export function connectGraphql(token: string, onSignedOut: () => void): Client {
  return new Client({
    url: '/graphql',
    preferGetMethod: false,
    exchanges: [
      mapExchange({
        onError: (error) => {
          if (faultOfResult(error).code === 'UNAUTHENTICATED') onSignedOut();
        },
      }),
      cacheExchange,
      fetchExchange,
    ],
    requestPolicy: 'cache-and-network',
    fetchOptions: { headers: { authorization: `Bearer ${token}` } },
  });
}
