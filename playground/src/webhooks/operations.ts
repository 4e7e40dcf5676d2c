import { graphql } from '../gql';

/** A webhook without what it was told. */
export const WebhookStateFragmentDoc = graphql(`
  fragment WebhookState on Webhook {
    id
    mode
    url
    description
    definitionKey
    eventTypes
    actions
    onFailure
    timeoutSeconds
    enabled
    disabledReason
    disabledAt
    failingSince
    previousSecretUntil
    createdAt
    createdBy {
      id
      name
    }
  }
`);

export const WebhookListDocument = graphql(`
  query WebhookList($first: Int, $after: String, $last: Int, $before: String) {
    webhooks(first: $first, after: $after, last: $last, before: $before) {
      totalCount
      nodes {
        ...WebhookState
      }
      pageInfo {
        ...PageEnds
      }
    }
  }
`);

export const WebhookDocument = graphql(`
  query Webhook($id: ID!) {
    webhook(id: $id) {
      ...WebhookState
      pending: deliveries(status: PENDING, first: 0) {
        totalCount
      }
    }
  }
`);

/** What a webhook was told. */
export const DeliveryListDocument = graphql(`
  query DeliveryList(
    $id: ID!
    $status: WebhookDeliveryStatus
    $first: Int
    $after: String
    $last: Int
    $before: String
  ) {
    webhook(id: $id) {
      id
      deliveries(status: $status, first: $first, after: $after, last: $last, before: $before) {
        totalCount
        nodes {
          id
          messageId
          eventType
          instanceId
          status
          attemptCount
          createdAt
          nextAttemptAt
          finishedAt
          payload
          attempts {
            number
            at
            durationMs
            statusCode
            error
          }
        }
        pageInfo {
          ...PageEnds
        }
      }
    }
  }
`);

export const CreateWebhookDocument = graphql(`
  mutation CreateWebhook($input: CreateWebhookInput!) {
    createWebhook(input: $input) {
      secret
      webhook {
        ...WebhookState
      }
    }
  }
`);

export const UpdateWebhookDocument = graphql(`
  mutation UpdateWebhook($input: UpdateWebhookInput!) {
    updateWebhook(input: $input) {
      secret
      webhook {
        ...WebhookState
      }
    }
  }
`);

export const DeleteWebhookDocument = graphql(`
  mutation DeleteWebhook($input: DeleteWebhookInput!) {
    deleteWebhook(input: $input) {
      webhookId
    }
  }
`);

export const ReplayWebhookDocument = graphql(`
  mutation ReplayWebhook($input: ReplayWebhookInput!) {
    replayWebhook(input: $input) {
      replayedCount
      webhook {
        id
      }
    }
  }
`);
