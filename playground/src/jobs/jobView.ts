import type { JobFilter, JobStatus } from '../gql/graphql';
import type { PageArgument } from '../ui/paging';

/** Which jobs are shown, as the address has it. */
export interface JobView {
  /** None: whatever has not ended. */
  status: JobStatus | null;
  topic: string | null;
  page: PageArgument;
}

/** Statuses to filter by. */
export const JOB_STATUSES: readonly JobStatus[] = [
  'PENDING',
  'WAITING',
  'RUNNING',
  'FAILED',
  'SUCCESS',
  'CANCELLED',
];

/** Reads the view from the address; what is unknown there is left out. */
export function readJobView(search: URLSearchParams): JobView {
  const status = search.get('status');
  const topic = search.get('topic')?.trim() ?? '';
  return {
    status: JOB_STATUSES.find((one) => one === status) ?? null,
    topic: topic === '' ? null : topic,
    page: {
      after: search.get('after') ?? undefined,
      before: search.get('before') ?? undefined,
      last: search.has('last'),
    },
  };
}

/** Writes a view as an address; another filter starts at the first page, so the caller drops the page. */
export function writeJobView({ status, topic, page }: JobView): URLSearchParams {
  const search = new URLSearchParams();
  if (status !== null) search.set('status', status);
  if (topic !== null) search.set('topic', topic);
  if (page.after !== undefined) search.set('after', page.after);
  if (page.before !== undefined) search.set('before', page.before);
  if (page.last === true) search.set('last', '1');
  return search;
}

/** What the server is asked for. */
export function jobFilter({ status, topic }: JobView): JobFilter {
  return {
    ...(status !== null && { statuses: [status] }),
    ...(topic !== null && { topics: [topic] }),
  };
}
