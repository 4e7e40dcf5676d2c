import { useCallback, useState } from 'react';
import { useInboxNews } from './inboxContext';
import type { InboxNews, TaskNews } from './inboxFeed';
import { type InboxView, selectionScope, VIEWS } from './inboxView';
import {
  everythingSelected,
  isSelectable,
  nothingSelected,
  pagePressed,
  type Press,
  pressed,
  type Selectable,
  type Selection,
  without,
} from './selection';

const LEAVING: readonly TaskNews['kind'][] = VIEWS.todo.leaves;

/** What is chosen, and how to choose. */
export interface Selecting {
  selection: Selection;
  press: (press: Press) => void;
  pressPage: (checked: boolean) => void;
  selectEverything: () => void;
  clear: () => void;
}

/** The choice of tasks in a view: kept from page to page, dropped with the view or its filter. */
export function useSelection(view: InboxView, rows: readonly Selectable[]): Selecting {
  const scope = selectionScope(view);
  const [kept, keep] = useState(() => nothingSelected(scope));
  const held = rows.filter((row) => !isSelectable(row)).map(({ id }) => id);
  const selection = kept.scope === scope ? without(kept, held) : nothingSelected(scope);
  if (selection !== kept) keep(selection);
  useInboxNews(
    useCallback((news: InboxNews) => {
      if (news.all) return;
      const gone = news.tasks.filter(({ kind }) => LEAVING.includes(kind)).map(({ taskId }) => taskId);
      keep((current) => without(current, gone));
    }, []),
  );
  return {
    selection,
    press: (press) => keep(pressed(selection, rows, press)),
    pressPage: (checked) => keep(pagePressed(selection, rows, checked)),
    selectEverything: () => keep(everythingSelected(selection)),
    clear: () => keep(nothingSelected(scope)),
  };
}
