import type { BatchStateFragment, ItemStateFragment, PageItemFragment } from '../gql/graphql';

/** Counters, status and money of a batch, as last told. */
export type BatchState = BatchStateFragment;
/** The moving parts of an item, as last told. */
export type ItemState = ItemStateFragment;
/** An item of the page: its moving parts and what never changes. */
export type PageItem = PageItemFragment;

/** One message of `batchProgress`. */
export interface ProgressMessage {
  cursor: string;
  batch: BatchState;
  /** Null in the first message without a cursor and in the final one. */
  item?: ItemState | null;
}

interface KnownItem {
  item: PageItem;
  /** The generation (see `ProgressState.generation`) this was told in. */
  generation: number;
}

/**
 * What is known of a batch: one page of its items, kept current by the subscription. News of items on other pages
 * are dropped, so a batch of any size takes little memory.
 */
export interface ProgressState {
  batch: BatchState | null;
  /** Where to resume the subscription. */
  cursor: string | null;
  /** How often a retry was seen to open a further generation; an item's outcome says nothing about a later one. */
  generation: number;
  items: readonly KnownItem[];
  /** The request for a page that is under way, with everything heard since it was sent. */
  request: { id: number; batchHeard: boolean; items: ReadonlyMap<string, ItemState> } | null;
}

export type ProgressEvent =
  | { type: 'heard'; messages: readonly ProgressMessage[] }
  | { type: 'pageRequested'; id: number }
  /** `watched`: a subscription has been following since before the answer. */
  | { type: 'pageLoaded'; id: number; watched: boolean; batch: BatchState; items: readonly PageItem[] }
  | { type: 'pageFailed'; id: number }
  /** A mutation answered with the batch. */
  | { type: 'batchChanged'; batch: BatchState };

export const initialProgress: ProgressState = {
  batch: null,
  cursor: null,
  generation: 0,
  items: [],
  request: null,
};

/** Whether a batch in this status moves no more, unless retried. */
export function isFinal(status: BatchState['status']): boolean {
  return status !== 'PENDING' && status !== 'PROCESSING';
}

/** Whether an item in this status moves no more, unless retried. */
export function isItemFinal(status: ItemState['status']): boolean {
  return status !== 'PENDING' && status !== 'RUNNING';
}

/** Which attempt an item is at, from 1; 0 before the first. `attempt` itself counts those that have ended. */
export function currentAttempt(item: Pick<ItemState, 'status' | 'attempt'>): number {
  return item.status === 'RUNNING' ? item.attempt + 1 : item.attempt;
}

/**
 * RUNNING is announced without being recorded, so it may arrive after the outcome that it should precede. Within
 * one generation an outcome stays.
 */
function isStale(
  known: { item: ItemState; generation: number },
  next: ItemState,
  generation: number,
): boolean {
  if (known.generation !== generation) return false;
  return isItemFinal(known.item.status) && !isItemFinal(next.status) && next.attempt <= known.item.attempt;
}

function told(known: KnownItem, next: ItemState | undefined, generation: number): KnownItem {
  if (!next || isStale(known, next, generation)) return known;
  return { item: { ...known.item, ...next }, generation };
}

function withBatch(state: ProgressState, batch: BatchState): ProgressState {
  const reopened = state.batch !== null && isFinal(state.batch.status) && !isFinal(batch.status);
  const request = state.request && { ...state.request, batchHeard: true };
  return { ...state, batch, request, generation: reopened ? state.generation + 1 : state.generation };
}

function hear(state: ProgressState, messages: readonly ProgressMessage[]): ProgressState {
  let next = state;
  // The items are gathered first, in order, so that a burst touches each item of the page once.
  const news = new Map<string, { item: ItemState; generation: number }>();
  for (const message of messages) {
    next = { ...withBatch(next, message.batch), cursor: message.cursor };
    const { item } = message;
    if (!item) continue;
    const before = news.get(item.id);
    if (!before || !isStale(before, item, next.generation))
      news.set(item.id, { item, generation: next.generation });
  }
  if (news.size === 0) return next;
  const items = next.items.map((known) => {
    const heard = news.get(known.item.id);
    return told(known, heard?.item, heard?.generation ?? next.generation);
  });
  const request = next.request && {
    ...next.request,
    items: new Map([...next.request.items, ...[...news].map(([id, heard]) => [id, heard.item] as const)]),
  };
  return { ...next, items, request };
}

/** Applies one event. Messages may repeat or come late; a request may be overtaken by a newer one. */
export function progress(state: ProgressState, event: ProgressEvent): ProgressState {
  switch (event.type) {
    case 'heard':
      return event.messages.length === 0 ? state : hear(state, event.messages);
    case 'pageRequested':
      return { ...state, request: { id: event.id, batchHeard: false, items: new Map() } };
    case 'pageLoaded': {
      const { request } = state;
      if (request?.id !== event.id) return state;
      // What was heard of the batch while the answer was on its way is at least as new as the answer.
      const current = request.batchHeard ? state : withBatch(state, event.batch);
      const items = event.items.map((item) =>
        told({ item, generation: current.generation }, request.items.get(item.id), current.generation),
      );
      // Without a subscription in between, the page is the newer place to resume from.
      const heardOn = event.watched || request.batchHeard ? state.cursor : null;
      return { ...current, items, cursor: heardOn ?? event.batch.cursor, request: null };
    }
    case 'pageFailed':
      return state.request?.id === event.id ? { ...state, request: null } : state;
    case 'batchChanged':
      return withBatch(state, event.batch);
  }
}
