import { describe, expect, it } from 'vitest';
import { isFiltered, readInboxView, taskFilter, writeInboxView } from './inboxView';

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

  it('says whether something is left out', () => {
    expect(isFiltered(read('view=done&order=due'))).toBe(false);
    for (const filter of ['due=overdue', 'status=waiting', 'reference=x', 'process=p'])
      expect(isFiltered(read(filter))).toBe(true);
    expect(isFiltered(read('reference='))).toBe(false);
  });
});
