/** Ids that the examples start with, so that they run as they stand. */
export interface ExampleIds {
  featureId: string;
  batchId: string;
  inputUrl: string;
}

interface ExampleTab {
  query: string;
  variables?: string;
}

/** Stands where no id is known yet; a reader replaces it. */
export const UNKNOWN_IDS: ExampleIds = {
  featureId: 'ID of a feature',
  batchId: 'ID of a batch',
  inputUrl: '/files/ID of an upload',
};

const LIST_FEATURES = `# What batches can do, and who you are.
query ListFeatures {
  viewer {
    name
    roles
    quota {
      balance
    }
  }
  features(first: 10) {
    totalCount
    nodes {
      id
      key
      name
      quotaCost
      maxItems
      viewerCanUse
      steps {
        name
        kind
        parameters
      }
      parameterSchema
    }
  }
}
`;

const CREATE_BATCH = `# Each input is an http(s) address or the url that POST /files answered.
mutation CreateBatch($input: CreateBatchInput!) {
  createBatch(input: $input) {
    quotaCost
    batch {
      id
      number
      status
      total
      cursor
    }
  }
}
`;

const WATCH_PROGRESS = `# Where things stand, then one changed item a message; it completes with the batch.
# With "after", what has changed since that cursor.
subscription WatchProgress($batchId: ID!, $after: String) {
  batchProgress(batchId: $batchId, after: $after) {
    cursor
    batch {
      status
      pending
      running
      succeeded
      failed
    }
    item {
      index
      status
      attempt
      step
      outputUrl
      errorCode
      errorMessage
    }
  }
}
`;

const CANCEL_BATCH = `# Whatever has not succeeded yet is cancelled and refunded.
mutation CancelBatch($batchId: ID!) {
  cancelBatch(input: { batchId: $batchId }) {
    refundAmount
    batch {
      status
      succeeded
      cancelled
      quotaRefunded
    }
  }
}
`;

const RETRY_FAILED = `# Runs exactly the failed items of a finished batch again, and charges for them.
mutation RetryFailed($batchId: ID!) {
  retryFailedItems(input: { batchId: $batchId }) {
    retriedCount
    quotaCost
    batch {
      status
      cursor
    }
  }
}
`;

/** The tabs that GraphiQL opens with when it is first used. */
export function exampleTabs(ids: ExampleIds): ExampleTab[] {
  const json = (value: unknown) => JSON.stringify(value, null, 2);
  return [
    { query: LIST_FEATURES },
    {
      query: CREATE_BATCH,
      variables: json({ input: { featureId: ids.featureId, inputImages: [ids.inputUrl] } }),
    },
    { query: WATCH_PROGRESS, variables: json({ batchId: ids.batchId, after: null }) },
    { query: CANCEL_BATCH, variables: json({ batchId: ids.batchId }) },
    { query: RETRY_FAILED, variables: json({ batchId: ids.batchId }) },
  ];
}
