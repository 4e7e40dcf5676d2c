import { graphql } from '../gql';

/** What a definition's diagram is drawn from; `diagramXml` reads it. */
export const DiagramSourceFragmentDoc = graphql(`
  fragment DiagramSource on ProcessDefinition {
    id
    diagramXml
  }
`);

/** A version's diagram. A version never changes, so that it is read but once. */
export const DiagramDocument = graphql(`
  query Diagram($key: String!, $version: Int) {
    processDefinition(key: $key, version: $version) {
      ...DiagramSource
    }
  }
`);
