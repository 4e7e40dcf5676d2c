import { describe, expect, it } from 'vitest';
import {
  type BatchState,
  currentAttempt,
  initialProgress,
  type PageItem,
  progress,
  type ProgressEvent,
  type ProgressMessage,
  type ProgressState,
} from './progressState';

type ItemStatus = PageItem['status'];

function batch(status: BatchState['status'], changes: Partial<BatchState> = {}): BatchState {
  return {
    id: 'B',
    status,
    total: 3,
    pending: 3,
    running: 0,
    succeeded: 0,
    failed: 0,
    ignored: 0,
    cancelled: 0,
    quotaCost: 3,
    quotaRefunded: 0,
    cursor: '10',
    updatedAt: '2026-03-01T12:00:00Z',
    startedAt: null,
    finishedAt: null,
    ...changes,
  };
}

function item(index: number, status: ItemStatus, attempt = 0): PageItem {
  return {
    id: `I${index}`,
    index,
    status,
    attempt,
    inputUrl: `/files/${index}`,
    step: null,
    task: null,
    decision: null,
    outputUrl: null,
    errorCode: null,
    errorMessage: null,
    errorField: null,
    startedAt: null,
    finishedAt: null,
  };
}

function told(
  cursor: number,
  status: BatchState['status'],
  change?: [index: number, status: ItemStatus, attempt: number],
): ProgressMessage {
  return { cursor: String(cursor), batch: batch(status), item: change ? item(...change) : null };
}

function after(state: ProgressState, ...events: ProgressEvent[]): ProgressState {
  return events.reduce(progress, state);
}

function heard(...messages: ProgressMessage[]): ProgressEvent {
  return { type: 'heard', messages };
}

function loaded(id: number, status: BatchState['status'], ...items: PageItem[]): ProgressEvent {
  return { type: 'pageLoaded', id, watched: true, batch: batch(status), items };
}

const requested = (id: number): ProgressEvent => ({ type: 'pageRequested', id });

const opened = after(
  initialProgress,
  requested(1),
  loaded(1, 'PROCESSING', item(0, 'PENDING'), item(1, 'PENDING'), item(2, 'PENDING')),
);

const statuses = (state: ProgressState) => state.items.map(({ item: { status } }) => status);

