import { describe, expect, it } from 'vitest';
import { became, deed } from './telling';

const entry = { users: [], sign: null, returnedTo: null, opinion: null };
const people = (...names: string[]) => names.map((name) => ({ id: name, name }));

describe('what is told of an act', () => {
  it.each([
    [{ ...entry, kind: 'START' as const }, null, 'started it'],
    [{ ...entry, kind: 'CANCEL' as const }, null, 'cancelled'],
    [{ ...entry, kind: 'APPROVE' as const }, 'Look', 'approved “Look”'],
    [{ ...entry, kind: 'DELEGATE' as const, users: people('Bob') }, 'Look', 'delegated “Look” to Bob'],
    [
      { ...entry, kind: 'ADD_SIGNERS' as const, users: people('Bob', 'Dan'), sign: 'BEFORE' as const },
      'Look',
      'added signers to “Look”: Bob and Dan, who sign before',
    ],
    [
      { ...entry, kind: 'RETURN' as const, returnedTo: { id: 'ask', name: 'Ask' } },
      'Look',
      'sent back from “Look” to “Ask”',
    ],
    [{ ...entry, kind: 'RETURN' as const }, 'Look', 'sent back from “Look” to whoever started it'],
    [
      { ...entry, kind: 'RESOLVE' as const, opinion: 'REJECT' as const },
      'Look',
      'said what they think of “Look”: against it',
    ],
  ])('says %j at %s', (what, node, text) => {
    expect(deed(what, node)).toBe(text);
  });

  it.each([
    ['END', null, [], 'It has ended.'],
    ['CREATE', 'Look', ['Bob', 'Carol'], '“Look” is asked of Bob, Carol.'],
    ['CREATE', 'Look', [], '“Look” is asked.'],
    ['APPROVE', 'Look', [], '“Look” is approved by a rule.'],
    ['SUSPEND', null, [], 'It went on.'],
  ] as const)('says what became of it: %s', (kind, node, names, text) => {
    expect(became(kind, node, names)).toBe(text);
  });
});
