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

function isOfSameKind(last: Consequence | undefined, entry: HistoryEntry): last is Consequence {
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
    if (isOfSameKind(last, entry)) {
      act.consequences[act.consequences.length - 1] = { ...last, entries: [...last.entries, entry] };
    } else {
      const { kind, nodeId, instanceId } = entry;
      act.consequences.push({ kind, nodeId: nodeId ?? null, instanceId, entries: [entry] });
    }
  }
  return told;
}

/** The files that came with an entry, the signature last. */
export function filesOf({ attachments, signature }: HistoryEntry): HistoryEntry['attachments'] {
  return signature ? [...attachments, signature] : attachments;
}
