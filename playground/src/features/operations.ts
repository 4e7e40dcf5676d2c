import { graphql } from '../gql';

/** A page of features, for the features page and for choosing one. */
export const FeatureListDocument = graphql(`
  query FeatureList($first: Int, $after: String) {
    features(first: $first, after: $after) {
      nodes {
        id
        key
        name
        description
        quotaCost
        isEnabled
        allowedRoles
        plan
        concurrency
        maxItems
        viewerCanUse
        parameterSchema
        rateLimit {
          max
          perSeconds
        }
        steps {
          name
          kind
          parameters
        }
      }
      pageInfo {
        ...PageEnds
      }
    }
  }
`);

export const SetFeatureEnabledDocument = graphql(`
  mutation SetFeatureEnabled($input: SetFeatureEnabledInput!) {
    setFeatureEnabled(input: $input) {
      feature {
        id
        isEnabled
        viewerCanUse
      }
    }
  }
`);
