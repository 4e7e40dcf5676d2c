import { describe, expect, it } from 'vitest';
import {
  everythingSelected,
  isSelected,
  nothingSelected,
  pagePressed,
  pressed,
  type Selection,
  selectedCount,
  selectedOfPage,
  without,
} from './selection';

const row = (id: string, lockedBy: string | null = null) => ({ id, lockedBy });
const FIRST = [row('a'), row('b'), row('c', 'batch'), row('d'), row('e')];
const SECOND = [row('f'), row('g')];

const none = nothingSelected('todo');
const on = (id: string) => ({ id, checked: true, range: false });
const off = (id: string) => ({ id, checked: false, range: false });
const upTo = (id: string, checked = true) => ({ id, checked, range: true });
const ids = (selection: Selection) => [...selection.ids].sort().join('');

describe('choosing tasks', () => {
  it('takes one and lets go of it', () => {
    const one = pressed(none, FIRST, on('b'));
    expect(ids(one)).toBe('b');
    expect(isSelected(one, row('b'))).toBe(true);
    expect(ids(pressed(one, FIRST, off('b')))).toBe('');
  });

  it('takes a range downwards and upwards, without what a batch holds', () => {
    expect(ids(pressed(pressed(none, FIRST, on('a')), FIRST, upTo('d')))).toBe('abd');
    expect(ids(pressed(pressed(none, FIRST, on('e')), FIRST, upTo('b')))).toBe('bde');
  });

  it('lets go of a range', () => {
    const all = pagePressed(none, FIRST, true);
    expect(ids(pressed(pressed(all, FIRST, off('a')), FIRST, upTo('d', false)))).toBe('e');
  });

  it('begins a range anew where the last row is on another page, or there was none', () => {
    const other = pressed(none, FIRST, on('a'));
    expect(ids(pressed(other, SECOND, upTo('g')))).toBe('ag');
    expect(ids(pressed(none, FIRST, upTo('d')))).toBe('d');
    // What was pressed last is the next beginning, in a range too.
    const range = pressed(pressed(none, FIRST, on('a')), FIRST, upTo('b'));
    expect(ids(pressed(range, FIRST, upTo('e')))).toBe('abde');
  });

  it('takes no row that a batch holds, however it is pressed', () => {
    expect(ids(pressed(none, FIRST, on('c')))).toBe('');
    expect(ids(pagePressed(none, FIRST, true))).toBe('abde');
    expect(isSelected(everythingSelected(none), row('c', 'batch'))).toBe(false);
  });

  it('keeps what was chosen while pages are turned', () => {
    const both = pressed(pressed(none, FIRST, on('b')), SECOND, on('g'));
    expect(ids(both)).toBe('bg');
    expect(selectedCount(both, 7)).toBe(2);
    expect(selectedOfPage(both, FIRST)).toBe('some');
    expect(ids(pagePressed(both, SECOND, true))).toBe('bfg');
    expect(ids(pagePressed(pagePressed(both, SECOND, true), SECOND, false))).toBe('b');
  });

  it('says how much of a page is chosen', () => {
    expect(selectedOfPage(none, FIRST)).toBe('none');
    expect(selectedOfPage(pagePressed(none, FIRST, true), FIRST)).toBe('all');
    expect(selectedOfPage(none, [row('x', 'batch')])).toBe('none');
    expect(selectedOfPage(everythingSelected(none), SECOND)).toBe('all');
  });
});

describe('choosing everything that matches', () => {
  const all = everythingSelected(pressed(none, SECOND, on('g')));

  it('counts what matches, and not what was pressed', () => {
    expect(selectedCount(all, 3214)).toBe(3214);
    expect(isSelected(all, row('unseen'))).toBe(true);
  });

  it('goes on with what is seen once a row is let go of', () => {
    const less = pressed(all, FIRST, off('a'));
    expect(less.everything).toBe(false);
    expect(ids(less)).toBe('bdeg');
  });

  it('lets go of everything by the page’s own box', () => {
    expect(pagePressed(all, FIRST, false)).toEqual(none);
  });
});

describe('what leaves', () => {
  it('is chosen no longer', () => {
    const page = pagePressed(none, FIRST, true);
    expect(ids(without(page, ['a', 'x']))).toBe('bde');
    expect(without(page, ['x'])).toBe(page);
  });
});
