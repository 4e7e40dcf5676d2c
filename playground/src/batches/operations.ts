import { graphql } from '../gql';

export const BatchListDocument = graphql(`
  query BatchList(
    $filter: BatchFilter
    $orderBy: BatchOrder
    $first: Int
    $after: String
    $last: Int
    $before: String
  ) {
    batches(filter: $filter, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {
      totalCount
      nodes {
        ...BatchState
        number
        createdAt
        createdBy {
          id
          name
        }
        kind
        feature {
          id
          name
        }
      }
      pageInfo {
        ...PageEnds
      }
    }
  }
`);

export const CreateBatchDocument = graphql(`
  mutation CreateBatch($input: CreateBatchInput!) {
    createBatch(input: $input) {
      batch {
        id
        number
      }
      quotaCost
    }
  }
`);
