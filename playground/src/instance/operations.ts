import { graphql } from '../gql';

/** An instance as lists show it. */
export const InstanceRowFragmentDoc = graphql(`
  fragment InstanceRow on ProcessInstance {
    id
    status
    suspended
    reason
    businessKey
    startedAt
    finishedAt
    startedBy {
      id
      name
    }
    definition {
      id
      key
      name
      version
    }
    currentNodes {
      instanceId
      nodeId
      name
    }
  }
`);

/** Whom a process will ask. */
export const LookAheadFragmentDoc = graphql(`
  fragment Ahead on LookAhead {
    nodes {
      nodeId
      name
      settled
      assignees {
        id
        name
      }
      candidates {
        kind
        key
        name
      }
    }
    stoppedBy
  }
`);

/** One instance with everything that has happened in it. */
export const InstancePageDocument = graphql(`
  query InstancePage($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {
    lookAhead(instanceId: $id) {
      ...Ahead
    }
    processInstance(id: $id) {
      ...InstanceRow
      cursor
      variables
      definition {
        id
        nodes {
          id
          name
          kind
        }
      }
      path {
        instanceId
        nodeId
        name
        kind
        cameBy
        enteredAt
        leftAt
        outcome
      }
      waitsFor {
        kind
        node {
          id
          name
        }
        eventName
        dueAt
        createdAt
      }
      incidents {
        id
        instanceId
        nodeId
        code
        message
        createdAt
      }
      jobs {
        ...JobRow
      }
      parent {
        ...InstanceRow
      }
      children {
        ...InstanceRow
      }
      tasks(first: 100) {
        totalCount
        nodes {
          ...TaskRow
          nodeId
          reason
          signerOf
        }
      }
      history(first: $first, after: $after, last: $last, before: $before) {
        totalCount
        nodes {
          kind
          at
          actor {
            id
            name
          }
          instanceId
          nodeId
          reason
          users {
            id
            name
          }
          sign
          opinion
          returnedTo {
            id
            name
          }
          attachments {
            id
            name
            url
          }
          signature {
            id
            name
            url
          }
          task {
            id
            name
            assignee {
              id
              name
            }
          }
        }
        pageInfo {
          ...PageEnds
        }
      }
    }
  }
`);

/** The values that an instance's variables were given. */
export const VariableHistoryDocument = graphql(`
  query VariableHistory($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {
    processInstance(id: $id) {
      id
      variableHistory(first: $first, after: $after, last: $last, before: $before) {
        totalCount
        nodes {
          name
          value
          at
          changedBy {
            id
            name
          }
          task {
            id
            name
          }
        }
        pageInfo {
          ...PageEnds
        }
      }
    }
  }
`);

export const InstanceProgressDocument = graphql(`
  subscription InstanceProgress($instanceId: ID!, $after: String) {
    processInstanceProgress(instanceId: $instanceId, after: $after) {
      cursor
      instance {
        id
        status
      }
      task {
        id
        status
      }
    }
  }
`);

export const CancelInstanceDocument = graphql(`
  mutation CancelInstance($input: CancelProcessInstanceInput!) {
    cancelProcessInstance(input: $input) {
      instance {
        id
        status
      }
    }
  }
`);

export const SuspendInstanceDocument = graphql(`
  mutation SuspendInstance($input: SuspendProcessInstanceInput!) {
    suspendProcessInstance(input: $input) {
      instance {
        id
        suspended
      }
    }
  }
`);

export const ResumeInstanceDocument = graphql(`
  mutation ResumeInstance($input: ResumeProcessInstanceInput!) {
    resumeProcessInstance(input: $input) {
      instance {
        id
        suspended
      }
    }
  }
`);
