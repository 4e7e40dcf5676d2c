import { describe, expect, it } from 'vitest';
import type { HistoryKind } from '../gql/graphql';
import { acts, filesOf, type HistoryEntry } from './timeline';

function entry(
  kind: HistoryKind,
  at: string,
  actor: string | null,
  nodeId: string | null = 'n',
): HistoryEntry {
  return {
    kind,
    at,
    actor: actor === null ? null : { id: actor, name: actor },
    instanceId: 'i',
    nodeId,
    reason: null,
    users: [],
    sign: null,
    opinion: null,
    returnedTo: null,
    attachments: [],
    signature: null,
    task: null,
  };
}

const told = (history: readonly HistoryEntry[]) =>
  acts(history).map(({ entry: { kind }, consequences }) => [
    kind,
    ...consequences.map((one) => `${one.kind} ${one.nodeId} ${one.entries.length}`),
  ]);

describe('a history as acts', () => {
  it('puts what came of an act with it, the same things together', () => {
    const history = [
      entry('START', '1', 'alice', null),
      entry('CREATE', '1', null, 'vote'),
      entry('CREATE', '1', null, 'vote'),
      entry('CREATE', '1', null, 'other'),
      entry('APPROVE', '2', 'bob', 'vote'),
      entry('CANCEL', '2', null, 'vote'),
      entry('END', '2', null, null),
    ];
    expect(told(history)).toEqual([
      ['START', 'CREATE vote 2', 'CREATE other 1'],
      ['APPROVE', 'CANCEL vote 1', 'END null 1'],
    ]);
  });

  it('puts what came of an event with it, whether it came by itself or somebody told of it', () => {
    const happens = (actor: string | null) => [
      entry('TRIGGER', '3', actor, 'late'),
      entry('CANCEL', '3', null, 'review'),
      entry('CREATE', '3', null, 'remind'),
    ];
    for (const actor of [null, 'olivia'])
      expect(told(happens(actor))).toEqual([['TRIGGER', 'CANCEL review 1', 'CREATE remind 1']]);
  });

  it('keeps what the process did of itself at another time apart', () => {
    expect(told([entry('START', '1', 'alice'), entry('APPROVE', '5', null)])).toEqual([
      ['START'],
      ['APPROVE'],
    ]);
  });

  it('keeps what two people did at the same moment apart', () => {
    expect(told([entry('APPROVE', '1', 'a'), entry('APPROVE', '1', 'b')])).toEqual([
      ['APPROVE'],
      ['APPROVE'],
    ]);
  });

  it('leaves nothing out', () => {
    const history = [entry('CREATE', '1', null), entry('OPEN', '1', null), entry('COMMENT', '1', 'a')];
    const count = acts(history).reduce(
      (sum, { consequences }) => sum + 1 + consequences.reduce((all, { entries }) => all + entries.length, 0),
      0,
    );
    expect(count).toBe(history.length);
  });
});

describe('what an entry says beside the reason', () => {
  const file = (name: string) => ({ id: name, name, url: `/files/${name}` });

  it('has its files, the signature last', () => {
    const said = { ...entry('APPROVE', '1', 'a'), attachments: [file('a.pdf')], signature: file('me.png') };
    expect(filesOf(said).map(({ name }) => name)).toEqual(['a.pdf', 'me.png']);
    expect(filesOf(entry('APPROVE', '1', 'a'))).toEqual([]);
  });
});