describe('progress of a batch', () => {
  it('starts from the page and its cursor', () => {
    expect(opened.cursor).toBe('10');
    expect(statuses(opened)).toEqual(['PENDING', 'PENDING', 'PENDING']);
    expect(opened.request).toBeNull();
  });

  it('applies changes in order and follows the cursor', () => {
    const state = after(
      opened,
      heard(
        told(10, 'PROCESSING', [0, 'RUNNING', 1]),
        told(11, 'PROCESSING', [0, 'SUCCESS', 1]),
        told(11, 'PROCESSING', [1, 'RUNNING', 1]),
      ),
    );
    expect(statuses(state)).toEqual(['SUCCESS', 'RUNNING', 'PENDING']);
    expect(state.cursor).toBe('11');
    expect(state.items[0]?.item.inputUrl).toBe('/files/0');
  });

  it('is unchanged by a replay of what it has', () => {
    const messages = [told(11, 'PROCESSING', [0, 'SUCCESS', 1]), told(12, 'PROCESSING', [1, 'FAILED', 2])];
    const once = after(opened, heard(...messages));
    expect(after(once, heard(...messages))).toEqual(once);
    expect(after(opened, heard(...messages, ...messages))).toEqual(once);
  });

  it('gives the same state whether messages come one by one or in a burst', () => {
    const messages = [
      told(11, 'PROCESSING', [0, 'RUNNING', 1]),
      told(12, 'PROCESSING', [0, 'FAILED', 1]),
      told(12, 'PROCESSING', [0, 'RUNNING', 1]),
      told(13, 'PROCESSING', [1, 'SUCCESS', 1]),
      told(14, 'PROCESSING', [0, 'RUNNING', 2]),
    ];
    expect(after(opened, heard(...messages))).toEqual(after(opened, ...messages.map((m) => heard(m))));
  });

  it('keeps an outcome when the announcement of its start comes late', () => {
    const late = heard(told(11, 'PROCESSING', [0, 'RUNNING', 1]));
    const done = after(opened, heard(told(11, 'PROCESSING', [0, 'SUCCESS', 1])));
    expect(statuses(after(done, late))[0]).toBe('SUCCESS');
    expect(
      statuses(after(opened, requested(2), loaded(2, 'PROCESSING', item(0, 'SUCCESS', 1)), late)),
    ).toEqual(['SUCCESS']);
  });

  it('lets a lease that ran out give the item back', () => {
    const state = after(
      opened,
      heard(told(10, 'PROCESSING', [0, 'RUNNING', 1]), told(11, 'PROCESSING', [0, 'PENDING', 1])),
    );
    expect(statuses(state)[0]).toBe('PENDING');
  });

  it('lets a retry take an outcome back, even where attempts count from the start again', () => {
    const finished = after(opened, heard(told(11, 'PROCESSING', [0, 'FAILED', 3]), told(12, 'FAILED')));
    const state = after(
      finished,
      { type: 'batchChanged', batch: batch('PROCESSING') },
      heard(told(13, 'PROCESSING', [0, 'PENDING', 0])),
    );
    expect(state.generation).toBe(1);
    expect(statuses(state)[0]).toBe('PENDING');
  });

  it('does not take a reconnect for a retry', () => {
    const state = after(
      opened,
      heard(told(11, 'PROCESSING', [0, 'SUCCESS', 1])),
      heard(told(11, 'PROCESSING')),
    );
    expect(state.generation).toBe(0);
    expect(statuses(after(state, heard(told(11, 'PROCESSING', [0, 'RUNNING', 1]))))[0]).toBe('SUCCESS');
  });

  it('drops news of items on other pages', () => {
    const state = after(opened, heard(told(11, 'PROCESSING', [7, 'SUCCESS', 1])));
    expect(state.items).toEqual(opened.items);
    expect(state.cursor).toBe('11');
  });

  it('lays what it heard meanwhile over the page that arrives', () => {
    const state = after(
      opened,
      requested(2),
      heard({ ...told(15, 'PROCESSING', [8, 'SUCCESS', 1]), batch: batch('PROCESSING', { succeeded: 2 }) }),
      loaded(2, 'PROCESSING', item(7, 'PENDING'), item(8, 'RUNNING', 1)),
    );
    expect(statuses(state)).toEqual(['PENDING', 'SUCCESS']);
    expect(state.batch?.succeeded).toBe(2);
    expect(state.cursor).toBe('15');
  });

  it('takes the page over what it heard before asking', () => {
    const state = after(
      opened,
      heard(told(10, 'PROCESSING', [0, 'RUNNING', 1])),
      requested(2),
      loaded(2, 'SUCCESS', item(0, 'SUCCESS', 1)),
    );
    expect(statuses(state)).toEqual(['SUCCESS']);
    expect(state.batch?.status).toBe('SUCCESS');
  });

  it('resumes from the page when nothing was watched meanwhile', () => {
    const page: ProgressEvent = {
      type: 'pageLoaded',
      id: 2,
      watched: false,
      batch: batch('PROCESSING', { cursor: '99' }),
      items: [],
    };
    expect(after(opened, requested(2), page).cursor).toBe('99');
    expect(after(opened, requested(2), { ...page, watched: true }).cursor).toBe('10');
    expect(after(opened, requested(2), heard(told(12, 'PROCESSING')), page).cursor).toBe('12');
  });

  it('ignores the answer to a request that a newer one overtook', () => {
    const state = after(opened, requested(2), requested(3), loaded(2, 'PROCESSING', item(4, 'PENDING')));
    expect(state.items).toEqual(opened.items);
    expect(after(state, { type: 'pageFailed', id: 2 }).request?.id).toBe(3);
    expect(after(state, { type: 'pageFailed', id: 3 }).request).toBeNull();
  });
});

describe('the attempt of an item', () => {
  it.each([
    ['PENDING', 0, 0],
    ['RUNNING', 0, 1],
    ['PENDING', 1, 1],
    ['RUNNING', 1, 2],
    ['SUCCESS', 2, 2],
  ] as const)('%s with %d ended is %d', (status, attempt, current) => {
    expect(currentAttempt({ status, attempt })).toBe(current);
  });
});
