import type { LoadAnswer } from '../api/liveQuery';
import type { ConnectionPage, PageArgument } from '../ui/paging';

/** As many as are looked through for a text. */
const LOOKED_THROUGH = 500;

export interface Gathered<Answer, Node> {
  /** The answer with which the page begins. */
  first: Answer;
  /** What was gathered, as one page. */
  page: ConnectionPage<Node>;
}

/** Reads a page of a connection; with `all`, those that follow it too, until there are 500. */
export async function gather<Answer, Node>(
  ask: (page: PageArgument) => Promise<LoadAnswer<Answer>>,
  read: (answer: Answer) => ConnectionPage<Node>,
  page: PageArgument,
  all: boolean,
): Promise<LoadAnswer<Gathered<Answer, Node>>> {
  const answer = await ask(page);
  if ('fault' in answer) return answer;
  const first = answer.data;
  const nodes = [...read(first).nodes];
  let ends = read(first).pageInfo;
  while (all && ends.hasNextPage && nodes.length < LOOKED_THROUGH) {
    const next = await ask({ after: ends.endCursor ?? undefined });
    if ('fault' in next) return next;
    nodes.push(...read(next.data).nodes);
    ends = read(next.data).pageInfo;
  }
  return { data: { first, page: { ...read(first), nodes } } };
}
