import { graphql } from '../gql';

/** A job as lists show it. */
export const JobRowFragmentDoc = graphql(`
  fragment JobRow on Job {
    id
    instanceId
    nodeId
    kind
    topic
    status
    suspended
    attempt
    maxAttempts
    retries
    dueAt
    worker
    errorCode
    errorMessage
    createdAt
    finishedAt
  }
`);

export const JobListDocument = graphql(`
  query JobList($filter: JobFilter, $first: Int, $after: String, $last: Int, $before: String) {
    jobs(filter: $filter, first: $first, after: $after, last: $last, before: $before) {
      totalCount
      nodes {
        ...JobRow
      }
      pageInfo {
        ...PageEnds
      }
    }
  }
`);

/** What instances and their nodes are called; of those that one may not see nothing. */
export const InstanceNamesDocument = graphql(`
  query InstanceNames($ids: [ID!]!) {
    nodes(ids: $ids) {
      id
      ... on ProcessInstance {
        businessKey
        definition {
          id
          name
          nodes {
            id
            name
          }
        }
      }
    }
  }
`);

export const JobsAvailableDocument = graphql(`
  subscription JobsAvailable($topics: [String!]!) {
    jobsAvailable(topics: $topics) {
      topic
      count
    }
  }
`);
