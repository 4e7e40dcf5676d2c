import { graphql } from '../gql';

export const ViewerDocument = graphql(`
  query Viewer {
    viewer {
      id
      name
      roles
      quota {
        balance
      }
    }
  }
`);

export const LedgerDocument = graphql(`
  query Ledger($first: Int, $after: String, $last: Int, $before: String) {
    viewer {
      id
      quota {
        balance
        ledger(first: $first, after: $after, last: $last, before: $before) {
          totalCount
          nodes {
            id
            amount
            balanceAfter
            kind
            reason
            createdAt
            batch {
              id
              number
            }
          }
          pageInfo {
            ...PageEnds
          }
        }
      }
    }
  }
`);

export const GrantQuotaDocument = graphql(`
  mutation GrantQuota($input: GrantQuotaInput!) {
    grantQuota(input: $input) {
      quota {
        balance
      }
    }
  }
`);
