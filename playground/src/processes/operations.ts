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
      definition {
        id
        key
        name
        version
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
