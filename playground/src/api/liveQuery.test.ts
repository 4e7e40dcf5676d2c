import { describe, expect, it } from 'vitest';
import { LiveQuery, type LoadAnswer } from './liveQuery';

/** A query whose answers are given by hand. */
function setUp() {
  const open: ((answer: LoadAnswer<string>) => void)[] = [];
  const live = new LiveQuery<string>(() => new Promise((resolve) => open.push(resolve)));
  const answer = async (given: LoadAnswer<string>) => {
    open.shift()?.(given);
    await Promise.resolve();
    await Promise.resolve();
  };
  return { live, open, answer };
}

describe('a live query', () => {
  it('asks once more, however often it is refreshed meanwhile', async () => {
    const { live, open, answer } = setUp();
    live.refresh();
    live.refresh();
    live.refresh();
    expect(open).toHaveLength(1);
    await answer({ data: 'old' });
    expect(open).toHaveLength(1);
    await answer({ data: 'new' });
    expect(open).toHaveLength(0);
    expect(live.snapshot()).toEqual({ data: 'new', fault: null, loading: false });
  });

  it('does not let an older answer replace what a mutation said', async () => {
    const { live, answer } = setUp();
    live.refresh();
    live.put('decided');
    await answer({ data: 'open' });
    expect(live.snapshot().data).toBe('decided');
    await answer({ data: 'decided' });
    expect(live.snapshot().loading).toBe(false);
  });

  it('keeps what is shown through a fault', async () => {
    const { live, answer } = setUp();
    live.refresh();
    await answer({ data: 'shown' });
    live.refresh();
    await answer({ fault: { code: 'NETWORK', message: 'no' } });
    expect(live.snapshot()).toMatchObject({ data: 'shown', fault: { code: 'NETWORK' } });
  });

  it('takes nothing in once it is closed', async () => {
    const { live, answer } = setUp();
    live.refresh();
    live.close();
    await answer({ data: 'late' });
    expect(live.snapshot().data).toBeNull();
  });
});
