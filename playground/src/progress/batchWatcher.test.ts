import { describe, expect, it } from 'vitest';
import type { Fault } from '../api/fault';
import { BatchWatcher, type LoadedPage } from './batchWatcher';
import { retryDelay, type WatchHandlers } from './progressSocket';
import type { BatchState, PageItem, ProgressMessage } from './progressState';

const batch = (status: BatchState['status'], cursor: string): BatchState => ({
  id: 'B',
  status,
  cursor,
  total: 2,
  pending: 0,
  running: 0,
  succeeded: 0,
  failed: 0,
  ignored: 0,
  cancelled: 0,
  quotaCost: 2,
  quotaRefunded: 0,
  updatedAt: '2026-03-01T12:00:00Z',
  startedAt: null,
  finishedAt: null,
});

const item = (index: number, status: PageItem['status']): PageItem => ({
  id: `I${index}`,
  index,
  status,
  attempt: 1,
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
});

/** Lets answers that are ready be taken. */
const settled = async () => {
  for (let turn = 0; turn < 5; turn++) await Promise.resolve();
};

/** A batch page whose server, socket and clock are moved by hand. */
class Bench {
  readonly answers: ((page: LoadedPage<string> | null | Fault) => void)[] = [];
  readonly watches: (WatchHandlers & { open: boolean; startedAt: string | null })[] = [];
  frames: (() => void)[] = [];
  timers: (() => void)[] = [];
  draws = 0;
  finished = 0;
  readonly watcher = new BatchWatcher<string, string>({
    load: () =>
      new Promise((resolve) => {
        this.answers.push((page) => resolve(page !== null && 'code' in page ? { fault: page } : { page }));
      }),
    watch: (handlers) => {
      const watch = { ...handlers, open: true, startedAt: handlers.cursor() };
      this.watches.push(watch);
      return () => {
        watch.open = false;
      };
    },
    nextFrame: (run) => {
      this.frames.push(run);
      return () => {
        this.frames = this.frames.filter((one) => one !== run);
      };
    },
    later: (run) => {
      this.timers.push(run);
      return () => {
        this.timers = this.timers.filter((one) => one !== run);
      };
    },
    onFinished: () => {
      this.finished++;
    },
  });

  constructor() {
    this.watcher.subscribe(() => this.draws++);
  }

  async answer(status: BatchState['status'], cursor: string, ...items: PageItem[]): Promise<void> {
    this.answers.at(-1)?.({ batch: batch(status, cursor), items, rest: 'rest' });
    await settled();
  }

  say(cursor: string, status: BatchState['status'], changed?: PageItem): void {
    const message: ProgressMessage = { cursor, batch: batch(status, cursor), item: changed ?? null };
    this.watches.at(-1)?.onMessage(message);
  }

  frame(): void {
    const due = this.frames;
    this.frames = [];
    for (const run of due) run();
  }

  get statuses(): string[] {
    return this.watcher.snapshot().progress.items.map((known) => known.item.status);
  }
}

async function running(): Promise<Bench> {
  const bench = new Bench();
  bench.watcher.show('first');
  await bench.answer('PROCESSING', '5', item(0, 'PENDING'), item(1, 'PENDING'));
  return bench;
}

