import { describe, expect, it } from 'vitest';
import { awaited, isOverdue, type Waiting } from './waiting';

describe('what an instance waits for', () => {
  it.each([
    ['TIMER', null, 'timer due'],
    ['MESSAGE', 'shipped', 'message “shipped”'],
    ['SIGNAL', 'alarm', 'signal “alarm”'],
  ] as const)('tells of a %s of the name %s: %s', (kind, eventName, expected) => {
    expect(awaited({ kind, eventName })).toBe(expected);
  });
});

describe('a timer', () => {
  const NOW = new Date('2026-03-01T12:00:00Z');
  const wait = (id: string, dueAt: string | null) => ({ node: { id }, dueAt });
  const waiting = (changes: Partial<Waiting> = {}): Waiting => ({
    status: 'RUNNING',
    suspended: false,
    waitsFor: [wait('told', null), wait('late', '2026-03-01T11:59:59Z')],
    incidents: [],
    ...changes,
  });

  it('is overdue once its time has gone by and nothing is known of it', () => {
    expect(isOverdue(waiting(), NOW)).toBe(true);
    expect(isOverdue(waiting(), new Date('2026-03-01T11:59:58Z'))).toBe(false);
  });

  it.each([
    ['nothing but messages is waited for', { waitsFor: [wait('told', null)] }],
    ['it is suspended', { suspended: true }],
    ['it has ended', { status: 'CANCEL' }],
    ['an incident says why', { incidents: [{ nodeId: 'late' }] }],
  ] as const)('is not overdue where %s', (_, changes) => {
    expect(isOverdue(waiting(changes), NOW)).toBe(false);
  });

  it('is overdue where the incident is about something else', () => {
    expect(isOverdue(waiting({ incidents: [{ nodeId: 'told' }] }), NOW)).toBe(true);
  });
});
