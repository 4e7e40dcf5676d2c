import { describe, expect, it } from 'vitest';
import { approversOf, type Demands, missing, NOTHING_GIVEN, orderOf } from './demands';

const NONE: Demands = { comment: false, signature: false, secondFactor: false, approvers: [] };
const signature = { id: 'f', name: 'me.png' };

describe('what a decision still has to come with', () => {
  it.each([
    ['nothing', NONE, '', NOTHING_GIVEN, []],
    ['a comment', { ...NONE, comment: true }, ' ', NOTHING_GIVEN, ['comment']],
    ['a comment that is there', { ...NONE, comment: true }, 'fine', NOTHING_GIVEN, []],
    ['a signature', { ...NONE, signature: true }, '', NOTHING_GIVEN, ['signature']],
    ['a signature that is there', { ...NONE, signature: true }, '', { ...NOTHING_GIVEN, signature }, []],
    ['a ticket', { ...NONE, secondFactor: true }, '', { ...NOTHING_GIVEN, ticket: ' ' }, ['twoFactorTicket']],
    ['a ticket that is there', { ...NONE, secondFactor: true }, '', { ...NOTHING_GIVEN, ticket: '1' }, []],
    ['people, who may be left out', { ...NONE, approvers: [{ id: 'n', name: 'N' }] }, '', NOTHING_GIVEN, []],
  ])('%s', (_, demands, comment, given, expected) => {
    expect(Object.keys(missing(demands, comment, given))).toEqual(expected);
  });
});

describe('what is given', () => {
  it('names approvers only where somebody is chosen', () => {
    expect(approversOf({ approvers: { a: [] } })).toBeUndefined();
    expect(approversOf({ approvers: { a: [], b: ['bob'] } })).toEqual({ b: ['bob'] });
  });

  it('leaves out what is empty', () => {
    expect(orderOf(NOTHING_GIVEN)).toEqual({ signature: undefined, twoFactorTicket: undefined });
    expect(orderOf({ ...NOTHING_GIVEN, signature, ticket: ' 7 ' })).toEqual({
      signature: 'f',
      twoFactorTicket: '7',
    });
  });
});
