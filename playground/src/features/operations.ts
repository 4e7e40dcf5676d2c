import { graphql } from '../gql';

/** All features, for the features page and for choosing one; an installation has a few dozen at most. */
export const FeatureListDocument = graphql(`
  query FeatureList {
    features(first: 50) {
      totalCount
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
