import type { TaskRowFragment } from '../gql/graphql';
import type { ConnectionPage } from '../ui/paging';
import type { TaskNews } from './inboxFeed';

export type TaskRow = TaskRowFragment;
export type TaskPageData = ConnectionPage<TaskRow>;

/**
 * A page of tasks that is kept current without jumping under whoever reads it: what is done with leaves at once, what is
 * new is shown at once only where that moves nothing.
 */
export interface InboxState {
  /** What is shown; null before the first answer. */
  page: TaskPageData | null;
  /** The newest answer, where showing it would move what is shown. */
  held: TaskPageData | null;
  /** How many tasks it has that are not shown. */
  fresh: number;
  /** Tasks that were heard to have left the list since the request under way was sent. */
  left: ReadonlySet<string>;
  /** Something was heard that the answer under way may not know. */
  stale: boolean;
}

export type InboxEvent =
  /** A page is asked for. */
  | { type: 'asked' }
  /** `mayMove`: nobody is reading where new rows would push others away, or another page was asked for. */
  | { type: 'loaded'; page: TaskPageData; mayMove: boolean }
  | { type: 'heard'; news: readonly TaskNews[]; leaves: readonly TaskNews['kind'][] }
  /** Whoever looks wants to see what is new. */
  | { type: 'caughtUp' };

export const emptyInbox: InboxState = {
  page: null,
  held: null,
  fresh: 0,
  left: new Set(),
  stale: false,
};

function without(page: TaskPageData, ids: ReadonlySet<string>): TaskPageData {
  const nodes = page.nodes.filter(({ id }) => !ids.has(id));
  const gone = page.nodes.length - nodes.length;
  return gone === 0 ? page : { ...page, nodes, totalCount: Math.max(nodes.length, page.totalCount - gone) };
}

/** The rows that are shown, as a newer page has them; those that it pushed to the next page stay. */
function refreshed(shown: TaskPageData, newer: TaskPageData): TaskPageData {
  const now = new Map(newer.nodes.map((row) => [row.id, row]));
  const maybeLater = newer.pageInfo.hasNextPage;
  const nodes = shown.nodes.flatMap((row) => now.get(row.id) ?? (maybeLater ? [row] : []));
  return { ...shown, nodes, totalCount: newer.totalCount };
}

function loaded(state: InboxState, answer: TaskPageData, mayMove: boolean): InboxState {
  const page = without(answer, state.left);
  const next = { ...state, held: null, fresh: 0 };
  if (state.page === null || mayMove) return { ...next, page };
  const shown = new Set(state.page.nodes.map(({ id }) => id));
  const fresh = page.nodes.filter(({ id }) => !shown.has(id));
  // What comes behind everything that is shown moves nothing.
  const tail = page.nodes.slice(page.nodes.length - fresh.length);
  if (fresh.length === 0 || tail.every(({ id }) => !shown.has(id))) return { ...next, page };
  return { ...next, page: refreshed(state.page, page), held: page, fresh: fresh.length };
}

/** Applies one event. */
export function inbox(state: InboxState, event: InboxEvent): InboxState {
  switch (event.type) {
    case 'asked':
      return { ...state, left: new Set(), stale: false };
    case 'loaded':
      return loaded(state, event.page, event.mayMove);
    case 'heard': {
      const left = new Set(state.left);
      for (const { kind, taskId } of event.news) {
        if (event.leaves.includes(kind)) left.add(taskId);
        else left.delete(taskId);
      }
      const page = state.page && without(state.page, left);
      const held = state.held && without(state.held, left);
      const shown = new Set(page?.nodes.map(({ id }) => id));
      const fresh = held?.nodes.filter(({ id }) => !shown.has(id)).length ?? 0;
      return { page, held: fresh > 0 ? held : null, fresh, left, stale: true };
    }
    case 'caughtUp':
      return state.held ? { ...state, page: state.held, held: null, fresh: 0 } : state;
  }
}
