import { t } from '@lingui/core/macro';
import type { HistoryKind } from '../gql/graphql';
import { list } from '../language/format';
import type { HistoryEntry } from './timeline';

/** What somebody did, as a sentence goes on that begins with their name. */
export function deed(
  entry: Pick<HistoryEntry, 'kind' | 'users' | 'sign' | 'returnedTo' | 'opinion'>,
  node: string | null,
): string {
  const { kind, users, opinion } = entry;
  const what = node === null ? '' : t`“${node}”`;
  const people = list(
    users.map(({ name }) => name),
    'long',
  );
  const done = kind in WITH_PEOPLE && users.length > 0 ? withPeople(entry, what, people) : alone(entry, what);
  if (opinion === null) return done.trim();
  return opinion === 'APPROVE' ? t`${done.trim()}: for it` : t`${done.trim()}: against it`;
}

/** What is done to a task for others. */
const WITH_PEOPLE: Partial<Record<HistoryKind, true>> = {
  DELEGATE: true,
  TRANSFER: true,
  COPY: true,
  ADD_SIGNERS: true,
  REMOVE_SIGNERS: true,
};

function withPeople(
  { kind, sign }: Pick<HistoryEntry, 'kind' | 'sign'>,
  what: string,
  people: string,
): string {
  switch (kind) {
    case 'DELEGATE':
      return t`delegated ${what} to ${people}`;
    case 'TRANSFER':
      return t`transferred ${what} to ${people}`;
    case 'COPY':
      return t`copied ${what} to ${people}`;
    case 'REMOVE_SIGNERS':
      return t`removed signers from ${what}: ${people}`;
    default:
      if (sign === 'BEFORE') return t`added signers to ${what}: ${people}, who sign before`;
      if (sign === 'AFTER') return t`added signers to ${what}: ${people}, who sign after`;
      return t`added signers to ${what}: ${people}`;
  }
}

function alone({ kind, returnedTo }: Pick<HistoryEntry, 'kind' | 'returnedTo'>, what: string): string {
  switch (kind) {
    case 'START':
      return t`started it`;
    case 'CREATE':
      return t`asked at ${what}`;
    case 'OPEN':
      return t`opened ${what}`;
    case 'HOLD':
      return t`put on hold ${what}`;
    case 'CLAIM':
      return t`claimed ${what}`;
    case 'UNCLAIM':
      return t`gave back ${what}`;
    case 'APPROVE':
      return t`approved ${what}`;
    case 'REJECT':
      return t`rejected ${what}`;
    case 'RETURN':
      return returnedTo
        ? t`sent back from ${what} to “${returnedTo.name}”`
        : t`sent back from ${what} to whoever started it`;
    case 'DELEGATE':
      return t`delegated ${what}`;
    case 'RESOLVE':
      return t`said what they think of ${what}`;
    case 'TRANSFER':
      return t`transferred ${what}`;
    case 'ADD_SIGNERS':
      return t`added signers to ${what}`;
    case 'REMOVE_SIGNERS':
      return t`removed signers from ${what}`;
    case 'COPY':
      return t`copied ${what}`;
    case 'WITHDRAW':
      return t`withdrew their approval of ${what}`;
    case 'RECALL':
      return t`recalled the approval of ${what}`;
    case 'URGE':
      return t`urged a decision on ${what}`;
    case 'COMMENT':
      return t`commented on ${what}`;
    case 'CANCEL':
      return t`cancelled ${what}`;
    case 'SUSPEND':
      return t`suspended it`;
    case 'RESUME':
      return t`resumed it`;
    case 'END':
      return t`ended it`;
    case 'TRIGGER':
      return t`told it: ${what}`;
    case 'COMPLETE_JOB':
      return t`did the work of ${what}`;
    case 'ERROR_JOB':
      return t`ended the work of ${what} with an error`;
    case 'INCIDENT':
      return t`could not go on at ${what}`;
    case 'RESOLVE_INCIDENT':
      return t`had ${what} done again`;
  }
}

/** What became of something by itself, as a sentence; `people` are those to whom it went. */
export function became(kind: HistoryKind, node: string | null, people: readonly string[]): string {
  if (kind === 'END') return t`It has ended.`;
  if (node === null) return t`It went on.`;
  const names = list(people);
  switch (kind) {
    case 'CREATE':
      return names === '' ? t`“${node}” is asked.` : t`“${node}” is asked of ${names}.`;
    case 'OPEN':
      return names === '' ? t`“${node}” has its turn.` : t`“${node}” is now for ${names}.`;
    case 'HOLD':
      return t`“${node}” waits.`;
    case 'APPROVE':
      return t`“${node}” is approved by a rule.`;
    case 'REJECT':
      return t`“${node}” is rejected by a rule.`;
    case 'CANCEL':
      return t`“${node}” need not be decided any more.`;
    case 'TRIGGER':
      return t`“${node}” has happened.`;
    case 'COMPLETE_JOB':
      return t`“${node}” is done.`;
    case 'INCIDENT':
      return t`“${node}” could not go on.`;
    default:
      return t`“${node}” goes on.`;
  }
}
