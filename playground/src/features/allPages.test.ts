import { describe, expect, it } from 'vitest';
import { allPages, type LoadedPart } from './allPages';

describe('all pages of a connection', () => {
  const pages = new Map<string | null, LoadedPart<number>>([
    [null, { nodes: [1, 2], next: 'two' }],
    ['two', { nodes: [3], next: 'three' }],
    ['three', { nodes: [], next: null }],
  ]);

  it('are read one after the other', async () => {
    const asked: (string | null)[] = [];
    const answer = await allPages((after) => {
      asked.push(after);
      return Promise.resolve(pages.get(after) ?? { nodes: [], next: null });
    });
    expect(answer).toEqual({ nodes: [1, 2, 3] });
    expect(asked).toEqual([null, 'two', 'three']);
  });

  it('are not half a list where one cannot be read', async () => {
    const fault = { code: 'NETWORK', message: 'gone' };
    const answer = await allPages((after) =>
      Promise.resolve(after === null ? { nodes: [1], next: 'two' } : { fault }),
    );
    expect(answer).toEqual({ fault });
  });
});
