import { describe, expect, it } from 'vitest';
import { relayArguments } from '../ui/paging';
import { readView, writeView } from './listView';

describe('the address of the list', () => {
  it.each([
    '',
    'status=FAILED',
    'feature=RjE%3D&order=largest',
    'status=SUCCESS&after=abc',
    'last=1',
    'before=x',
  ])('"%s" survives being read and written', (search) => {
    expect(writeView(readView(new URLSearchParams(search))).toString()).toBe(search);
  });

  it('leaves out what it does not know', () => {
    expect(writeView(readView(new URLSearchParams('status=DONE&order=toString&x=1'))).toString()).toBe('');
  });
});

describe('pages of a connection', () => {
  it.each([
    [{}, { first: 20 }],
    [{ after: 'a' }, { first: 20, after: 'a' }],
    [{ before: 'b' }, { last: 20, before: 'b' }],
    [{ last: true }, { last: 20 }],
  ])('%j asks for %j', (page, expected) => {
    expect(relayArguments(page, 20)).toEqual(expected);
  });
});
