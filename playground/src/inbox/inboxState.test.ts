import { describe, expect, it } from 'vitest';
import type { TaskNews } from './inboxFeed';
import {
  emptyInbox,
  inbox,
  type InboxEvent,
  type InboxState,
  type TaskPageData,
  type TaskRow,
} from './inboxState';

const LEAVES = ['DONE', 'GONE'] as const;

function page(ids: string, hasNextPage = false): TaskPageData {
  const nodes = Array.from(ids, (id) => ({ id, name: id }) as TaskRow);
  return {
    nodes,
    totalCount: nodes.length,
    pageInfo: { hasNextPage, hasPreviousPage: false, startCursor: null, endCursor: null },
  };
}

const loaded = (ids: string, mayMove = false, more = false): InboxEvent => ({
  type: 'loaded',
  page: page(ids, more),
  mayMove,
});
const heard = (kind: TaskNews['kind'], taskId: string): InboxEvent => ({
  type: 'heard',
  news: [{ kind, taskId, instanceId: 'i' }],
  leaves: LEAVES,
});
const after = (...events: InboxEvent[]): InboxState => events.reduce(inbox, emptyInbox);
const shown = (state: InboxState) => state.page?.nodes.map(({ id }) => id).join('');

describe('the inbox', () => {
  it('shows the first answer', () => {
    expect(shown(after({ type: 'asked' }, loaded('ab')))).toBe('ab');
  });

  it('shows what is new at once where nothing is read', () => {
    expect(after(loaded('ab'), loaded('cab', true))).toMatchObject({ fresh: 0, held: null });
    expect(shown(after(loaded('ab'), loaded('cab', true)))).toBe('cab');
  });

  it('holds back what is new where it would push others away', () => {
    const held = after(loaded('ab'), loaded('dcab'));
    expect(shown(held)).toBe('ab');
    expect(held.fresh).toBe(2);
    expect(shown(inbox(held, { type: 'caughtUp' }))).toBe('dcab');
  });

  it('shows at once what comes behind all others', () => {
    const state = after(loaded('ab'), loaded('abc'));
    expect(shown(state)).toBe('abc');
    expect(state.fresh).toBe(0);
  });

  it('lets go at once of what is decided, and of nothing else', () => {
    const state = after(loaded('abc'), heard('DONE', 'b'));
    expect(shown(state)).toBe('ac');
    expect(state.page?.totalCount).toBe(2);
    expect(shown(after(loaded('abc'), heard('TODO', 'b')))).toBe('abc');
  });

  it('does not show again what left while the answer was on its way', () => {
    expect(shown(after(loaded('ab'), { type: 'asked' }, heard('GONE', 'a'), loaded('ab', true)))).toBe('b');
  });

  it('shows what came back', () => {
    const state = after(
      loaded('ab'),
      { type: 'asked' },
      heard('GONE', 'a'),
      heard('TODO', 'a'),
      loaded('ab', true),
    );
    expect(shown(state)).toBe('ab');
  });

  it('asks again where something was heard that the answer may not know', () => {
    expect(after({ type: 'asked' }, heard('TODO', 'x'), loaded('ab')).stale).toBe(true);
    expect(after({ type: 'asked' }, loaded('ab')).stale).toBe(false);
  });

  it('keeps rows that new ones have pushed to the next page', () => {
    expect(shown(after(loaded('ab', false, true), loaded('ca', false, true)))).toBe('ab');
  });

  it('drops rows that are not there any more, though new ones are held back', () => {
    expect(shown(after(loaded('ab'), loaded('cb')))).toBe('b');
  });

  it('forgets what is held back once that is decided elsewhere', () => {
    const state = after(loaded('ab'), loaded('cab'), heard('GONE', 'c'));
    expect(state).toMatchObject({ fresh: 0, held: null });
    expect(shown(state)).toBe('ab');
  });
});
