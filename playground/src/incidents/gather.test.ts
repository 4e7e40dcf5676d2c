import { describe, expect, it } from 'vitest';
import type { Fault } from '../api/fault';
import type { ConnectionPage, PageArgument } from '../ui/paging';
import { gather } from './gather';

/** A connection of the numbers below `total`, 100 at a time, and what was asked of it. */
function numbers(total: number, broken?: { at: number; fault: Fault }) {
  const asked: PageArgument[] = [];
  const ask = (page: PageArgument) => {
    asked.push(page);
    const begin = page.after === undefined ? 0 : Number(page.after) + 1;
    if (begin === broken?.at) return Promise.resolve({ fault: broken.fault });
    const nodes = Array.from({ length: Math.min(100, total - begin) }, (_, place) => begin + place);
    const data: ConnectionPage<number> = {
      totalCount: total,
      nodes,
      pageInfo: {
        hasPreviousPage: begin > 0,
        hasNextPage: begin + nodes.length < total,
        startCursor: String(begin),
        endCursor: String(begin + nodes.length - 1),
      },
    };
    return Promise.resolve({ data });
  };
  return { ask, asked };
}

const itself = <Value>(value: Value) => value;

describe('what is gathered of a connection', () => {
  it('is one page where one is wanted', async () => {
    const { ask, asked } = numbers(300);
    const answer = await gather(ask, itself, { after: '99' }, false);
    expect(asked).toEqual([{ after: '99' }]);
    expect('data' in answer && answer.data.page.nodes).toHaveLength(100);
  });

  it('is all of it as one page where that is wanted', async () => {
    const { ask, asked } = numbers(230);
    const answer = await gather(ask, itself, {}, true);
    expect(asked).toEqual([{}, { after: '99' }, { after: '199' }]);
    expect('data' in answer && answer.data.page.nodes).toEqual(Array.from({ length: 230 }, (_, at) => at));
  });

  it('ends with 500', async () => {
    const { ask, asked } = numbers(1200);
    const answer = await gather(ask, itself, {}, true);
    expect(asked).toHaveLength(5);
    expect('data' in answer && answer.data.page.nodes).toHaveLength(500);
    expect('data' in answer && answer.data.page.totalCount).toBe(1200);
  });

  it('is nothing where a part of it cannot be read', async () => {
    const fault = { code: 'NETWORK', message: 'gone' };
    const { ask } = numbers(230, { at: 100, fault });
    expect(await gather(ask, itself, {}, true)).toEqual({ fault });
  });
});
