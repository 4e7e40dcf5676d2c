import { type RefObject, useCallback, useEffect, useRef } from 'react';
import type { TaskRow } from './inboxState';

/**
 * Keeps the keyboard's place in the list: where the row that it was on leaves, it goes on at the one that has taken its
 * place, and at the heading where there is none. The returned function puts it on a row.
 */
export function useKeptFocus(
  list: RefObject<HTMLElement | null>,
  heading: RefObject<HTMLElement | null>,
  rows: readonly TaskRow[] | undefined,
): (taskId: string) => void {
  const wanted = useRef<string | null>(null);
  const order = useRef<readonly string[]>([]);

  useEffect(() => {
    const before = order.current;
    order.current = rows?.map(({ id }) => id) ?? [];
    const id = wanted.current;
    if (id === null || order.current.includes(id)) return;
    wanted.current = null;
    // Whoever has gone on elsewhere is left there.
    if (document.activeElement !== document.body && document.activeElement !== null) return;
    focusRow(list.current, heading.current, before.indexOf(id));
  }, [list, heading, rows]);

  useEffect(() => {
    const onFocus = ({ target }: FocusEvent) => {
      const row =
        target instanceof Element && list.current?.contains(target) ? target.closest('[data-task]') : null;
      wanted.current = row?.getAttribute('data-task') ?? null;
    };
    document.addEventListener('focusin', onFocus);
    return () => document.removeEventListener('focusin', onFocus);
  }, [list]);

  return useCallback(
    (taskId: string) => {
      // Once what was open has given the keyboard free.
      window.setTimeout(() => {
        focusRow(list.current, heading.current, order.current.indexOf(taskId));
      });
    },
    [list, heading],
  );
}

/** Focuses the row at a place, or the nearest there is; the heading where there is none. */
function focusRow(list: HTMLElement | null, heading: HTMLElement | null, place: number): void {
  const links = list?.querySelectorAll<HTMLElement>('.task-item-link') ?? [];
  const link = links[Math.min(Math.max(place, 0), links.length - 1)];
  (link ?? heading)?.focus({ preventScroll: true });
}
