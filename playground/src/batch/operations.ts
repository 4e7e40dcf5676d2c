import { graphql } from '../gql';

/** One page of a batch's items, with the batch as it was no later than they were read. */
export const BatchPageDocument = graphql(`
  query BatchPage(
    $id: ID!
    $status: [BatchItemStatus!]
    $first: Int
    $after: String
    $last: Int
    $before: String
  ) {
    batch(id: $id) {
      ...BatchState
      number
      kind
      decision
      comment
      inputData
      createdAt
      createdBy {
        id
        name
      }
      feature {
        id
        key
        name
      }
      archiveUrl
      errorSheetUrl
      items(status: $status, first: $first, after: $after, last: $last, before: $before) {
        totalCount
        nodes {
          ...PageItem
        }
        pageInfo {
          ...PageEnds
        }
      }
    }
  }
`);

export const BatchProgressDocument = graphql(`
  subscription BatchProgress($batchId: ID!, $after: String) {
    batchProgress(batchId: $batchId, after: $after) {
      cursor
      batch {
        ...BatchState
      }
      item {
        ...ItemState
      }
    }
  }
`);

export const ItemDetailsDocument = graphql(`
  query ItemDetails($id: ID!) {
    node(id: $id) {
      id
      ... on BatchItem {
        ...PageItem
        output {
          contentType
          size
          width
          height
        }
        attempts {
          number
          generation
          errorCode
          errorMessage
          startedAt
          finishedAt
        }
        steps {
          name
          milliseconds
        }
      }
    }
  }
`);

/** A link to the archive with a signature that has just been made. */
export const ArchiveLinkDocument = graphql(`
  query ArchiveLink($id: ID!) {
    batch(id: $id) {
      id
      archiveUrl
    }
  }
`);

export const RetryFailedItemsDocument = graphql(`
  mutation RetryFailedItems($batchId: ID!) {
    retryFailedItems(input: { batchId: $batchId }) {
      batch {
        ...BatchState
      }
      retriedCount
      quotaCost
    }
  }
`);

export const CancelBatchDocument = graphql(`
  mutation CancelBatch($batchId: ID!) {
    cancelBatch(input: { batchId: $batchId }) {
      batch {
        ...BatchState
      }
      refundAmount
    }
  }
`);
