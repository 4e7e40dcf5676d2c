import { graphql } from '../gql';

/** An incident as lists show it. */
export const IncidentRowFragmentDoc = graphql(`
  fragment IncidentRow on Incident {
    id
    instanceId
    nodeId
    code
    message
    createdAt
    instance {
      id
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
`);

/** A page of the open incidents, with the jobs that can be what they are about. */
export const IncidentListDocument = graphql(`
  query IncidentList($first: Int, $after: String, $last: Int, $before: String) {
    incidents(first: $first, after: $after, last: $last, before: $before) {
      totalCount
      nodes {
        ...IncidentRow
      }
      pageInfo {
        ...PageEnds
      }
    }
    failedJobs: jobs(filter: { statuses: [FAILED] }, first: 100) {
      nodes {
        ...JobRow
      }
    }
  }
`);

export const ResolveIncidentDocument = graphql(`
  mutation ResolveIncident($input: ResolveIncidentInput!) {
    resolveIncident(input: $input) {
      incident {
        id
        resolvedAt
      }
    }
  }
`);

/** What could not begin, as lists show it. */
export const StartIncidentRowFragmentDoc = graphql(`
  fragment StartIncidentRow on StartIncident {
    id
    nodeId
    code
    message
    createdAt
    definition {
      id
      key
      name
      version
      nodes {
        id
        name
      }
    }
  }
`);

/** A page of what could not begin, of all processes: the server gives them no otherwise. */
export const StartIncidentListDocument = graphql(`
  query StartIncidentList($first: Int, $after: String, $last: Int, $before: String) {
    startIncidents(first: $first, after: $after, last: $last, before: $before) {
      totalCount
      nodes {
        ...StartIncidentRow
      }
      pageInfo {
        ...PageEnds
      }
    }
  }
`);

export const ResolveStartIncidentDocument = graphql(`
  mutation ResolveStartIncident($input: ResolveStartIncidentInput!) {
    resolveStartIncident(input: $input) {
      incident {
        id
        resolvedAt
      }
    }
  }
`);