describe('watching a batch', () => {
  it('follows from the cursor of the page', async () => {
    const bench = await running();
    expect(bench.watches.map(({ startedAt }) => startedAt)).toEqual(['5']);
  });

  it('does not follow a batch that has ended, nor one that is not there', async () => {
    const ended = new Bench();
    ended.watcher.show('first');
    await ended.answer('SUCCESS', '9', item(0, 'SUCCESS'));
    expect(ended.watches).toEqual([]);

    const missing = new Bench();
    missing.watcher.show('first');
    missing.answers[0]?.(null);
    await settled();
    expect(missing.watcher.snapshot()).toMatchObject({ missing: true, loading: false });
    expect(missing.watches).toEqual([]);
  });

  it('draws a burst of messages once', async () => {
    const bench = await running();
    const before = bench.draws;
    for (let cursor = 6; cursor < 1006; cursor++)
      bench.say(String(cursor), 'PROCESSING', item(cursor % 2, 'RUNNING'));
    expect(bench.draws).toBe(before);
    expect(bench.frames).toHaveLength(1);
    bench.frame();
    expect(bench.draws).toBe(before + 1);
    expect(bench.statuses).toEqual(['RUNNING', 'RUNNING']);
  });

  it('resumes from the last message even when it has not been drawn yet', async () => {
    const bench = await running();
    bench.say('7', 'PROCESSING', item(0, 'SUCCESS'));
    expect(bench.watches[0]?.cursor()).toBe('7');
    bench.frame();
    expect(bench.watches[0]?.cursor()).toBe('7');
  });

  it('loads the page once more when the batch ends', async () => {
    const bench = await running();
    bench.say('7', 'PROCESSING', item(0, 'SUCCESS'));
    bench.say('8', 'SUCCESS');
    bench.watches[0]?.onComplete();
    expect(bench.finished).toBe(1);
    expect(bench.answers).toHaveLength(2);
    expect(bench.watcher.snapshot().watching).toBe(false);
    await bench.answer('SUCCESS', '8', item(0, 'SUCCESS'), item(1, 'SUCCESS'));
    expect(bench.statuses).toEqual(['SUCCESS', 'SUCCESS']);
    expect(bench.watches).toHaveLength(1);
  });

  it('tells that a batch had ended before its page was there, once', async () => {
    const bench = new Bench();
    bench.watcher.show('first');
    await bench.answer('PARTIAL_SUCCESS', '9', item(0, 'FAILED'));
    expect(bench.finished).toBe(1);
    bench.watcher.refresh();
    await bench.answer('PARTIAL_SUCCESS', '9', item(0, 'FAILED'));
    expect(bench.finished).toBe(1);
  });

  it('opens the stream again when it ends before the batch', async () => {
    const bench = await running();
    bench.say('6', 'PROCESSING', item(0, 'SUCCESS'));
    bench.watches[0]?.onComplete();
    expect(bench.finished).toBe(0);
    bench.timers[0]?.();
    expect(bench.watches.map(({ startedAt }) => startedAt)).toEqual(['5', '6']);
  });

  it('watches again from its cursor after a retry', async () => {
    const bench = new Bench();
    bench.watcher.show('first');
    await bench.answer('FAILED', '9', item(0, 'FAILED'));
    bench.watcher.changed(batch('PROCESSING', '10'));
    expect(bench.watches.map(({ startedAt }) => startedAt)).toEqual(['9']);
    bench.say('11', 'PROCESSING', item(0, 'PENDING'));
    bench.frame();
    expect(bench.watcher.snapshot().progress.generation).toBe(1);
    await bench.answer('PROCESSING', '11', item(0, 'PENDING'));
    expect(bench.watches).toHaveLength(1);
    expect(bench.statuses).toEqual(['PENDING']);
  });

  it('shows a fault and takes it back when the page loads', async () => {
    const bench = await running();
    bench.watches[0]?.onFault({ code: 'BAD_INPUT', message: 'not a cursor' });
    expect(bench.watcher.snapshot()).toMatchObject({ fault: { code: 'BAD_INPUT' }, watching: false });
    bench.watcher.refresh();
    await bench.answer('PROCESSING', '12', item(0, 'RUNNING'));
    expect(bench.watcher.snapshot().fault).toBeNull();
    expect(bench.watches.map(({ startedAt }) => startedAt)).toEqual(['5', '12']);
  });

  it('does nothing more once closed', async () => {
    const bench = await running();
    bench.watcher.refresh();
    bench.watcher.close();
    const before = bench.draws;
    await bench.answer('SUCCESS', '9', item(0, 'SUCCESS'));
    expect(bench.draws).toBe(before);
    expect(bench.watches.map(({ open }) => open)).toEqual([false]);
  });
});

describe('the delay before reconnecting', () => {
  it('doubles up to its bound and never leaves half of it', () => {
    expect(retryDelay(0, 0)).toBe(125);
    expect(retryDelay(0, 1)).toBe(250);
    expect(retryDelay(2, 1)).toBe(1000);
    expect(retryDelay(50, 1)).toBe(4000);
    expect(retryDelay(50, 0)).toBe(2000);
  });
});
