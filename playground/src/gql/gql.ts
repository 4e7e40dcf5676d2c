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
    "\n  query Viewer {\n    viewer {\n      id\n      name\n      roles\n      quota {\n        balance\n      }\n    }\n  }\n": typeof types.ViewerDocument,
    "\n  query Ledger($first: Int, $after: String, $last: Int, $before: String) {\n    viewer {\n      id\n      quota {\n        balance\n        ledger(first: $first, after: $after, last: $last, before: $before) {\n          totalCount\n          nodes {\n            id\n            amount\n            balanceAfter\n            kind\n            reason\n            createdAt\n            batch {\n              id\n              number\n            }\n          }\n          pageInfo {\n            ...PageEnds\n          }\n        }\n      }\n    }\n  }\n": typeof types.LedgerDocument,
    "\n  mutation GrantQuota($input: GrantQuotaInput!) {\n    grantQuota(input: $input) {\n      quota {\n        balance\n      }\n    }\n  }\n": typeof types.GrantQuotaDocument,
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
    "\n  query Viewer {\n    viewer {\n      id\n      name\n      roles\n      quota {\n        balance\n      }\n    }\n  }\n": types.ViewerDocument,
    "\n  query Ledger($first: Int, $after: String, $last: Int, $before: String) {\n    viewer {\n      id\n      quota {\n        balance\n        ledger(first: $first, after: $after, last: $last, before: $before) {\n          totalCount\n          nodes {\n            id\n            amount\n            balanceAfter\n            kind\n            reason\n            createdAt\n            batch {\n              id\n              number\n            }\n          }\n          pageInfo {\n            ...PageEnds\n          }\n        }\n      }\n    }\n  }\n": types.LedgerDocument,
    "\n  mutation GrantQuota($input: GrantQuotaInput!) {\n    grantQuota(input: $input) {\n      quota {\n        balance\n      }\n    }\n  }\n": types.GrantQuotaDocument,
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
export function graphql(source: "\n  query Viewer {\n    viewer {\n      id\n      name\n      roles\n      quota {\n        balance\n      }\n    }\n  }\n"): (typeof documents)["\n  query Viewer {\n    viewer {\n      id\n      name\n      roles\n      quota {\n        balance\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Ledger($first: Int, $after: String, $last: Int, $before: String) {\n    viewer {\n      id\n      quota {\n        balance\n        ledger(first: $first, after: $after, last: $last, before: $before) {\n          totalCount\n          nodes {\n            id\n            amount\n            balanceAfter\n            kind\n            reason\n            createdAt\n            batch {\n              id\n              number\n            }\n          }\n          pageInfo {\n            ...PageEnds\n          }\n        }\n      }\n    }\n  }\n"): (typeof documents)["\n  query Ledger($first: Int, $after: String, $last: Int, $before: String) {\n    viewer {\n      id\n      quota {\n        balance\n        ledger(first: $first, after: $after, last: $last, before: $before) {\n          totalCount\n          nodes {\n            id\n            amount\n            balanceAfter\n            kind\n            reason\n            createdAt\n            batch {\n              id\n              number\n            }\n          }\n          pageInfo {\n            ...PageEnds\n          }\n        }\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation GrantQuota($input: GrantQuotaInput!) {\n    grantQuota(input: $input) {\n      quota {\n        balance\n      }\n    }\n  }\n"): (typeof documents)["\n  mutation GrantQuota($input: GrantQuotaInput!) {\n    grantQuota(input: $input) {\n      quota {\n        balance\n      }\n    }\n  }\n"];

export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}

export type DocumentType<TDocumentNode extends DocumentNode<any, any>> = TDocumentNode extends DocumentNode<  infer TType,  any>  ? TType  : never;