/** Ids that the examples start with, so that they run as they stand. */
export interface ExampleIds {
  featureId: string;
  batchId: string;
  inputUrl: string;
  processKey: string;
  taskId: string;
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
  processKey: 'key of a process',
  taskId: 'ID of a task',
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

const START_PROCESS = `# It goes on until it waits for people. "formData" are the fields of the process's startForm.
mutation StartProcess($input: StartProcessInput!) {
  startProcess(input: $input) {
    instance {
      id
      status
      statusCode
      currentNodes {
        name
      }
      tasks(first: 10) {
        nodes {
          id
          name
          assignee {
            name
          }
          candidates {
            name
          }
        }
      }
    }
  }
}
`;

const WATCH_INBOX = `# Where your inbox stands, then one changed task a message; it does not end.
# Start a process in another tab, or as somebody else, and see it come in.
subscription WatchInbox($after: String) {
  taskInbox(after: $after) {
    cursor
    kind
    task {
      id
      name
      status
      availableActions
      instance {
        businessKey
        definition {
          name
        }
      }
    }
  }
}
`;

const LIST_TASKS = `# What is yours to decide, with what a decision of it has to come with.
query ListTasks {
  tasks(filter: { view: TODO }, first: 10) {
    totalCount
    nodes {
      id
      name
      availableActions
      demands {
        comment
        signature
        secondFactor
        approvers {
          id
          name
        }
      }
      form {
        schema
        data
      }
    }
  }
}
`;

const APPROVE_TASK = `# Approves one of your tasks; rejectTask and returnTask take the same.
mutation ApproveTask($input: ApproveTaskInput!) {
  approveTask(input: $input) {
    task {
      status
      statusCode
      instance {
        status
        currentNodes {
          name
        }
      }
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
    {
      query: START_PROCESS,
      variables: json({
        input: {
          definitionKey: ids.processKey,
          businessKey: 'L-1',
          formData: { kind: 'annual', from: '2026-12-01', to: '2026-12-04', days: 4, reason: 'Rest' },
        },
      }),
    },
    { query: WATCH_INBOX, variables: json({ after: null }) },
    { query: LIST_TASKS },
    { query: APPROVE_TASK, variables: json({ input: { taskId: ids.taskId, comment: 'Fine.' } }) },
  ];
}
