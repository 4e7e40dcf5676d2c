import type { PageEndsFragment } from '../gql/graphql';

/** Which page of a connection is wanted: after a cursor, before one, the last, or (with none of these) the first. */
export interface PageArgument {
  after?: string | undefined;
  before?: string | undefined;
  last?: boolean;
}

/** Where a page stands in its connection. */
export type PageEnds = PageEndsFragment;

/** A page of a connection as a query answers it. */
export interface ConnectionPage<Node> {
  totalCount: number;
  nodes: readonly Node[];
  pageInfo: PageEnds;
}

export const FIRST_PAGE: PageArgument = {};
export const LAST_PAGE: PageArgument = { last: true };

/** Relay arguments for a page of this many rows. */
export interface RelayArguments {
  first?: number;
  after?: string;
  last?: number;
  before?: string;
}

export function relayArguments(page: PageArgument, size: number): RelayArguments {
  if (page.before !== undefined) return { last: size, before: page.before };
  if (page.last === true) return { last: size };
  if (page.after !== undefined) return { first: size, after: page.after };
  return { first: size };
}
