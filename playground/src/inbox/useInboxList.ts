import { type RefObject, useEffect, useMemo, useSyncExternalStore } from 'react';
import { useClient } from 'urql';
import { faultOfResult, networkFault } from '../api/fault';
import { relayArguments } from '../ui/paging';
import { useInboxNews } from './inboxContext';
import { InboxList, type ListSnapshot } from './inboxList';
import { type InboxView, readInboxView, taskFilter, TASK_ORDERS, VIEWS, writeInboxView } from './inboxView';
import { TaskListDocument } from './operations';

const PAGE_SIZE = 20;
/** Scrolled less than this, the list is looked at from its beginning. */
const AT_TOP_PX = 80;

/** Nobody points at the rows, is on one of them, or has scrolled down to them. */
function isAtRest(list: HTMLElement | null): boolean {
  if (list === null) return true;
  if (document.hidden) return window.scrollY < AT_TOP_PX;
  return window.scrollY < AT_TOP_PX && !list.contains(document.activeElement) && !list.matches(':hover');
}

export interface LiveInboxList {
  snapshot: ListSnapshot;
  reload: () => void;
  catchUp: () => void;
}

/** The page of tasks that a view asks for, kept current. `list` is where the rows are. */
export function useInboxList(view: InboxView, list: RefObject<HTMLElement | null>): LiveInboxList {
  const client = useClient();
  // Which task is open changes nothing in the list.
  const address = writeInboxView({ ...view, task: null }).toString();
  const tasks = useMemo(() => {
    const asked = readInboxView(new URLSearchParams(address));
    return new InboxList({
      load: async () => {
        const variables = {
          filter: taskFilter(asked, new Date()),
          orderBy: TASK_ORDERS[asked.order].order,
          ...relayArguments(asked.page, PAGE_SIZE),
        };
        const { data, error } = await client
          .query(TaskListDocument, variables, { requestPolicy: 'network-only' })
          .toPromise();
        if (error) return { fault: faultOfResult(error) };
        return data ? { page: data.tasks } : { fault: networkFault() };
      },
      mayMove: () => isAtRest(list.current),
      leaves: VIEWS[asked.view].leaves,
    });
  }, [address, client, list]);
  useEffect(() => {
    tasks.reload();
    return tasks.close;
  }, [tasks]);
  useInboxNews(tasks.hear);
  const snapshot = useSyncExternalStore(tasks.subscribe, tasks.snapshot);
  return { snapshot, reload: tasks.reload, catchUp: tasks.catchUp };
}
