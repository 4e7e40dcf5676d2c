import { isSchema } from '../forms/schemaFields';
import type { HistoryKind, InstancePageQuery } from '../gql/graphql';

type Instance = NonNullable<InstancePageQuery['processInstance']>;
export type HistoryEntry = Instance['history']['nodes'][number];

/** Something that was done, with what came of it in the same moment. */
export interface Act {
  entry: HistoryEntry;
  /** What the process did of itself. */
  consequences: readonly Consequence[];
}

/** Entries of one kind at one node, told together. */
export interface Consequence {
  kind: HistoryKind;
  nodeId: string | null;
  instanceId: string;
  entries: readonly HistoryEntry[];
}

function sameStep(one: HistoryEntry, other: HistoryEntry): boolean {
  return one.at === other.at;
}

function together(last: Consequence | undefined, entry: HistoryEntry): last is Consequence {
  return (
    last !== undefined &&
    last.kind === entry.kind &&
    last.nodeId === (entry.nodeId ?? null) &&
    last.instanceId === entry.instanceId
  );
}

/** A history as acts: what people did, each with what the process made of it. Nothing is left out, the order stays. */
export function acts(history: readonly HistoryEntry[]): readonly Act[] {
  const told: { entry: HistoryEntry; consequences: Consequence[] }[] = [];
  for (const entry of history) {
    const act = told.at(-1);
    if (!act || entry.actor || !sameStep(act.entry, entry)) {
      told.push({ entry, consequences: [] });
      continue;
    }
    const last = act.consequences.at(-1);
    if (together(last, entry)) {
      act.consequences[act.consequences.length - 1] = { ...last, entries: [...last.entries, entry] };
    } else {
      const { kind, nodeId, instanceId } = entry;
      act.consequences.push({ kind, nodeId: nodeId ?? null, instanceId, entries: [entry] });
    }
  }
  return told;
}

/** What somebody did, as the middle of a sentence that begins with their name. */
export const DEED: Record<HistoryKind, string> = {
  START: 'started it',
  CREATE: 'asked at',
  OPEN: 'opened',
  HOLD: 'put on hold',
  CLAIM: 'claimed',
  UNCLAIM: 'gave back',
  APPROVE: 'approved',
  REJECT: 'rejected',
  RETURN: 'sent back from',
  DELEGATE: 'delegated',
  RESOLVE: 'said what they think of',
  TRANSFER: 'transferred',
  ADD_SIGNERS: 'added signers to',
  REMOVE_SIGNERS: 'removed signers from',
  COPY: 'copied',
  WITHDRAW: 'withdrew their approval of',
  RECALL: 'recalled the approval of',
  URGE: 'urged a decision on',
  COMMENT: 'commented on',
  CANCEL: 'cancelled',
  SUSPEND: 'suspended it',
  RESUME: 'resumed it',
  END: 'ended it',
};

/** What became of a node by itself, after its name. */
export const BECAME: Partial<Record<HistoryKind, string>> = {
  CREATE: 'is asked',
  OPEN: 'has its turn',
  HOLD: 'waits',
  APPROVE: 'is approved by a rule',
  REJECT: 'is rejected by a rule',
  CANCEL: 'need not be decided any more',
  END: 'It has ended',
};

/** What the history says beside the reason. */
export interface EntryData {
  /** Whom it was given to, shown to, or who signs. */
  userIds: readonly string[];
  /** The node it was sent back to. */
  to: string | null;
  /** Where signers were added. */
  sign: 'BEFORE' | 'AFTER' | null;
  /** Names of files. */
  files: readonly { id: string; name: string }[];
}

function files(value: unknown): { id: string; name: string }[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.flatMap((file) => {
    if (!isSchema(file) || typeof file.id !== 'string') return [];
    return [{ id: file.id, name: typeof file.name === 'string' ? file.name : file.id }];
  });
}

/** Reads `HistoryEntry.data`; what is not as it should be in it is left out. */
export function readEntryData({ kind, data }: Pick<HistoryEntry, 'kind' | 'data'>): EntryData {
  const given = isSchema(data) ? data : {};
  const to = typeof given.to === 'string' ? given.to : null;
  const isToUser = kind === 'DELEGATE' || kind === 'TRANSFER';
  const several = Array.isArray(given.userIds) ? (given.userIds as unknown[]) : [];
  const userIds = isToUser && to !== null ? [to] : several.filter((id) => typeof id === 'string');
  return {
    userIds,
    to: isToUser ? null : to,
    sign: given.sign === 'BEFORE' || given.sign === 'AFTER' ? given.sign : null,
    files: [...files(given.attachments), ...files(given.signature)],
  };
}
