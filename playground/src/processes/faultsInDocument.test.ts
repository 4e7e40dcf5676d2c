import { describe, expect, it } from 'vitest';
import type { Fault } from '../api/fault';
import { faultMarks, faultsByElement, faultsIn, lineOf } from './faultsInDocument';

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
    expect(faultsByElement(faultsIn(refused))).toEqual(new Map([['a', 2]]));
    expect(faultMarks(faultsIn(refused))).toEqual(new Map([['a', 'faulty']]));
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
