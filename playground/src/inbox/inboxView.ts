import type { MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import type { TaskFilter, TaskOrder, TaskStatus, TaskView } from '../gql/graphql';
import { FIRST_PAGE, type PageArgument } from '../ui/paging';
import type { TaskNews } from './inboxFeed';

/** What the inbox shows, as its address has it. */
export interface InboxView {
  view: ViewKey;
  /** The key of a process. */
  process: string | null;
  /** A text in the task's name. */
  name: string | null;
  /** A text in the reference. */
  reference: string | null;
  status: StatusKey | null;
  /** The user id of the starter. */
  startedBy: string | null;
  due: DueKey | null;
  order: TaskOrderKey;
  page: PageArgument;
  /** The task that is open beside the list. */
  task: string | null;
}

/** The views with what has left each of them. */
export const VIEWS = {
  todo: { label: msg`To do`, view: 'TODO', leaves: ['DONE', 'GONE'] },
  done: { label: msg({ message: 'Done', context: 'inbox' }), view: 'DONE', leaves: [] },
  copied: { label: msg`Copied`, view: 'COPIED', leaves: [] },
  all: { label: msg`All`, view: 'ALL', leaves: [] },
} satisfies Record<string, { label: MessageDescriptor; view: TaskView; leaves: readonly TaskNews['kind'][] }>;

export type ViewKey = keyof typeof VIEWS;

const HOUR_MS = 3_600_000;

/** When tasks should be done, to filter by: before a moment so much later than now. */
export const DUE = {
  overdue: { label: msg`Overdue`, within: 0 },
  day: { label: msg`Due within a day`, within: 24 * HOUR_MS },
  week: { label: msg`Due within a week`, within: 7 * 24 * HOUR_MS },
} satisfies Record<string, { label: MessageDescriptor; within: number }>;

export type DueKey = keyof typeof DUE;

/** How tasks stand, to filter by. */
export const STATUSES = {
  running: { label: msg`To be decided`, statuses: ['RUNNING'] },
  waiting: { label: msg`Waiting for others`, statuses: ['WAIT', 'APPROVING'] },
  approved: { label: msg`Approved`, statuses: ['APPROVE'] },
  rejected: { label: msg`Rejected`, statuses: ['REJECT'] },
  returned: { label: msg`Sent back`, statuses: ['RETURN'] },
  cancelled: { label: msg`Cancelled or skipped`, statuses: ['CANCEL', 'SKIP'] },
} satisfies Record<string, { label: MessageDescriptor; statuses: TaskStatus[] }>;

export type StatusKey = keyof typeof STATUSES;

/** Orders to choose from. */
export const TASK_ORDERS = {
  newest: { label: msg`Newest first`, order: { field: 'CREATED_AT', direction: 'DESC' } },
  oldest: { label: msg`Oldest first`, order: { field: 'CREATED_AT', direction: 'ASC' } },
  due: { label: msg`Due first`, order: { field: 'DUE_AT', direction: 'ASC' } },
  decided: { label: msg`Last decided`, order: { field: 'FINISHED_AT', direction: 'DESC' } },
  name: { label: msg`By name`, order: { field: 'NAME', direction: 'ASC' } },
} satisfies Record<string, { label: MessageDescriptor; order: TaskOrder }>;

export type TaskOrderKey = keyof typeof TASK_ORDERS;

function keyIn<Key extends string>(choices: Record<Key, unknown>, value: string | null): Key | null {
  return value !== null && Object.hasOwn(choices, value) ? (value as Key) : null;
}

/** Reads the view from the address; what is unknown there is left out. */
export function readInboxView(search: URLSearchParams): InboxView {
  return {
    view: keyIn(VIEWS, search.get('view')) ?? 'todo',
    process: search.get('process'),
    name: search.get('name'),
    reference: search.get('reference'),
    status: keyIn(STATUSES, search.get('status')),
    startedBy: search.get('startedBy'),
    due: keyIn(DUE, search.get('due')),
    order: keyIn(TASK_ORDERS, search.get('order')) ?? 'newest',
    page: {
      after: search.get('after') ?? undefined,
      before: search.get('before') ?? undefined,
      last: search.has('last'),
    },
    task: search.get('task'),
  };
}

/** Writes a view as an address. */
export function writeInboxView(view: InboxView): URLSearchParams {
  const search = new URLSearchParams();
  if (view.view !== 'todo') search.set('view', view.view);
  if (view.process !== null) search.set('process', view.process);
  if (view.name !== null && view.name !== '') search.set('name', view.name);
  if (view.reference !== null && view.reference !== '') search.set('reference', view.reference);
  if (view.status !== null) search.set('status', view.status);
  if (view.startedBy !== null) search.set('startedBy', view.startedBy);
  if (view.due !== null) search.set('due', view.due);
  if (view.order !== 'newest') search.set('order', view.order);
  if (view.page.after !== undefined) search.set('after', view.page.after);
  if (view.page.before !== undefined) search.set('before', view.page.before);
  if (view.page.last === true) search.set('last', '1');
  if (view.task !== null) search.set('task', view.task);
  return search;
}

/** The first page of another view, with the same filters as far as they are offered there. */
export function turnedTo(view: InboxView, key: ViewKey): InboxView {
  const status = key === 'todo' ? null : view.status;
  return { ...view, view: key, status, page: FIRST_PAGE, task: null };
}

/** What a choice of tasks belongs to: the view with its filter, whatever page of it is shown and in whatever order. */
export function selectionScope(view: InboxView): string {
  return writeInboxView({ ...view, order: 'newest', page: FIRST_PAGE, task: null }).toString();
}

/** The filter of a view, as seen at a moment. */
export function taskFilter(view: InboxView, now: Date): TaskFilter {
  return {
    view: VIEWS[view.view].view,
    ...(view.process !== null && { definitionKey: view.process }),
    ...(view.name !== null && view.name.trim() !== '' && { name: view.name.trim() }),
    ...(view.reference !== null &&
      view.reference.trim() !== '' && { businessKeyContains: view.reference.trim() }),
    ...(view.status !== null && { status: STATUSES[view.status].statuses }),
    ...(view.startedBy !== null && { startedBy: view.startedBy }),
    ...(view.due !== null && {
      dueBefore: new Date(now.getTime() + DUE[view.due].within).toISOString(),
    }),
  };
}

/** A view's filters, none of them set. */
export const NO_FILTER = {
  process: null,
  name: null,
  reference: null,
  status: null,
  startedBy: null,
  due: null,
} satisfies Partial<InboxView>;

/** Whether a view leaves something out. */
export function isFiltered(view: InboxView): boolean {
  const filters = Object.keys(NO_FILTER) as (keyof typeof NO_FILTER)[];
  return filters.some((name) => view[name] !== null && view[name] !== '');
}
