import { graphql } from '../gql';

/** What a batch's page and its subscription share: the counters, the status and the money. */
export const BatchStateFragmentDoc = graphql(`
  fragment BatchState on Batch {
    id
    status
    total
    pending
    running
    succeeded
    failed
    ignored
    cancelled
    quotaCost
    quotaRefunded
    cursor
    startedAt
    finishedAt
    updatedAt
  }
`);

/** The parts of an item that move; the subscription sends only these. */
export const ItemStateFragmentDoc = graphql(`
  fragment ItemState on BatchItem {
    id
    index
    status
    attempt
    step
    outputUrl
    errorCode
    errorMessage
    errorField
    startedAt
    finishedAt
  }
`);

/** An item as the grid shows it. */
export const PageItemFragmentDoc = graphql(`
  fragment PageItem on BatchItem {
    ...ItemState
    inputUrl
    decision
    task {
      id
      name
    }
  }
`);

/** Where a page stands in its connection; `PageEnds` of `ui/paging` is its shape. */
export const PageEndsFragmentDoc = graphql(`
  fragment PageEnds on PageInfo {
    hasPreviousPage
    hasNextPage
    startCursor
    endCursor
  }
`);
