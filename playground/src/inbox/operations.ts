import { graphql } from '../gql';

/** A task as lists show it. */
export const TaskRowFragmentDoc = graphql(`
  fragment TaskRow on Task {
    id
    status
    name
    dueAt
    urgedAt
    createdAt
    finishedAt
    resubmission
    delegated
    lockedBy
    assignee {
      id
      name
    }
    decidedBy {
      id
      name
    }
    candidates {
      kind
      key
      name
    }
    instance {
      id
      status
      suspended
      businessKey
      startedAt
      startedBy {
        id
        name
      }
      definition {
        id
        key
        name
      }
    }
  }
`);

export const TaskListDocument = graphql(`
  query TaskList(
    $filter: TaskFilter
    $orderBy: TaskOrder
    $first: Int
    $after: String
    $last: Int
    $before: String
  ) {
    tasks(filter: $filter, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {
      totalCount
      nodes {
        ...TaskRow
      }
      pageInfo {
        ...PageEnds
      }
    }
  }
`);

/** How much there is to do. */
export const TodoCountDocument = graphql(`
  query TodoCount {
    tasks(filter: { view: TODO }, first: 0) {
      totalCount
    }
  }
`);

export const TaskInboxDocument = graphql(`
  subscription TaskInbox($after: String) {
    taskInbox(after: $after) {
      cursor
      kind
      task {
        id
        status
        instance {
          id
        }
      }
    }
  }
`);

/** Decides the tasks that were chosen, or everything that a filter matches, in one batch. */
export const DecideManyDocument = graphql(`
  mutation DecideMany($input: CreateApprovalBatchInput!) {
    createApprovalBatch(input: $input) {
      batch {
        id
      }
    }
  }
`);
