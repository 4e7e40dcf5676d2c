import { describe, expect, it } from 'vitest';
import type { Fault } from '../api/fault';
import { faultsIn, lineOf, markFound } from './faultsInDocument';

const refused: Fault = {
  code: 'BAD_INPUT',
  message: 'three faults',
  faults: [
    { message: 'no flow leads on', element: 'a', line: 3 },
    { message: 'unknown assignee', element: 'a', line: 3 },
    { message: 'no process', line: 1 },
  ],
};

describe('the faults of a document', () => {
  it('are those that the server tells one by one', () => {
    expect(faultsIn(refused)).toHaveLength(3);
    expect(faultsIn(null)).toEqual([]);
    expect(faultsIn({ code: 'FORBIDDEN', message: 'not yours' })).toEqual([]);
  });

  it('are counted and marked at their elements', () => {
    const { marks, counts } = markFound(faultsIn(refused), []);
    expect(counts).toEqual(new Map([['a', 2]]));
    expect(marks).toEqual(new Map([['a', 'faulty']]));
  });

  it('go before what is noted of the same element', () => {
    const notes = [
      { message: 'a listener in Java', element: 'a', line: 4 },
      { message: 'a form field', element: 'b', line: 9 },
      { message: 'another form field', element: 'b', line: 10 },
      { message: 'a message flow' },
    ];
    const { marks, counts } = markFound(faultsIn(refused), notes);
    expect(marks.get('a')).toBe('faulty');
    expect(counts.get('a')).toBe(2);
    expect(marks.get('b')).toBe('noted');
    expect(counts.get('b')).toBe(2);
    expect(marks.size).toBe(2);
  });

  it.each([
    [2, 'two'],
    [3, null],
    [4, null],
    [undefined, null],
  ])('show line %s of what was written', (line, text) => {
    expect(lineOf('one\r\n  two  \n\n', line)).toBe(text);
  });
});
