import { t } from '@lingui/core/macro';
import type { DefinitionQuery } from '../gql/graphql';
import { awaited } from '../instance/waiting';

type Definition = NonNullable<DefinitionQuery['processDefinition']>;
export type StartEvent = Definition['startEvents'][number];

/** For how long what a timer has begun is looked out for. */
const LATE_MS = 60_000;

/** By what an instance begins, in words; those of a timer with a next time go on with when that is. */
export function begunBy({ kind, name, dueAt }: Pick<StartEvent, 'kind' | 'name' | 'dueAt'>): string {
  if (kind === null) return t`when somebody starts it, or another process calls it`;
  if (kind === 'TIMER' && dueAt === null) return t`timer`;
  return awaited({ kind, eventName: name });
}

/** Why nothing begins there, in words; null where something does. */
export function whyNot(
  { kind, isWaiting }: Pick<StartEvent, 'kind' | 'isWaiting'>,
  isNewest: boolean,
): string | null {
  // The version before gives its place to the newest also where it is started by hand.
  if (!isNewest) return t`only the newest version begins`;
  if (kind === null || isWaiting) return null;
  return kind === 'TIMER' ? t`does not come again` : t`does not wait`;
}

/** Whether a timer's time has just gone by, so that it begins something now and its next time is not known yet. */
export function isDue(events: readonly Pick<StartEvent, 'isWaiting' | 'dueAt'>[], now: Date): boolean {
  return events.some(({ isWaiting, dueAt }) => {
    if (!isWaiting || dueAt === null) return false;
    // What could not begin keeps its time, however long that takes.
    const late = now.getTime() - Date.parse(dueAt);
    return late >= 0 && late < LATE_MS;
  });
}
