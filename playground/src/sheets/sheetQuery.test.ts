import { describe, expect, it } from 'vitest';
import { readInboxView, taskFilter } from '../inbox/inboxView';
import { sheetAddress } from './sheetQuery';

describe('the address of a sheet', () => {
  it('has the fields of the filter by their names', () => {
    const filter = {
      view: 'TODO',
      definitionKey: 'leave',
      nodeId: 'review',
      search: 'a & b',
      unassigned: true,
      suspended: false,
      createdAfter: '2026-03-01T12:00:00.000Z',
    } as const;
    expect(sheetAddress(filter)).toBe(
      '/approvals/sheet.xlsx?definitionKey=leave&nodeId=review&search=a+%26+b&unassigned=true&suspended=false' +
        '&createdAfter=2026-03-01T12%3A00%3A00.000Z',
    );
  });

  it('leaves out what is not given, and repeats what has several values', () => {
    expect(sheetAddress({})).toBe('/approvals/sheet.xlsx');
    expect(sheetAddress({ view: 'TODO', name: null, assignee: undefined })).toBe('/approvals/sheet.xlsx');
    expect(sheetAddress({ status: ['WAIT', 'APPROVING'] })).toBe(
      '/approvals/sheet.xlsx?status=WAIT&status=APPROVING',
    );
  });

  it('is that of what the inbox shows', () => {
    const view = readInboxView(new URLSearchParams('process=leave&reference=E-1&due=day&after=x&order=due'));
    expect(sheetAddress(taskFilter(view, new Date('2026-03-01T12:00:00Z')))).toBe(
      '/approvals/sheet.xlsx?definitionKey=leave&businessKeyContains=E-1&dueBefore=2026-03-02T12%3A00%3A00.000Z',
    );
  });
});
