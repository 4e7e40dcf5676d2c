/* eslint-disable */
import * as types from './graphql';
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';

/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "\n  fragment BatchState on Batch {\n    id\n    status\n    total\n    pending\n    running\n    succeeded\n    failed\n    ignored\n    cancelled\n    quotaCost\n    quotaRefunded\n    cursor\n    startedAt\n    finishedAt\n    updatedAt\n  }\n": typeof types.BatchStateFragmentDoc,
    "\n  fragment ItemState on BatchItem {\n    id\n    index\n    status\n    attempt\n    step\n    outputUrl\n    errorCode\n    errorMessage\n    startedAt\n    finishedAt\n  }\n": typeof types.ItemStateFragmentDoc,
    "\n  fragment PageItem on BatchItem {\n    ...ItemState\n    inputUrl\n  }\n": typeof types.PageItemFragmentDoc,
    "\n  fragment PageEnds on PageInfo {\n    hasPreviousPage\n    hasNextPage\n    startCursor\n    endCursor\n  }\n": typeof types.PageEndsFragmentDoc,
    "\n  query BatchPage(\n    $id: ID!\n    $status: [BatchItemStatus!]\n    $first: Int\n    $after: String\n    $last: Int\n    $before: String\n  ) {\n    batch(id: $id) {\n      ...BatchState\n      number\n      kind\n      inputData\n      createdAt\n      createdBy {\n        id\n        name\n      }\n      feature {\n        id\n        key\n        name\n      }\n      archiveUrl\n      errorSheetUrl\n      items(status: $status, first: $first, after: $after, last: $last, before: $before) {\n        totalCount\n        nodes {\n          ...PageItem\n        }\n        pageInfo {\n          ...PageEnds\n        }\n      }\n    }\n  }\n": typeof types.BatchPageDocument,
    "\n  subscription BatchProgress($batchId: ID!, $after: String) {\n    batchProgress(batchId: $batchId, after: $after) {\n      cursor\n      batch {\n        ...BatchState\n      }\n      item {\n        ...ItemState\n      }\n    }\n  }\n": typeof types.BatchProgressDocument,
    "\n  query ItemDetails($id: ID!) {\n    node(id: $id) {\n      id\n      ... on BatchItem {\n        ...PageItem\n        output {\n          contentType\n          size\n          width\n          height\n        }\n        attempts {\n          number\n          generation\n          errorCode\n          errorMessage\n          startedAt\n          finishedAt\n        }\n        steps {\n          name\n          milliseconds\n        }\n      }\n    }\n  }\n": typeof types.ItemDetailsDocument,
    "\n  query ArchiveLink($id: ID!) {\n    batch(id: $id) {\n      id\n      archiveUrl\n    }\n  }\n": typeof types.ArchiveLinkDocument,
    "\n  mutation RetryFailedItems($batchId: ID!) {\n    retryFailedItems(input: { batchId: $batchId }) {\n      batch {\n        ...BatchState\n      }\n      retriedCount\n      quotaCost\n    }\n  }\n": typeof types.RetryFailedItemsDocument,
    "\n  mutation CancelBatch($batchId: ID!) {\n    cancelBatch(input: { batchId: $batchId }) {\n      batch {\n        ...BatchState\n      }\n      refundAmount\n    }\n  }\n": typeof types.CancelBatchDocument,
    "\n  query BatchList(\n    $filter: BatchFilter\n    $orderBy: BatchOrder\n    $first: Int\n    $after: String\n    $last: Int\n    $before: String\n  ) {\n    batches(filter: $filter, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {\n      totalCount\n      nodes {\n        ...BatchState\n        number\n        createdAt\n        createdBy {\n          id\n          name\n        }\n        feature {\n          id\n          name\n        }\n      }\n      pageInfo {\n        ...PageEnds\n      }\n    }\n  }\n": typeof types.BatchListDocument,
    "\n  mutation CreateBatch($input: CreateBatchInput!) {\n    createBatch(input: $input) {\n      batch {\n        id\n        number\n      }\n      quotaCost\n    }\n  }\n": typeof types.CreateBatchDocument,
    "\n  query FeatureList($first: Int, $after: String) {\n    features(first: $first, after: $after) {\n      nodes {\n        id\n        key\n        name\n        description\n        quotaCost\n        isEnabled\n        allowedRoles\n        plan\n        concurrency\n        maxItems\n        viewerCanUse\n        parameterSchema\n        rateLimit {\n          max\n          perSeconds\n        }\n        steps {\n          name\n          kind\n          parameters\n        }\n      }\n      pageInfo {\n        ...PageEnds\n      }\n    }\n  }\n": typeof types.FeatureListDocument,
    "\n  mutation SetFeatureEnabled($input: SetFeatureEnabledInput!) {\n    setFeatureEnabled(input: $input) {\n      feature {\n        id\n        isEnabled\n        viewerCanUse\n      }\n    }\n  }\n": typeof types.SetFeatureEnabledDocument,
    "\n  query StartingIds {\n    features(first: 1) {\n      nodes {\n        id\n      }\n    }\n    batches(first: 1, orderBy: { field: CREATED_AT, direction: DESC }) {\n      nodes {\n        id\n        items(first: 1) {\n          nodes {\n            inputUrl\n          }\n        }\n      }\n    }\n  }\n": typeof types.StartingIdsDocument,
    "\n  fragment TaskRow on Task {\n    id\n    status\n    name\n    dueAt\n    urgedAt\n    createdAt\n    finishedAt\n    resubmission\n    delegated\n    lockedBy\n    assignee {\n      id\n      name\n    }\n    decidedBy {\n      id\n      name\n    }\n    candidates {\n      kind\n      key\n      name\n    }\n    instance {\n      id\n      status\n      suspended\n      businessKey\n      startedAt\n      startedBy {\n        id\n        name\n      }\n      definition {\n        id\n        key\n        name\n      }\n    }\n  }\n": typeof types.TaskRowFragmentDoc,
    "\n  query TaskList(\n    $filter: TaskFilter\n    $orderBy: TaskOrder\n    $first: Int\n    $after: String\n    $last: Int\n    $before: String\n  ) {\n    tasks(filter: $filter, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {\n      totalCount\n      nodes {\n        ...TaskRow\n      }\n      pageInfo {\n        ...PageEnds\n      }\n    }\n  }\n": typeof types.TaskListDocument,
    "\n  query TodoCount {\n    tasks(filter: { view: TODO }, first: 0) {\n      totalCount\n    }\n  }\n": typeof types.TodoCountDocument,
    "\n  subscription TaskInbox($after: String) {\n    taskInbox(after: $after) {\n      cursor\n      kind\n      task {\n        id\n        status\n        instance {\n          id\n        }\n      }\n    }\n  }\n": typeof types.TaskInboxDocument,
    "\n  fragment InstanceRow on ProcessInstance {\n    id\n    status\n    suspended\n    reason\n    businessKey\n    startedAt\n    finishedAt\n    startedBy {\n      id\n      name\n    }\n    definition {\n      id\n      key\n      name\n      version\n    }\n    currentNodes {\n      nodeId\n      name\n    }\n  }\n": typeof types.InstanceRowFragmentDoc,
    "\n  fragment Ahead on LookAhead {\n    nodes {\n      nodeId\n      name\n      settled\n      assignees {\n        id\n        name\n      }\n      candidates {\n        kind\n        key\n        name\n      }\n    }\n    stoppedBy\n  }\n": typeof types.AheadFragmentDoc,
    "\n  query InstancePage($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {\n    lookAhead(instanceId: $id) {\n      ...Ahead\n    }\n    processInstance(id: $id) {\n      ...InstanceRow\n      cursor\n      variables\n      definition {\n        id\n        nodes {\n          id\n          name\n          kind\n        }\n      }\n      currentNodes {\n        nodeId\n        name\n        kind\n        enteredAt\n      }\n      parent {\n        ...InstanceRow\n      }\n      children {\n        ...InstanceRow\n      }\n      tasks(first: 100) {\n        totalCount\n        nodes {\n          ...TaskRow\n          nodeId\n          reason\n          signerOf\n        }\n      }\n      history(first: $first, after: $after, last: $last, before: $before) {\n        totalCount\n        nodes {\n          kind\n          at\n          actor {\n            id\n            name\n          }\n          instanceId\n          nodeId\n          reason\n          data\n          task {\n            id\n            name\n            assignee {\n              id\n              name\n            }\n          }\n        }\n        pageInfo {\n          ...PageEnds\n        }\n      }\n    }\n  }\n": typeof types.InstancePageDocument,
    "\n  subscription InstanceProgress($instanceId: ID!, $after: String) {\n    processInstanceProgress(instanceId: $instanceId, after: $after) {\n      cursor\n      instance {\n        id\n        status\n      }\n      task {\n        id\n        status\n      }\n    }\n  }\n": typeof types.InstanceProgressDocument,
    "\n  mutation CancelInstance($input: CancelProcessInstanceInput!) {\n    cancelProcessInstance(input: $input) {\n      instance {\n        id\n        status\n      }\n    }\n  }\n": typeof types.CancelInstanceDocument,
    "\n  mutation SuspendInstance($input: SuspendProcessInstanceInput!) {\n    suspendProcessInstance(input: $input) {\n      instance {\n        id\n        suspended\n      }\n    }\n  }\n": typeof types.SuspendInstanceDocument,
    "\n  mutation ResumeInstance($input: ResumeProcessInstanceInput!) {\n    resumeProcessInstance(input: $input) {\n      instance {\n        id\n        suspended\n      }\n    }\n  }\n": typeof types.ResumeInstanceDocument,
    "\n  query ProcessList($search: String, $first: Int, $after: String, $last: Int, $before: String) {\n    processDefinitions(search: $search, first: $first, after: $after, last: $last, before: $before) {\n      totalCount\n      nodes {\n        id\n        key\n        name\n        version\n        createdAt\n        deployedBy {\n          id\n          name\n        }\n      }\n      pageInfo {\n        ...PageEnds\n      }\n    }\n  }\n": typeof types.ProcessListDocument,
    "\n  query StartForm($key: String!) {\n    processDefinition(key: $key) {\n      id\n      key\n      name\n      version\n      startForm\n    }\n  }\n": typeof types.StartFormDocument,
    "\n  mutation StartProcess($input: StartProcessInput!) {\n    startProcess(input: $input) {\n      instance {\n        id\n        status\n      }\n    }\n  }\n": typeof types.StartProcessDocument,
    "\n  query PreviewProcess($input: StartProcessInput!) {\n    previewProcess(input: $input) {\n      ...Ahead\n    }\n  }\n": typeof types.PreviewProcessDocument,
    "\n  mutation DeployProcess($input: DeployProcessInput!) {\n    deployProcess(input: $input) {\n      definition {\n        id\n        key\n        name\n        version\n      }\n    }\n  }\n": typeof types.DeployProcessDocument,
    "\n  query InstanceList(\n    $filter: ProcessInstanceFilter\n    $orderBy: ProcessInstanceOrder\n    $first: Int\n    $after: String\n    $last: Int\n    $before: String\n  ) {\n    processInstances(\n      filter: $filter\n      orderBy: $orderBy\n      first: $first\n      after: $after\n      last: $last\n      before: $before\n    ) {\n      totalCount\n      nodes {\n        ...InstanceRow\n      }\n      pageInfo {\n        ...PageEnds\n      }\n    }\n  }\n": typeof types.InstanceListDocument,
    "\n  query Viewer {\n    viewer {\n      id\n      name\n      roles\n      quota {\n        balance\n      }\n    }\n  }\n": typeof types.ViewerDocument,
    "\n  query Ledger($first: Int, $after: String, $last: Int, $before: String) {\n    viewer {\n      id\n      quota {\n        balance\n        ledger(first: $first, after: $after, last: $last, before: $before) {\n          totalCount\n          nodes {\n            id\n            amount\n            balanceAfter\n            kind\n            reason\n            createdAt\n            batch {\n              id\n              number\n            }\n          }\n          pageInfo {\n            ...PageEnds\n          }\n        }\n      }\n    }\n  }\n": typeof types.LedgerDocument,
    "\n  mutation GrantQuota($input: GrantQuotaInput!) {\n    grantQuota(input: $input) {\n      quota {\n        balance\n      }\n    }\n  }\n": typeof types.GrantQuotaDocument,
    "\n  fragment TaskDetails on Task {\n    ...TaskRow\n    nodeId\n    reason\n    owner {\n      id\n      name\n    }\n    insteadOf {\n      id\n      name\n    }\n    signerOf\n    availableActions\n    form {\n      key\n      schema\n      data\n    }\n    draft\n  }\n": typeof types.TaskDetailsFragmentDoc,
    "\n  query Task($id: ID!) {\n    task(id: $id) {\n      ...TaskDetails\n    }\n  }\n": typeof types.TaskDocument,
    "\n  query ReturnTargets($taskId: ID!) {\n    returnTargets(taskId: $taskId) {\n      id\n      name\n    }\n  }\n": typeof types.ReturnTargetsDocument,
    "\n  query Signers($instanceId: ID!) {\n    processInstance(id: $instanceId) {\n      id\n      tasks(last: 100) {\n        nodes {\n          id\n          signerOf\n          finishedAt\n          assignee {\n            id\n            name\n          }\n        }\n      }\n    }\n  }\n": typeof types.SignersDocument,
    "\n  query People($search: String) {\n    people(search: $search, first: 10) {\n      nodes {\n        id\n        userId\n        name\n        departments {\n          id\n          name\n        }\n      }\n    }\n  }\n": typeof types.PeopleDocument,
    "\n  query PersonName($id: ID!) {\n    person(id: $id) {\n      id\n      name\n    }\n  }\n": typeof types.PersonNameDocument,
    "\n  mutation ApproveTask($input: ApproveTaskInput!) {\n    approveTask(input: $input) {\n      task {\n        ...TaskDetails\n      }\n    }\n  }\n": typeof types.ApproveTaskDocument,
    "\n  mutation RejectTask($input: RejectTaskInput!) {\n    rejectTask(input: $input) {\n      task {\n        ...TaskDetails\n      }\n    }\n  }\n": typeof types.RejectTaskDocument,
    "\n  mutation ReturnTask($input: ReturnTaskInput!) {\n    returnTask(input: $input) {\n      task {\n        ...TaskDetails\n      }\n    }\n  }\n": typeof types.ReturnTaskDocument,
    "\n  mutation ClaimTask($input: ClaimTaskInput!) {\n    claimTask(input: $input) {\n      task {\n        ...TaskDetails\n      }\n    }\n  }\n": typeof types.ClaimTaskDocument,
    "\n  mutation UnclaimTask($input: UnclaimTaskInput!) {\n    unclaimTask(input: $input) {\n      task {\n        ...TaskDetails\n      }\n    }\n  }\n": typeof types.UnclaimTaskDocument,
    "\n  mutation DelegateTask($input: DelegateTaskInput!) {\n    delegateTask(input: $input) {\n      task {\n        ...TaskDetails\n      }\n    }\n  }\n": typeof types.DelegateTaskDocument,
    "\n  mutation TransferTask($input: TransferTaskInput!) {\n    transferTask(input: $input) {\n      task {\n        ...TaskDetails\n      }\n    }\n  }\n": typeof types.TransferTaskDocument,
    "\n  mutation AddSigners($input: AddSignersInput!) {\n    addSigners(input: $input) {\n      task {\n        ...TaskDetails\n      }\n    }\n  }\n": typeof types.AddSignersDocument,
    "\n  mutation RemoveSigners($input: RemoveSignersInput!) {\n    removeSigners(input: $input) {\n      task {\n        ...TaskDetails\n      }\n    }\n  }\n": typeof types.RemoveSignersDocument,
    "\n  mutation CopyTask($input: CopyTaskInput!) {\n    copyTask(input: $input) {\n      task {\n        ...TaskDetails\n      }\n    }\n  }\n": typeof types.CopyTaskDocument,
    "\n  mutation WithdrawTask($input: WithdrawTaskInput!) {\n    withdrawTask(input: $input) {\n      task {\n        ...TaskDetails\n      }\n    }\n  }\n": typeof types.WithdrawTaskDocument,
    "\n  mutation RecallTask($input: RecallTaskInput!) {\n    recallTask(input: $input) {\n      task {\n        ...TaskDetails\n      }\n    }\n  }\n": typeof types.RecallTaskDocument,
    "\n  mutation UrgeTask($input: UrgeTaskInput!) {\n    urgeTask(input: $input) {\n      task {\n        ...TaskDetails\n      }\n    }\n  }\n": typeof types.UrgeTaskDocument,
    "\n  mutation SaveTaskDraft($input: SaveTaskDraftInput!) {\n    saveTaskDraft(input: $input) {\n      task {\n        ...TaskDetails\n      }\n    }\n  }\n": typeof types.SaveTaskDraftDocument,
    "\n  mutation CommentTask($input: CommentTaskInput!) {\n    commentTask(input: $input) {\n      task {\n        ...TaskDetails\n      }\n    }\n  }\n": typeof types.CommentTaskDocument,
};
const documents: Documents = {
    "\n  fragment BatchState on Batch {\n    id\n    status\n    total\n    pending\n    running\n    succeeded\n    failed\n    ignored\n    cancelled\n    quotaCost\n    quotaRefunded\n    cursor\n    startedAt\n    finishedAt\n    updatedAt\n  }\n": types.BatchStateFragmentDoc,
    "\n  fragment ItemState on BatchItem {\n    id\n    index\n    status\n    attempt\n    step\n    outputUrl\n    errorCode\n    errorMessage\n    startedAt\n    finishedAt\n  }\n": types.ItemStateFragmentDoc,
    "\n  fragment PageItem on BatchItem {\n    ...ItemState\n    inputUrl\n  }\n": types.PageItemFragmentDoc,
    "\n  fragment PageEnds on PageInfo {\n    hasPreviousPage\n    hasNextPage\n    startCursor\n    endCursor\n  }\n": types.PageEndsFragmentDoc,
    "\n  query BatchPage(\n    $id: ID!\n    $status: [BatchItemStatus!]\n    $first: Int\n    $after: String\n    $last: Int\n    $before: String\n  ) {\n    batch(id: $id) {\n      ...BatchState\n      number\n      kind\n      inputData\n      createdAt\n      createdBy {\n        id\n        name\n      }\n      feature {\n        id\n        key\n        name\n      }\n      archiveUrl\n      errorSheetUrl\n      items(status: $status, first: $first, after: $after, last: $last, before: $before) {\n        totalCount\n        nodes {\n          ...PageItem\n        }\n        pageInfo {\n          ...PageEnds\n        }\n      }\n    }\n  }\n": types.BatchPageDocument,
    "\n  subscription BatchProgress($batchId: ID!, $after: String) {\n    batchProgress(batchId: $batchId, after: $after) {\n      cursor\n      batch {\n        ...BatchState\n      }\n      item {\n        ...ItemState\n      }\n    }\n  }\n": types.BatchProgressDocument,
    "\n  query ItemDetails($id: ID!) {\n    node(id: $id) {\n      id\n      ... on BatchItem {\n        ...PageItem\n        output {\n          contentType\n          size\n          width\n          height\n        }\n        attempts {\n          number\n          generation\n          errorCode\n          errorMessage\n          startedAt\n          finishedAt\n        }\n        steps {\n          name\n          milliseconds\n        }\n      }\n    }\n  }\n": types.ItemDetailsDocument,
    "\n  query ArchiveLink($id: ID!) {\n    batch(id: $id) {\n      id\n      archiveUrl\n    }\n  }\n": types.ArchiveLinkDocument,
    "\n  mutation RetryFailedItems($batchId: ID!) {\n    retryFailedItems(input: { batchId: $batchId }) {\n      batch {\n        ...BatchState\n      }\n      retriedCount\n      quotaCost\n    }\n  }\n": types.RetryFailedItemsDocument,
    "\n  mutation CancelBatch($batchId: ID!) {\n    cancelBatch(input: { batchId: $batchId }) {\n      batch {\n        ...BatchState\n      }\n      refundAmount\n    }\n  }\n": types.CancelBatchDocument,
    "\n  query BatchList(\n    $filter: BatchFilter\n    $orderBy: BatchOrder\n    $first: Int\n    $after: String\n    $last: Int\n    $before: String\n  ) {\n    batches(filter: $filter, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {\n      totalCount\n      nodes {\n        ...BatchState\n        number\n        createdAt\n        createdBy {\n          id\n          name\n        }\n        feature {\n          id\n          name\n        }\n      }\n      pageInfo {\n        ...PageEnds\n      }\n    }\n  }\n": types.BatchListDocument,
    "\n  mutation CreateBatch($input: CreateBatchInput!) {\n    createBatch(input: $input) {\n      batch {\n        id\n        number\n      }\n      quotaCost\n    }\n  }\n": types.CreateBatchDocument,
    "\n  query FeatureList($first: Int, $after: String) {\n    features(first: $first, after: $after) {\n      nodes {\n        id\n        key\n        name\n        description\n        quotaCost\n        isEnabled\n        allowedRoles\n        plan\n        concurrency\n        maxItems\n        viewerCanUse\n        parameterSchema\n        rateLimit {\n          max\n          perSeconds\n        }\n        steps {\n          name\n          kind\n          parameters\n        }\n      }\n      pageInfo {\n        ...PageEnds\n      }\n    }\n  }\n": types.FeatureListDocument,
    "\n  mutation SetFeatureEnabled($input: SetFeatureEnabledInput!) {\n    setFeatureEnabled(input: $input) {\n      feature {\n        id\n        isEnabled\n        viewerCanUse\n      }\n    }\n  }\n": types.SetFeatureEnabledDocument,
    "\n  query StartingIds {\n    features(first: 1) {\n      nodes {\n        id\n      }\n    }\n    batches(first: 1, orderBy: { field: CREATED_AT, direction: DESC }) {\n      nodes {\n        id\n        items(first: 1) {\n          nodes {\n            inputUrl\n          }\n        }\n      }\n    }\n  }\n": types.StartingIdsDocument,
    "\n  fragment TaskRow on Task {\n    id\n    status\n    name\n    dueAt\n    urgedAt\n    createdAt\n    finishedAt\n    resubmission\n    delegated\n    lockedBy\n    assignee {\n      id\n      name\n    }\n    decidedBy {\n      id\n      name\n    }\n    candidates {\n      kind\n      key\n      name\n    }\n    instance {\n      id\n      status\n      suspended\n      businessKey\n      startedAt\n      startedBy {\n        id\n        name\n      }\n      definition {\n        id\n        key\n        name\n      }\n    }\n  }\n": types.TaskRowFragmentDoc,
    "\n  query TaskList(\n    $filter: TaskFilter\n    $orderBy: TaskOrder\n    $first: Int\n    $after: String\n    $last: Int\n    $before: String\n  ) {\n    tasks(filter: $filter, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {\n      totalCount\n      nodes {\n        ...TaskRow\n      }\n      pageInfo {\n        ...PageEnds\n      }\n    }\n  }\n": types.TaskListDocument,
    "\n  query TodoCount {\n    tasks(filter: { view: TODO }, first: 0) {\n      totalCount\n    }\n  }\n": types.TodoCountDocument,
    "\n  subscription TaskInbox($after: String) {\n    taskInbox(after: $after) {\n      cursor\n      kind\n      task {\n        id\n        status\n        instance {\n          id\n        }\n      }\n    }\n  }\n": types.TaskInboxDocument,
    "\n  fragment InstanceRow on ProcessInstance {\n    id\n    status\n    suspended\n    reason\n    businessKey\n    startedAt\n    finishedAt\n    startedBy {\n      id\n      name\n    }\n    definition {\n      id\n      key\n      name\n      version\n    }\n    currentNodes {\n      nodeId\n      name\n    }\n  }\n": types.InstanceRowFragmentDoc,
    "\n  fragment Ahead on LookAhead {\n    nodes {\n      nodeId\n      name\n      settled\n      assignees {\n        id\n        name\n      }\n      candidates {\n        kind\n        key\n        name\n      }\n    }\n    stoppedBy\n  }\n": types.AheadFragmentDoc,
    "\n  query InstancePage($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {\n    lookAhead(instanceId: $id) {\n      ...Ahead\n    }\n    processInstance(id: $id) {\n      ...InstanceRow\n      cursor\n      variables\n      definition {\n        id\n        nodes {\n          id\n          name\n          kind\n        }\n      }\n      currentNodes {\n        nodeId\n        name\n        kind\n        enteredAt\n      }\n      parent {\n        ...InstanceRow\n      }\n      children {\n        ...InstanceRow\n      }\n      tasks(first: 100) {\n        totalCount\n        nodes {\n          ...TaskRow\n          nodeId\n          reason\n          signerOf\n        }\n      }\n      history(first: $first, after: $after, last: $last, before: $before) {\n        totalCount\n        nodes {\n          kind\n          at\n          actor {\n            id\n            name\n          }\n          instanceId\n          nodeId\n          reason\n          data\n          task {\n            id\n            name\n            assignee {\n              id\n              name\n            }\n          }\n        }\n        pageInfo {\n          ...PageEnds\n        }\n      }\n    }\n  }\n": types.InstancePageDocument,
    "\n  subscription InstanceProgress($instanceId: ID!, $after: String) {\n    processInstanceProgress(instanceId: $instanceId, after: $after) {\n      cursor\n      instance {\n        id\n        status\n      }\n      task {\n        id\n        status\n      }\n    }\n  }\n": types.InstanceProgressDocument,
    "\n  mutation CancelInstance($input: CancelProcessInstanceInput!) {\n    cancelProcessInstance(input: $input) {\n      instance {\n        id\n        status\n      }\n    }\n  }\n": types.CancelInstanceDocument,
    "\n  mutation SuspendInstance($input: SuspendProcessInstanceInput!) {\n    suspendProcessInstance(input: $input) {\n      instance {\n        id\n        suspended\n      }\n    }\n  }\n": types.SuspendInstanceDocument,
    "\n  mutation ResumeInstance($input: ResumeProcessInstanceInput!) {\n    resumeProcessInstance(input: $input) {\n      instance {\n        id\n        suspended\n      }\n    }\n  }\n": types.ResumeInstanceDocument,
    "\n  query ProcessList($search: String, $first: Int, $after: String, $last: Int, $before: String) {\n    processDefinitions(search: $search, first: $first, after: $after, last: $last, before: $before) {\n      totalCount\n      nodes {\n        id\n        key\n        name\n        version\n        createdAt\n        deployedBy {\n          id\n          name\n        }\n      }\n      pageInfo {\n        ...PageEnds\n      }\n    }\n  }\n": types.ProcessListDocument,
    "\n  query StartForm($key: String!) {\n    processDefinition(key: $key) {\n      id\n      key\n      name\n      version\n      startForm\n    }\n  }\n": types.StartFormDocument,
    "\n  mutation StartProcess($input: StartProcessInput!) {\n    startProcess(input: $input) {\n      instance {\n        id\n        status\n      }\n    }\n  }\n": types.StartProcessDocument,
    "\n  query PreviewProcess($input: StartProcessInput!) {\n    previewProcess(input: $input) {\n      ...Ahead\n    }\n  }\n": types.PreviewProcessDocument,
    "\n  mutation DeployProcess($input: DeployProcessInput!) {\n    deployProcess(input: $input) {\n      definition {\n        id\n        key\n        name\n        version\n      }\n    }\n  }\n": types.DeployProcessDocument,
    "\n  query InstanceList(\n    $filter: ProcessInstanceFilter\n    $orderBy: ProcessInstanceOrder\n    $first: Int\n    $after: String\n    $last: Int\n    $before: String\n  ) {\n    processInstances(\n      filter: $filter\n      orderBy: $orderBy\n      first: $first\n      after: $after\n      last: $last\n      before: $before\n    ) {\n      totalCount\n      nodes {\n        ...InstanceRow\n      }\n      pageInfo {\n        ...PageEnds\n      }\n    }\n  }\n": types.InstanceListDocument,
    "\n  query Viewer {\n    viewer {\n      id\n      name\n      roles\n      quota {\n        balance\n      }\n    }\n  }\n": types.ViewerDocument,
    "\n  query Ledger($first: Int, $after: String, $last: Int, $before: String) {\n    viewer {\n      id\n      quota {\n        balance\n        ledger(first: $first, after: $after, last: $last, before: $before) {\n          totalCount\n          nodes {\n            id\n            amount\n            balanceAfter\n            kind\n            reason\n            createdAt\n            batch {\n              id\n              number\n            }\n          }\n          pageInfo {\n            ...PageEnds\n          }\n        }\n      }\n    }\n  }\n": types.LedgerDocument,
    "\n  mutation GrantQuota($input: GrantQuotaInput!) {\n    grantQuota(input: $input) {\n      quota {\n        balance\n      }\n    }\n  }\n": types.GrantQuotaDocument,
    "\n  fragment TaskDetails on Task {\n    ...TaskRow\n    nodeId\n    reason\n    owner {\n      id\n      name\n    }\n    insteadOf {\n      id\n      name\n    }\n    signerOf\n    availableActions\n    form {\n      key\n      schema\n      data\n    }\n    draft\n  }\n": types.TaskDetailsFragmentDoc,
    "\n  query Task($id: ID!) {\n    task(id: $id) {\n      ...TaskDetails\n    }\n  }\n": types.TaskDocument,
    "\n  query ReturnTargets($taskId: ID!) {\n    returnTargets(taskId: $taskId) {\n      id\n      name\n    }\n  }\n": types.ReturnTargetsDocument,
    "\n  query Signers($instanceId: ID!) {\n    processInstance(id: $instanceId) {\n      id\n      tasks(last: 100) {\n        nodes {\n          id\n          signerOf\n          finishedAt\n          assignee {\n            id\n            name\n          }\n        }\n      }\n    }\n  }\n": types.SignersDocument,
    "\n  query People($search: String) {\n    people(search: $search, first: 10) {\n      nodes {\n        id\n        userId\n        name\n        departments {\n          id\n          name\n        }\n      }\n    }\n  }\n": types.PeopleDocument,
    "\n  query PersonName($id: ID!) {\n    person(id: $id) {\n      id\n      name\n    }\n  }\n": types.PersonNameDocument,
    "\n  mutation ApproveTask($input: ApproveTaskInput!) {\n    approveTask(input: $input) {\n      task {\n        ...TaskDetails\n      }\n    }\n  }\n": types.ApproveTaskDocument,
    "\n  mutation RejectTask($input: RejectTaskInput!) {\n    rejectTask(input: $input) {\n      task {\n        ...TaskDetails\n      }\n    }\n  }\n": types.RejectTaskDocument,
    "\n  mutation ReturnTask($input: ReturnTaskInput!) {\n    returnTask(input: $input) {\n      task {\n        ...TaskDetails\n      }\n    }\n  }\n": types.ReturnTaskDocument,
    "\n  mutation ClaimTask($input: ClaimTaskInput!) {\n    claimTask(input: $input) {\n      task {\n        ...TaskDetails\n      }\n    }\n  }\n": types.ClaimTaskDocument,
    "\n  mutation UnclaimTask($input: UnclaimTaskInput!) {\n    unclaimTask(input: $input) {\n      task {\n        ...TaskDetails\n      }\n    }\n  }\n": types.UnclaimTaskDocument,
    "\n  mutation DelegateTask($input: DelegateTaskInput!) {\n    delegateTask(input: $input) {\n      task {\n        ...TaskDetails\n      }\n    }\n  }\n": types.DelegateTaskDocument,
    "\n  mutation TransferTask($input: TransferTaskInput!) {\n    transferTask(input: $input) {\n      task {\n        ...TaskDetails\n      }\n    }\n  }\n": types.TransferTaskDocument,
    "\n  mutation AddSigners($input: AddSignersInput!) {\n    addSigners(input: $input) {\n      task {\n        ...TaskDetails\n      }\n    }\n  }\n": types.AddSignersDocument,
    "\n  mutation RemoveSigners($input: RemoveSignersInput!) {\n    removeSigners(input: $input) {\n      task {\n        ...TaskDetails\n      }\n    }\n  }\n": types.RemoveSignersDocument,
    "\n  mutation CopyTask($input: CopyTaskInput!) {\n    copyTask(input: $input) {\n      task {\n        ...TaskDetails\n      }\n    }\n  }\n": types.CopyTaskDocument,
    "\n  mutation WithdrawTask($input: WithdrawTaskInput!) {\n    withdrawTask(input: $input) {\n      task {\n        ...TaskDetails\n      }\n    }\n  }\n": types.WithdrawTaskDocument,
    "\n  mutation RecallTask($input: RecallTaskInput!) {\n    recallTask(input: $input) {\n      task {\n        ...TaskDetails\n      }\n    }\n  }\n": types.RecallTaskDocument,
    "\n  mutation UrgeTask($input: UrgeTaskInput!) {\n    urgeTask(input: $input) {\n      task {\n        ...TaskDetails\n      }\n    }\n  }\n": types.UrgeTaskDocument,
    "\n  mutation SaveTaskDraft($input: SaveTaskDraftInput!) {\n    saveTaskDraft(input: $input) {\n      task {\n        ...TaskDetails\n      }\n    }\n  }\n": types.SaveTaskDraftDocument,
    "\n  mutation CommentTask($input: CommentTaskInput!) {\n    commentTask(input: $input) {\n      task {\n        ...TaskDetails\n      }\n    }\n  }\n": types.CommentTaskDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 *
 *
 * @example
 * ```ts
 * const query = graphql(`query GetUser($id: ID!) { user(id: $id) { name } }`);
 * ```
 *
 * The query argument is unknown!
 * Please regenerate the types.
 */
export function graphql(source: string): unknown;

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment BatchState on Batch {\n    id\n    status\n    total\n    pending\n    running\n    succeeded\n    failed\n    ignored\n    cancelled\n    quotaCost\n    quotaRefunded\n    cursor\n    startedAt\n    finishedAt\n    updatedAt\n  }\n"): (typeof documents)["\n  fragment BatchState on Batch {\n    id\n    status\n    total\n    pending\n    running\n    succeeded\n    failed\n    ignored\n    cancelled\n    quotaCost\n    quotaRefunded\n    cursor\n    startedAt\n    finishedAt\n    updatedAt\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment ItemState on BatchItem {\n    id\n    index\n    status\n    attempt\n    step\n    outputUrl\n    errorCode\n    errorMessage\n    startedAt\n    finishedAt\n  }\n"): (typeof documents)["\n  fragment ItemState on BatchItem {\n    id\n    index\n    status\n    attempt\n    step\n    outputUrl\n    errorCode\n    errorMessage\n    startedAt\n    finishedAt\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment PageItem on BatchItem {\n    ...ItemState\n    inputUrl\n  }\n"): (typeof documents)["\n  fragment PageItem on BatchItem {\n    ...ItemState\n    inputUrl\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment PageEnds on PageInfo {\n    hasPreviousPage\n    hasNextPage\n    startCursor\n    endCursor\n  }\n"): (typeof documents)["\n  fragment PageEnds on PageInfo {\n    hasPreviousPage\n    hasNextPage\n    startCursor\n    endCursor\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query BatchPage(\n    $id: ID!\n    $status: [BatchItemStatus!]\n    $first: Int\n    $after: String\n    $last: Int\n    $before: String\n  ) {\n    batch(id: $id) {\n      ...BatchState\n      number\n      kind\n      inputData\n      createdAt\n      createdBy {\n        id\n        name\n      }\n      feature {\n        id\n        key\n        name\n      }\n      archiveUrl\n      errorSheetUrl\n      items(status: $status, first: $first, after: $after, last: $last, before: $before) {\n        totalCount\n        nodes {\n          ...PageItem\n        }\n        pageInfo {\n          ...PageEnds\n        }\n      }\n    }\n  }\n"): (typeof documents)["\n  query BatchPage(\n    $id: ID!\n    $status: [BatchItemStatus!]\n    $first: Int\n    $after: String\n    $last: Int\n    $before: String\n  ) {\n    batch(id: $id) {\n      ...BatchState\n      number\n      kind\n      inputData\n      createdAt\n      createdBy {\n        id\n        name\n      }\n      feature {\n        id\n        key\n        name\n      }\n      archiveUrl\n      errorSheetUrl\n      items(status: $status, first: $first, after: $after, last: $last, before: $before) {\n        totalCount\n        nodes {\n          ...PageItem\n        }\n        pageInfo {\n          ...PageEnds\n        }\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription BatchProgress($batchId: ID!, $after: String) {\n    batchProgress(batchId: $batchId, after: $after) {\n      cursor\n      batch {\n        ...BatchState\n      }\n      item {\n        ...ItemState\n      }\n    }\n  }\n"): (typeof documents)["\n  subscription BatchProgress($batchId: ID!, $after: String) {\n    batchProgress(batchId: $batchId, after: $after) {\n      cursor\n      batch {\n        ...BatchState\n      }\n      item {\n        ...ItemState\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ItemDetails($id: ID!) {\n    node(id: $id) {\n      id\n      ... on BatchItem {\n        ...PageItem\n        output {\n          contentType\n          size\n          width\n          height\n        }\n        attempts {\n          number\n          generation\n          errorCode\n          errorMessage\n          startedAt\n          finishedAt\n        }\n        steps {\n          name\n          milliseconds\n        }\n      }\n    }\n  }\n"): (typeof documents)["\n  query ItemDetails($id: ID!) {\n    node(id: $id) {\n      id\n      ... on BatchItem {\n        ...PageItem\n        output {\n          contentType\n          size\n          width\n          height\n        }\n        attempts {\n          number\n          generation\n          errorCode\n          errorMessage\n          startedAt\n          finishedAt\n        }\n        steps {\n          name\n          milliseconds\n        }\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ArchiveLink($id: ID!) {\n    batch(id: $id) {\n      id\n      archiveUrl\n    }\n  }\n"): (typeof documents)["\n  query ArchiveLink($id: ID!) {\n    batch(id: $id) {\n      id\n      archiveUrl\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RetryFailedItems($batchId: ID!) {\n    retryFailedItems(input: { batchId: $batchId }) {\n      batch {\n        ...BatchState\n      }\n      retriedCount\n      quotaCost\n    }\n  }\n"): (typeof documents)["\n  mutation RetryFailedItems($batchId: ID!) {\n    retryFailedItems(input: { batchId: $batchId }) {\n      batch {\n        ...BatchState\n      }\n      retriedCount\n      quotaCost\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CancelBatch($batchId: ID!) {\n    cancelBatch(input: { batchId: $batchId }) {\n      batch {\n        ...BatchState\n      }\n      refundAmount\n    }\n  }\n"): (typeof documents)["\n  mutation CancelBatch($batchId: ID!) {\n    cancelBatch(input: { batchId: $batchId }) {\n      batch {\n        ...BatchState\n      }\n      refundAmount\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query BatchList(\n    $filter: BatchFilter\n    $orderBy: BatchOrder\n    $first: Int\n    $after: String\n    $last: Int\n    $before: String\n  ) {\n    batches(filter: $filter, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {\n      totalCount\n      nodes {\n        ...BatchState\n        number\n        createdAt\n        createdBy {\n          id\n          name\n        }\n        feature {\n          id\n          name\n        }\n      }\n      pageInfo {\n        ...PageEnds\n      }\n    }\n  }\n"): (typeof documents)["\n  query BatchList(\n    $filter: BatchFilter\n    $orderBy: BatchOrder\n    $first: Int\n    $after: String\n    $last: Int\n    $before: String\n  ) {\n    batches(filter: $filter, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {\n      totalCount\n      nodes {\n        ...BatchState\n        number\n        createdAt\n        createdBy {\n          id\n          name\n        }\n        feature {\n          id\n          name\n        }\n      }\n      pageInfo {\n        ...PageEnds\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CreateBatch($input: CreateBatchInput!) {\n    createBatch(input: $input) {\n      batch {\n        id\n        number\n      }\n      quotaCost\n    }\n  }\n"): (typeof documents)["\n  mutation CreateBatch($input: CreateBatchInput!) {\n    createBatch(input: $input) {\n      batch {\n        id\n        number\n      }\n      quotaCost\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query FeatureList($first: Int, $after: String) {\n    features(first: $first, after: $after) {\n      nodes {\n        id\n        key\n        name\n        description\n        quotaCost\n        isEnabled\n        allowedRoles\n        plan\n        concurrency\n        maxItems\n        viewerCanUse\n        parameterSchema\n        rateLimit {\n          max\n          perSeconds\n        }\n        steps {\n          name\n          kind\n          parameters\n        }\n      }\n      pageInfo {\n        ...PageEnds\n      }\n    }\n  }\n"): (typeof documents)["\n  query FeatureList($first: Int, $after: String) {\n    features(first: $first, after: $after) {\n      nodes {\n        id\n        key\n        name\n        description\n        quotaCost\n        isEnabled\n        allowedRoles\n        plan\n        concurrency\n        maxItems\n        viewerCanUse\n        parameterSchema\n        rateLimit {\n          max\n          perSeconds\n        }\n        steps {\n          name\n          kind\n          parameters\n        }\n      }\n      pageInfo {\n        ...PageEnds\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation SetFeatureEnabled($input: SetFeatureEnabledInput!) {\n    setFeatureEnabled(input: $input) {\n      feature {\n        id\n        isEnabled\n        viewerCanUse\n      }\n    }\n  }\n"): (typeof documents)["\n  mutation SetFeatureEnabled($input: SetFeatureEnabledInput!) {\n    setFeatureEnabled(input: $input) {\n      feature {\n        id\n        isEnabled\n        viewerCanUse\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query StartingIds {\n    features(first: 1) {\n      nodes {\n        id\n      }\n    }\n    batches(first: 1, orderBy: { field: CREATED_AT, direction: DESC }) {\n      nodes {\n        id\n        items(first: 1) {\n          nodes {\n            inputUrl\n          }\n        }\n      }\n    }\n  }\n"): (typeof documents)["\n  query StartingIds {\n    features(first: 1) {\n      nodes {\n        id\n      }\n    }\n    batches(first: 1, orderBy: { field: CREATED_AT, direction: DESC }) {\n      nodes {\n        id\n        items(first: 1) {\n          nodes {\n            inputUrl\n          }\n        }\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment TaskRow on Task {\n    id\n    status\n    name\n    dueAt\n    urgedAt\n    createdAt\n    finishedAt\n    resubmission\n    delegated\n    lockedBy\n    assignee {\n      id\n      name\n    }\n    decidedBy {\n      id\n      name\n    }\n    candidates {\n      kind\n      key\n      name\n    }\n    instance {\n      id\n      status\n      suspended\n      businessKey\n      startedAt\n      startedBy {\n        id\n        name\n      }\n      definition {\n        id\n        key\n        name\n      }\n    }\n  }\n"): (typeof documents)["\n  fragment TaskRow on Task {\n    id\n    status\n    name\n    dueAt\n    urgedAt\n    createdAt\n    finishedAt\n    resubmission\n    delegated\n    lockedBy\n    assignee {\n      id\n      name\n    }\n    decidedBy {\n      id\n      name\n    }\n    candidates {\n      kind\n      key\n      name\n    }\n    instance {\n      id\n      status\n      suspended\n      businessKey\n      startedAt\n      startedBy {\n        id\n        name\n      }\n      definition {\n        id\n        key\n        name\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query TaskList(\n    $filter: TaskFilter\n    $orderBy: TaskOrder\n    $first: Int\n    $after: String\n    $last: Int\n    $before: String\n  ) {\n    tasks(filter: $filter, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {\n      totalCount\n      nodes {\n        ...TaskRow\n      }\n      pageInfo {\n        ...PageEnds\n      }\n    }\n  }\n"): (typeof documents)["\n  query TaskList(\n    $filter: TaskFilter\n    $orderBy: TaskOrder\n    $first: Int\n    $after: String\n    $last: Int\n    $before: String\n  ) {\n    tasks(filter: $filter, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {\n      totalCount\n      nodes {\n        ...TaskRow\n      }\n      pageInfo {\n        ...PageEnds\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query TodoCount {\n    tasks(filter: { view: TODO }, first: 0) {\n      totalCount\n    }\n  }\n"): (typeof documents)["\n  query TodoCount {\n    tasks(filter: { view: TODO }, first: 0) {\n      totalCount\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription TaskInbox($after: String) {\n    taskInbox(after: $after) {\n      cursor\n      kind\n      task {\n        id\n        status\n        instance {\n          id\n        }\n      }\n    }\n  }\n"): (typeof documents)["\n  subscription TaskInbox($after: String) {\n    taskInbox(after: $after) {\n      cursor\n      kind\n      task {\n        id\n        status\n        instance {\n          id\n        }\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment InstanceRow on ProcessInstance {\n    id\n    status\n    suspended\n    reason\n    businessKey\n    startedAt\n    finishedAt\n    startedBy {\n      id\n      name\n    }\n    definition {\n      id\n      key\n      name\n      version\n    }\n    currentNodes {\n      nodeId\n      name\n    }\n  }\n"): (typeof documents)["\n  fragment InstanceRow on ProcessInstance {\n    id\n    status\n    suspended\n    reason\n    businessKey\n    startedAt\n    finishedAt\n    startedBy {\n      id\n      name\n    }\n    definition {\n      id\n      key\n      name\n      version\n    }\n    currentNodes {\n      nodeId\n      name\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment Ahead on LookAhead {\n    nodes {\n      nodeId\n      name\n      settled\n      assignees {\n        id\n        name\n      }\n      candidates {\n        kind\n        key\n        name\n      }\n    }\n    stoppedBy\n  }\n"): (typeof documents)["\n  fragment Ahead on LookAhead {\n    nodes {\n      nodeId\n      name\n      settled\n      assignees {\n        id\n        name\n      }\n      candidates {\n        kind\n        key\n        name\n      }\n    }\n    stoppedBy\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query InstancePage($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {\n    lookAhead(instanceId: $id) {\n      ...Ahead\n    }\n    processInstance(id: $id) {\n      ...InstanceRow\n      cursor\n      variables\n      definition {\n        id\n        nodes {\n          id\n          name\n          kind\n        }\n      }\n      currentNodes {\n        nodeId\n        name\n        kind\n        enteredAt\n      }\n      parent {\n        ...InstanceRow\n      }\n      children {\n        ...InstanceRow\n      }\n      tasks(first: 100) {\n        totalCount\n        nodes {\n          ...TaskRow\n          nodeId\n          reason\n          signerOf\n        }\n      }\n      history(first: $first, after: $after, last: $last, before: $before) {\n        totalCount\n        nodes {\n          kind\n          at\n          actor {\n            id\n            name\n          }\n          instanceId\n          nodeId\n          reason\n          data\n          task {\n            id\n            name\n            assignee {\n              id\n              name\n            }\n          }\n        }\n        pageInfo {\n          ...PageEnds\n        }\n      }\n    }\n  }\n"): (typeof documents)["\n  query InstancePage($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {\n    lookAhead(instanceId: $id) {\n      ...Ahead\n    }\n    processInstance(id: $id) {\n      ...InstanceRow\n      cursor\n      variables\n      definition {\n        id\n        nodes {\n          id\n          name\n          kind\n        }\n      }\n      currentNodes {\n        nodeId\n        name\n        kind\n        enteredAt\n      }\n      parent {\n        ...InstanceRow\n      }\n      children {\n        ...InstanceRow\n      }\n      tasks(first: 100) {\n        totalCount\n        nodes {\n          ...TaskRow\n          nodeId\n          reason\n          signerOf\n        }\n      }\n      history(first: $first, after: $after, last: $last, before: $before) {\n        totalCount\n        nodes {\n          kind\n          at\n          actor {\n            id\n            name\n          }\n          instanceId\n          nodeId\n          reason\n          data\n          task {\n            id\n            name\n            assignee {\n              id\n              name\n            }\n          }\n        }\n        pageInfo {\n          ...PageEnds\n        }\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription InstanceProgress($instanceId: ID!, $after: String) {\n    processInstanceProgress(instanceId: $instanceId, after: $after) {\n      cursor\n      instance {\n        id\n        status\n      }\n      task {\n        id\n        status\n      }\n    }\n  }\n"): (typeof documents)["\n  subscription InstanceProgress($instanceId: ID!, $after: String) {\n    processInstanceProgress(instanceId: $instanceId, after: $after) {\n      cursor\n      instance {\n        id\n        status\n      }\n      task {\n        id\n        status\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CancelInstance($input: CancelProcessInstanceInput!) {\n    cancelProcessInstance(input: $input) {\n      instance {\n        id\n        status\n      }\n    }\n  }\n"): (typeof documents)["\n  mutation CancelInstance($input: CancelProcessInstanceInput!) {\n    cancelProcessInstance(input: $input) {\n      instance {\n        id\n        status\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation SuspendInstance($input: SuspendProcessInstanceInput!) {\n    suspendProcessInstance(input: $input) {\n      instance {\n        id\n        suspended\n      }\n    }\n  }\n"): (typeof documents)["\n  mutation SuspendInstance($input: SuspendProcessInstanceInput!) {\n    suspendProcessInstance(input: $input) {\n      instance {\n        id\n        suspended\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ResumeInstance($input: ResumeProcessInstanceInput!) {\n    resumeProcessInstance(input: $input) {\n      instance {\n        id\n        suspended\n      }\n    }\n  }\n"): (typeof documents)["\n  mutation ResumeInstance($input: ResumeProcessInstanceInput!) {\n    resumeProcessInstance(input: $input) {\n      instance {\n        id\n        suspended\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ProcessList($search: String, $first: Int, $after: String, $last: Int, $before: String) {\n    processDefinitions(search: $search, first: $first, after: $after, last: $last, before: $before) {\n      totalCount\n      nodes {\n        id\n        key\n        name\n        version\n        createdAt\n        deployedBy {\n          id\n          name\n        }\n      }\n      pageInfo {\n        ...PageEnds\n      }\n    }\n  }\n"): (typeof documents)["\n  query ProcessList($search: String, $first: Int, $after: String, $last: Int, $before: String) {\n    processDefinitions(search: $search, first: $first, after: $after, last: $last, before: $before) {\n      totalCount\n      nodes {\n        id\n        key\n        name\n        version\n        createdAt\n        deployedBy {\n          id\n          name\n        }\n      }\n      pageInfo {\n        ...PageEnds\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query StartForm($key: String!) {\n    processDefinition(key: $key) {\n      id\n      key\n      name\n      version\n      startForm\n    }\n  }\n"): (typeof documents)["\n  query StartForm($key: String!) {\n    processDefinition(key: $key) {\n      id\n      key\n      name\n      version\n      startForm\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation StartProcess($input: StartProcessInput!) {\n    startProcess(input: $input) {\n      instance {\n        id\n        status\n      }\n    }\n  }\n"): (typeof documents)["\n  mutation StartProcess($input: StartProcessInput!) {\n    startProcess(input: $input) {\n      instance {\n        id\n        status\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query PreviewProcess($input: StartProcessInput!) {\n    previewProcess(input: $input) {\n      ...Ahead\n    }\n  }\n"): (typeof documents)["\n  query PreviewProcess($input: StartProcessInput!) {\n    previewProcess(input: $input) {\n      ...Ahead\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation DeployProcess($input: DeployProcessInput!) {\n    deployProcess(input: $input) {\n      definition {\n        id\n        key\n        name\n        version\n      }\n    }\n  }\n"): (typeof documents)["\n  mutation DeployProcess($input: DeployProcessInput!) {\n    deployProcess(input: $input) {\n      definition {\n        id\n        key\n        name\n        version\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query InstanceList(\n    $filter: ProcessInstanceFilter\n    $orderBy: ProcessInstanceOrder\n    $first: Int\n    $after: String\n    $last: Int\n    $before: String\n  ) {\n    processInstances(\n      filter: $filter\n      orderBy: $orderBy\n      first: $first\n      after: $after\n      last: $last\n      before: $before\n    ) {\n      totalCount\n      nodes {\n        ...InstanceRow\n      }\n      pageInfo {\n        ...PageEnds\n      }\n    }\n  }\n"): (typeof documents)["\n  query InstanceList(\n    $filter: ProcessInstanceFilter\n    $orderBy: ProcessInstanceOrder\n    $first: Int\n    $after: String\n    $last: Int\n    $before: String\n  ) {\n    processInstances(\n      filter: $filter\n      orderBy: $orderBy\n      first: $first\n      after: $after\n      last: $last\n      before: $before\n    ) {\n      totalCount\n      nodes {\n        ...InstanceRow\n      }\n      pageInfo {\n        ...PageEnds\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Viewer {\n    viewer {\n      id\n      name\n      roles\n      quota {\n        balance\n      }\n    }\n  }\n"): (typeof documents)["\n  query Viewer {\n    viewer {\n      id\n      name\n      roles\n      quota {\n        balance\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Ledger($first: Int, $after: String, $last: Int, $before: String) {\n    viewer {\n      id\n      quota {\n        balance\n        ledger(first: $first, after: $after, last: $last, before: $before) {\n          totalCount\n          nodes {\n            id\n            amount\n            balanceAfter\n            kind\n            reason\n            createdAt\n            batch {\n              id\n              number\n            }\n          }\n          pageInfo {\n            ...PageEnds\n          }\n        }\n      }\n    }\n  }\n"): (typeof documents)["\n  query Ledger($first: Int, $after: String, $last: Int, $before: String) {\n    viewer {\n      id\n      quota {\n        balance\n        ledger(first: $first, after: $after, last: $last, before: $before) {\n          totalCount\n          nodes {\n            id\n            amount\n            balanceAfter\n            kind\n            reason\n            createdAt\n            batch {\n              id\n              number\n            }\n          }\n          pageInfo {\n            ...PageEnds\n          }\n        }\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation GrantQuota($input: GrantQuotaInput!) {\n    grantQuota(input: $input) {\n      quota {\n        balance\n      }\n    }\n  }\n"): (typeof documents)["\n  mutation GrantQuota($input: GrantQuotaInput!) {\n    grantQuota(input: $input) {\n      quota {\n        balance\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment TaskDetails on Task {\n    ...TaskRow\n    nodeId\n    reason\n    owner {\n      id\n      name\n    }\n    insteadOf {\n      id\n      name\n    }\n    signerOf\n    availableActions\n    form {\n      key\n      schema\n      data\n    }\n    draft\n  }\n"): (typeof documents)["\n  fragment TaskDetails on Task {\n    ...TaskRow\n    nodeId\n    reason\n    owner {\n      id\n      name\n    }\n    insteadOf {\n      id\n      name\n    }\n    signerOf\n    availableActions\n    form {\n      key\n      schema\n      data\n    }\n    draft\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Task($id: ID!) {\n    task(id: $id) {\n      ...TaskDetails\n    }\n  }\n"): (typeof documents)["\n  query Task($id: ID!) {\n    task(id: $id) {\n      ...TaskDetails\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ReturnTargets($taskId: ID!) {\n    returnTargets(taskId: $taskId) {\n      id\n      name\n    }\n  }\n"): (typeof documents)["\n  query ReturnTargets($taskId: ID!) {\n    returnTargets(taskId: $taskId) {\n      id\n      name\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Signers($instanceId: ID!) {\n    processInstance(id: $instanceId) {\n      id\n      tasks(last: 100) {\n        nodes {\n          id\n          signerOf\n          finishedAt\n          assignee {\n            id\n            name\n          }\n        }\n      }\n    }\n  }\n"): (typeof documents)["\n  query Signers($instanceId: ID!) {\n    processInstance(id: $instanceId) {\n      id\n      tasks(last: 100) {\n        nodes {\n          id\n          signerOf\n          finishedAt\n          assignee {\n            id\n            name\n          }\n        }\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query People($search: String) {\n    people(search: $search, first: 10) {\n      nodes {\n        id\n        userId\n        name\n        departments {\n          id\n          name\n        }\n      }\n    }\n  }\n"): (typeof documents)["\n  query People($search: String) {\n    people(search: $search, first: 10) {\n      nodes {\n        id\n        userId\n        name\n        departments {\n          id\n          name\n        }\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query PersonName($id: ID!) {\n    person(id: $id) {\n      id\n      name\n    }\n  }\n"): (typeof documents)["\n  query PersonName($id: ID!) {\n    person(id: $id) {\n      id\n      name\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ApproveTask($input: ApproveTaskInput!) {\n    approveTask(input: $input) {\n      task {\n        ...TaskDetails\n      }\n    }\n  }\n"): (typeof documents)["\n  mutation ApproveTask($input: ApproveTaskInput!) {\n    approveTask(input: $input) {\n      task {\n        ...TaskDetails\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RejectTask($input: RejectTaskInput!) {\n    rejectTask(input: $input) {\n      task {\n        ...TaskDetails\n      }\n    }\n  }\n"): (typeof documents)["\n  mutation RejectTask($input: RejectTaskInput!) {\n    rejectTask(input: $input) {\n      task {\n        ...TaskDetails\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ReturnTask($input: ReturnTaskInput!) {\n    returnTask(input: $input) {\n      task {\n        ...TaskDetails\n      }\n    }\n  }\n"): (typeof documents)["\n  mutation ReturnTask($input: ReturnTaskInput!) {\n    returnTask(input: $input) {\n      task {\n        ...TaskDetails\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ClaimTask($input: ClaimTaskInput!) {\n    claimTask(input: $input) {\n      task {\n        ...TaskDetails\n      }\n    }\n  }\n"): (typeof documents)["\n  mutation ClaimTask($input: ClaimTaskInput!) {\n    claimTask(input: $input) {\n      task {\n        ...TaskDetails\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation UnclaimTask($input: UnclaimTaskInput!) {\n    unclaimTask(input: $input) {\n      task {\n        ...TaskDetails\n      }\n    }\n  }\n"): (typeof documents)["\n  mutation UnclaimTask($input: UnclaimTaskInput!) {\n    unclaimTask(input: $input) {\n      task {\n        ...TaskDetails\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation DelegateTask($input: DelegateTaskInput!) {\n    delegateTask(input: $input) {\n      task {\n        ...TaskDetails\n      }\n    }\n  }\n"): (typeof documents)["\n  mutation DelegateTask($input: DelegateTaskInput!) {\n    delegateTask(input: $input) {\n      task {\n        ...TaskDetails\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation TransferTask($input: TransferTaskInput!) {\n    transferTask(input: $input) {\n      task {\n        ...TaskDetails\n      }\n    }\n  }\n"): (typeof documents)["\n  mutation TransferTask($input: TransferTaskInput!) {\n    transferTask(input: $input) {\n      task {\n        ...TaskDetails\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation AddSigners($input: AddSignersInput!) {\n    addSigners(input: $input) {\n      task {\n        ...TaskDetails\n      }\n    }\n  }\n"): (typeof documents)["\n  mutation AddSigners($input: AddSignersInput!) {\n    addSigners(input: $input) {\n      task {\n        ...TaskDetails\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RemoveSigners($input: RemoveSignersInput!) {\n    removeSigners(input: $input) {\n      task {\n        ...TaskDetails\n      }\n    }\n  }\n"): (typeof documents)["\n  mutation RemoveSigners($input: RemoveSignersInput!) {\n    removeSigners(input: $input) {\n      task {\n        ...TaskDetails\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CopyTask($input: CopyTaskInput!) {\n    copyTask(input: $input) {\n      task {\n        ...TaskDetails\n      }\n    }\n  }\n"): (typeof documents)["\n  mutation CopyTask($input: CopyTaskInput!) {\n    copyTask(input: $input) {\n      task {\n        ...TaskDetails\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation WithdrawTask($input: WithdrawTaskInput!) {\n    withdrawTask(input: $input) {\n      task {\n        ...TaskDetails\n      }\n    }\n  }\n"): (typeof documents)["\n  mutation WithdrawTask($input: WithdrawTaskInput!) {\n    withdrawTask(input: $input) {\n      task {\n        ...TaskDetails\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RecallTask($input: RecallTaskInput!) {\n    recallTask(input: $input) {\n      task {\n        ...TaskDetails\n      }\n    }\n  }\n"): (typeof documents)["\n  mutation RecallTask($input: RecallTaskInput!) {\n    recallTask(input: $input) {\n      task {\n        ...TaskDetails\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation UrgeTask($input: UrgeTaskInput!) {\n    urgeTask(input: $input) {\n      task {\n        ...TaskDetails\n      }\n    }\n  }\n"): (typeof documents)["\n  mutation UrgeTask($input: UrgeTaskInput!) {\n    urgeTask(input: $input) {\n      task {\n        ...TaskDetails\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation SaveTaskDraft($input: SaveTaskDraftInput!) {\n    saveTaskDraft(input: $input) {\n      task {\n        ...TaskDetails\n      }\n    }\n  }\n"): (typeof documents)["\n  mutation SaveTaskDraft($input: SaveTaskDraftInput!) {\n    saveTaskDraft(input: $input) {\n      task {\n        ...TaskDetails\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CommentTask($input: CommentTaskInput!) {\n    commentTask(input: $input) {\n      task {\n        ...TaskDetails\n      }\n    }\n  }\n"): (typeof documents)["\n  mutation CommentTask($input: CommentTaskInput!) {\n    commentTask(input: $input) {\n      task {\n        ...TaskDetails\n      }\n    }\n  }\n"];

export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}

export type DocumentType<TDocumentNode extends DocumentNode<any, any>> = TDocumentNode extends DocumentNode<  infer TType,  any>  ? TType  : never;