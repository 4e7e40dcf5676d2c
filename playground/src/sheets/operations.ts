import { graphql } from '../gql';

/** A row of a decided sheet, with what would become of it. */
export const SheetRowFragmentDoc = graphql(`
  fragment SheetRow on ApprovalSheetRow {
    sheet
    row
    taskId
    outcome
    field
    reason
    task {
      id
      name
      instance {
        id
        businessKey
      }
    }
  }
`);

/** What a sheet would do: the first rows of each kind, so that those that are wrong are never behind many that are not. */
export const PreviewSheetDocument = graphql(`
  mutation PreviewSheet($input: PreviewApprovalSheetInput!, $first: Int!) {
    previewApprovalSheet(input: $input) {
      counts {
        total
        approve
        reject
        undecided
        invalid
        changed
        duplicate
      }
      approve: rows(outcomes: [APPROVE], first: $first) {
        ...SheetRow
      }
      reject: rows(outcomes: [REJECT], first: $first) {
        ...SheetRow
      }
      undecided: rows(outcomes: [UNDECIDED], first: $first) {
        ...SheetRow
      }
      invalid: rows(outcomes: [INVALID], first: $first) {
        ...SheetRow
      }
      changed: rows(outcomes: [CHANGED], first: $first) {
        ...SheetRow
      }
      duplicate: rows(outcomes: [DUPLICATE], first: $first) {
        ...SheetRow
      }
    }
  }
`);

export const RunSheetDocument = graphql(`
  mutation RunSheet($input: CreateApprovalBatchFromSheetInput!) {
    createApprovalBatchFromSheet(input: $input) {
      batch {
        id
      }
    }
  }
`);
