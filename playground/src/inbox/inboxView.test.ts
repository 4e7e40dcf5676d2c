import { describe, expect, it } from 'vitest';
import { isFiltered, readInboxView, selectionScope, taskFilter, turnedTo, writeInboxView } from './inboxView';

const read = (address: string) => readInboxView(new URLSearchParams(address));

describe('the address of the inbox', () => {
  it.each([
    '',
    'view=done&process=leave&name=leader&reference=E-1&status=approved&startedBy=alice&due=overdue&order=due',
    'after=abc&task=t1',
    'last=1',
  ])('"%s" comes back as it was', (address) => {
    expect(writeInboxView(read(address)).toString()).toBe(address);
  });

  it('leaves out what it does not know', () => {
    expect(writeInboxView(read('view=toString&order=x&due=never')).toString()).toBe('');
  });

  it('makes a filter', () => {
    const now = new Date('2026-03-01T12:00:00Z');
    expect(taskFilter(read(''), now)).toEqual({ view: 'TODO' });
    expect(taskFilter(read('view=all&process=p&name=%20n%20&startedBy=alice&due=day'), now)).toEqual({
      view: 'ALL',
      definitionKey: 'p',
      name: 'n',
      startedBy: 'alice',
      dueBefore: '2026-03-02T12:00:00.000Z',
    });
  });

  it('filters by reference and status', () => {
    expect(taskFilter(read('view=all&reference=%20e-1%20&status=waiting'), new Date(0))).toEqual({
      view: 'ALL',
      businessKeyContains: 'e-1',
      status: ['WAIT', 'APPROVING'],
    });
  });

  it('turns to another view with what can be filtered by there', () => {
    const all = read('view=all&process=leave&status=waiting&after=x&task=t1');
    expect(writeInboxView(turnedTo(all, 'done')).toString()).toBe('view=done&process=leave&status=waiting');
    expect(writeInboxView(turnedTo(all, 'todo')).toString()).toBe('process=leave');
  });

  it('has the same scope on every page of a filter, and another one with another filter or view', () => {
    const scope = selectionScope(read('process=leave'));
    for (const same of ['process=leave&after=x', 'process=leave&last=1&order=due&task=t1'])
      expect(selectionScope(read(same))).toBe(scope);
    for (const other of ['', 'process=other', 'process=leave&due=day', 'view=all&process=leave'])
      expect(selectionScope(read(other))).not.toBe(scope);
  });

  it('says whether something is left out', () => {
    expect(isFiltered(read('view=done&order=due'))).toBe(false);
    for (const filter of ['due=overdue', 'status=waiting', 'reference=x', 'process=p'])
      expect(isFiltered(read(filter))).toBe(true);
    expect(isFiltered(read('reference='))).toBe(false);
  });
});
