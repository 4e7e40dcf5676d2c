import type { MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import type { BatchOrder, BatchStatus } from '../gql/graphql';
import type { PageArgument } from '../ui/paging';

/** What the list of batches shows, as its address has it. */
export interface ListView {
  status: BatchStatus | null;
  featureId: string | null;
  order: OrderKey;
  page: PageArgument;
}

/** Orders to choose from. */
export const ORDERS = {
  newest: { label: msg`Newest first`, order: { field: 'CREATED_AT', direction: 'DESC' } },
  oldest: { label: msg`Oldest first`, order: { field: 'CREATED_AT', direction: 'ASC' } },
  changed: { label: msg`Last changed`, order: { field: 'UPDATED_AT', direction: 'DESC' } },
  largest: { label: msg`Largest first`, order: { field: 'TOTAL', direction: 'DESC' } },
} satisfies Record<string, { label: MessageDescriptor; order: BatchOrder }>;

export type OrderKey = keyof typeof ORDERS;

/** Statuses to filter by. */
export const STATUSES: readonly BatchStatus[] = [
  'PENDING',
  'PROCESSING',
  'SUCCESS',
  'PARTIAL_SUCCESS',
  'FAILED',
  'CANCELLED',
];

/** Reads the view from the address; what is unknown there is left out. */
export function readView(search: URLSearchParams): ListView {
  const status = search.get('status');
  const order = search.get('order');
  return {
    status: STATUSES.find((one) => one === status) ?? null,
    featureId: search.get('feature'),
    order: order !== null && Object.hasOwn(ORDERS, order) ? (order as OrderKey) : 'newest',
    page: {
      after: search.get('after') ?? undefined,
      before: search.get('before') ?? undefined,
      last: search.has('last'),
    },
  };
}

/** Writes a view as an address; another filter or order starts at the first page, so the caller drops the page. */
export function writeView(view: ListView): URLSearchParams {
  const search = new URLSearchParams();
  if (view.status !== null) search.set('status', view.status);
  if (view.featureId !== null) search.set('feature', view.featureId);
  if (view.order !== 'newest') search.set('order', view.order);
  if (view.page.after !== undefined) search.set('after', view.page.after);
  if (view.page.before !== undefined) search.set('before', view.page.before);
  if (view.page.last === true) search.set('last', '1');
  return search;
}
