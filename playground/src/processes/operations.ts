import { graphql } from '../gql';

export const ProcessListDocument = graphql(`
  query ProcessList($search: String, $first: Int, $after: String, $last: Int, $before: String) {
    processDefinitions(search: $search, first: $first, after: $after, last: $last, before: $before) {
      totalCount
      nodes {
        id
        key
        name
        version
        createdAt
        canStart
        deployedBy {
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

/** A version of a process, beside its diagram. */
export const DefinitionDocument = graphql(`
  query Definition($key: String!, $version: Int) {
    processDefinition(key: $key, version: $version) {
      id
      key
      name
      version
      createdAt
      canStart
      nodes {
        id
        name
        kind
      }
      startEvents {
        nodeId
        kind
        name
        isWaiting
        dueAt
      }
      deployedBy {
        id
        name
      }
      newest: versions(first: 1) {
        nodes {
          id
          version
        }
      }
    }
  }
`);

/** The versions of a process, the newest first. */
export const VersionsDocument = graphql(`
  query Versions($key: String!, $first: Int, $after: String, $last: Int, $before: String) {
    processDefinition(key: $key) {
      id
      name
      versions(first: $first, after: $after, last: $last, before: $before) {
        totalCount
        nodes {
          id
          version
          createdAt
          deployedBy {
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

/** Two versions of a process with their documents, and which is the newest. */
export const ComparisonDocument = graphql(`
  query Comparison($key: String!, $from: Int!, $to: Int!) {
    before: processDefinition(key: $key, version: $from) {
      ...DiagramSource
    }
    after: processDefinition(key: $key, version: $to) {
      ...DiagramSource
    }
    newest: processDefinition(key: $key) {
      id
      name
      version
    }
  }
`);

/** What it takes to start a process. */
export const StartFormDocument = graphql(`
  query StartForm($key: String!) {
    processDefinition(key: $key) {
      id
      key
      name
      version
      startForm
      needsBusinessKey
      approversToChoose {
        id
        name
      }
    }
  }
`);

export const StartProcessDocument = graphql(`
  mutation StartProcess($input: StartProcessInput!) {
    startProcess(input: $input) {
      instance {
        id
        status
      }
    }
  }
`);

/** Whom a process would ask. */
export const PreviewProcessDocument = graphql(`
  query PreviewProcess($input: StartProcessInput!) {
    previewProcess(input: $input) {
      ...Ahead
    }
  }
`);

export const DeployProcessDocument = graphql(`
  mutation DeployProcess($input: DeployProcessInput!) {
    deployProcess(input: $input) {
      definitions {
        id
        key
        name
        version
      }
    }
  }
`);

/** What is wrong with a process, what of it is kept and not executed, and how it looks. */
export const CheckProcessDocument = graphql(`
  mutation CheckProcess($input: CheckProcessInput!) {
    checkProcess(input: $input) {
      bpmnXml
      faults {
        code
        element
        line
        path
        message
      }
      notes {
        code
        element
        line
        path
        message
      }
    }
  }
`);

export const InstanceListDocument = graphql(`
  query InstanceList(
    $filter: ProcessInstanceFilter
    $orderBy: ProcessInstanceOrder
    $first: Int
    $after: String
    $last: Int
    $before: String
  ) {
    processInstances(
      filter: $filter
      orderBy: $orderBy
      first: $first
      after: $after
      last: $last
      before: $before
    ) {
      totalCount
      nodes {
        ...InstanceRow
      }
      pageInfo {
        ...PageEnds
      }
    }
  }
`);
