import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { t } from '@lingui/core/macro';
import { print } from 'graphql';
import { type Client, createClient } from 'graphql-ws';
import { type Fault, faultOf } from '../api/fault';
import { BatchProgressDocument } from '../batch/operations';
import type { ProgressMessage } from './progressState';

const PING_EVERY_MS = 10_000;
const PONG_WITHIN_MS = 5_000;
const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 4_000;

/** How long to wait before the next try to connect: doubling, bounded, and spread by `random` (0 to 1). */
export function retryDelay(retries: number, random: number): number {
  const longest = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(retries, 10));
  return longest * (0.5 + random / 2);
}

/** A websocket to the server under one user's token; it connects with the first subscription and reconnects by itself. */
export function connectProgress(token: string, onConnected: (connected: boolean) => void): Client {
  const url = new URL('/graphql/ws', window.location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  let pongMissing: number | undefined;
  const client = createClient({
    url: url.href,
    connectionParams: { authorization: `Bearer ${token}` },
    retryAttempts: Infinity,
    shouldRetry: () => true,
    retryWait: async (retries) => {
      await new Promise((resolve) => setTimeout(resolve, retryDelay(retries, Math.random())));
    },
    keepAlive: PING_EVERY_MS,
    on: {
      connected: () => onConnected(true),
      closed: () => {
        clearTimeout(pongMissing);
        onConnected(false);
      },
      // A server that vanished without closing the socket is noticed by the answer that does not come.
      ping: (received) => {
        if (received) return;
        clearTimeout(pongMissing);
        pongMissing = window.setTimeout(() => client.terminate(), PONG_WITHIN_MS);
      },
      pong: (received) => {
        if (received) clearTimeout(pongMissing);
      },
    },
  });
  return client;
}

/** What is done with the messages of a subscription. */
export interface Handlers<Message> {
  /** The cursor to resume from; asked for again at every reconnect. */
  cursor: () => string | null;
  onMessage: (message: Message) => void;
  /** The server says that there is nothing more to come. */
  onComplete: () => void;
  onFault: (fault: Fault) => void;
}

export type WatchHandlers = Handlers<ProgressMessage>;

function faultOfClose(reason: unknown): Fault {
  if (Array.isArray(reason)) {
    const first = reason[0] as { message?: string; extensions?: Record<string, unknown> } | undefined;
    return faultOf(first?.message ?? t`The subscription failed.`, first?.extensions);
  }
  if (typeof CloseEvent !== 'undefined' && reason instanceof CloseEvent) {
    const signedOut = reason.code === 4401 || reason.code === 4403;
    return {
      code: signedOut ? 'UNAUTHENTICATED' : 'INTERNAL',
      message: reason.reason || t`Closed (${reason.code}).`,
    };
  }
  return {
    code: 'INTERNAL',
    message: reason instanceof Error ? reason.message : t`The subscription failed.`,
  };
}

/** A subscription that goes on from a cursor. */
interface Subscription<Data, Message> {
  client: Client;
  query: TypedDocumentNode<Data, never>;
  operationName: string;
  variables: Record<string, unknown>;
  /** The message in what the server sends. */
  message: (data: Data) => Message;
}

/** Subscribes until the server says that it was all, or the returned function is called. */
export function follow<Data, Message>(
  { client, query, operationName, variables, message }: Subscription<Data, Message>,
  handlers: Handlers<Message>,
): () => void {
  let stopped = false;
  const stop = client.subscribe<Data>(
    {
      query: print(query),
      operationName,
      variables: {
        ...variables,
        // Read whenever the subscription is sent, so a reconnect goes on where the last message was.
        get after() {
          return handlers.cursor();
        },
      },
    },
    {
      next: ({ data, errors }) => {
        if (stopped) return;
        if (data) handlers.onMessage(message(data));
        else if (errors) handlers.onFault(faultOfClose(errors));
      },
      error: (reason) => {
        if (!stopped) handlers.onFault(faultOfClose(reason));
      },
      complete: () => {
        if (!stopped) handlers.onComplete();
      },
    },
  );
  return () => {
    stopped = true;
    stop();
  };
}

/** Subscribes to a batch's progress. */
export function watchBatch(client: Client, batchId: string, handlers: WatchHandlers): () => void {
  return follow(
    {
      client,
      query: BatchProgressDocument,
      operationName: 'BatchProgress',
      variables: { batchId },
      message: (data) => data.batchProgress,
    },
    handlers,
  );
}
