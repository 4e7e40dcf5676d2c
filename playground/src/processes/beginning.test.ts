import { describe, expect, it } from 'vitest';
import { begunBy, isDue, whyNot } from './beginning';

const now = new Date('2026-11-23T10:00:00Z');

describe('what begins a process', () => {
  it.each([
    [{ kind: null, name: null, dueAt: null }, 'when somebody starts it, or another process calls it'],
    [{ kind: 'TIMER', name: null, dueAt: '2026-11-23T11:00:00Z' }, 'timer due'],
    [{ kind: 'TIMER', name: null, dueAt: null }, 'timer'],
    [{ kind: 'MESSAGE', name: 'ordered', dueAt: null }, 'message “ordered”'],
    [{ kind: 'SIGNAL', name: 'closing', dueAt: null }, 'signal “closing”'],
  ] as const)('is told of %j', (event, text) => {
    expect(begunBy(event)).toBe(text);
  });

  it('begins nothing where a newer version does, or where it has come for the last time', () => {
    const timer = { kind: 'TIMER', isWaiting: false } as const;
    expect(whyNot(timer, true)).toBe('does not come again');
    expect(whyNot({ ...timer, isWaiting: true }, true)).toBeNull();
    expect(whyNot({ kind: 'SIGNAL', isWaiting: false }, true)).toBe('does not wait');
    expect(whyNot({ kind: null, isWaiting: false }, true)).toBeNull();
    expect(whyNot({ kind: null, isWaiting: false }, false)).toBe('only the newest version begins');
    expect(whyNot(timer, false)).toBe('only the newest version begins');
  });

  it.each([
    ['2026-11-23T10:00:01Z', false],
    ['2026-11-23T10:00:00Z', true],
    ['2026-11-23T09:59:30Z', true],
    ['2026-11-23T09:58:00Z', false],
    [null, false],
  ])('is looked out for when its time is %s: %s', (dueAt, due) => {
    expect(isDue([{ isWaiting: true, dueAt }], now)).toBe(due);
    expect(isDue([{ isWaiting: false, dueAt }], now)).toBe(false);
  });
});
