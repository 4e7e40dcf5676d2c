import { graphql } from '../gql';

/** A task as whoever decides it sees it. */
export const TaskDetailsFragmentDoc = graphql(`
  fragment TaskDetails on Task {
    ...TaskRow
    nodeId
    reason
    owner {
      id
      name
    }
    insteadOf {
      id
      name
    }
    signerOf
    sign
    copiedAt
    copiedBy {
      id
      name
    }
    round {
      counting
      ratio
      asked
      approved
      rejected
    }
    demands {
      comment
      signature
      secondFactor
      approvers {
        id
        name
      }
    }
    availableActions
    form {
      key
      schema
      data
    }
    draft
  }
`);

export const TaskDocument = graphql(`
  query Task($id: ID!) {
    task(id: $id) {
      ...TaskDetails
    }
  }
`);

/** Whereto a task can send its instance back. */
export const ReturnTargetsDocument = graphql(`
  query ReturnTargets($taskId: ID!) {
    returnTargets(taskId: $taskId) {
      id
      name
    }
  }
`);

/** The tasks of an instance, to find the signers who were added to one of them. */
export const SignersDocument = graphql(`
  query Signers($instanceId: ID!) {
    processInstance(id: $instanceId) {
      id
      tasks(last: 100) {
        nodes {
          id
          signerOf
          finishedAt
          assignee {
            id
            name
          }
        }
      }
    }
  }
`);

export const PeopleDocument = graphql(`
  query People($search: String) {
    people(search: $search, first: 10) {
      nodes {
        id
        userId
        name
        departments {
          id
          name
        }
      }
    }
  }
`);

export const PersonNameDocument = graphql(`
  query PersonName($id: ID!) {
    person(id: $id) {
      id
      name
    }
  }
`);

export const ApproveTaskDocument = graphql(`
  mutation ApproveTask($input: ApproveTaskInput!) {
    approveTask(input: $input) {
      task {
        ...TaskDetails
      }
    }
  }
`);

export const RejectTaskDocument = graphql(`
  mutation RejectTask($input: RejectTaskInput!) {
    rejectTask(input: $input) {
      task {
        ...TaskDetails
      }
    }
  }
`);

export const ReturnTaskDocument = graphql(`
  mutation ReturnTask($input: ReturnTaskInput!) {
    returnTask(input: $input) {
      task {
        ...TaskDetails
      }
    }
  }
`);

export const ClaimTaskDocument = graphql(`
  mutation ClaimTask($input: ClaimTaskInput!) {
    claimTask(input: $input) {
      task {
        ...TaskDetails
      }
    }
  }
`);

export const UnclaimTaskDocument = graphql(`
  mutation UnclaimTask($input: UnclaimTaskInput!) {
    unclaimTask(input: $input) {
      task {
        ...TaskDetails
      }
    }
  }
`);

export const DelegateTaskDocument = graphql(`
  mutation DelegateTask($input: DelegateTaskInput!) {
    delegateTask(input: $input) {
      task {
        ...TaskDetails
      }
    }
  }
`);

export const TransferTaskDocument = graphql(`
  mutation TransferTask($input: TransferTaskInput!) {
    transferTask(input: $input) {
      task {
        ...TaskDetails
      }
    }
  }
`);

export const AddSignersDocument = graphql(`
  mutation AddSigners($input: AddSignersInput!) {
    addSigners(input: $input) {
      task {
        ...TaskDetails
      }
    }
  }
`);

export const RemoveSignersDocument = graphql(`
  mutation RemoveSigners($input: RemoveSignersInput!) {
    removeSigners(input: $input) {
      task {
        ...TaskDetails
      }
    }
  }
`);

export const CopyTaskDocument = graphql(`
  mutation CopyTask($input: CopyTaskInput!) {
    copyTask(input: $input) {
      task {
        ...TaskDetails
      }
    }
  }
`);

export const WithdrawTaskDocument = graphql(`
  mutation WithdrawTask($input: WithdrawTaskInput!) {
    withdrawTask(input: $input) {
      task {
        ...TaskDetails
      }
    }
  }
`);

export const RecallTaskDocument = graphql(`
  mutation RecallTask($input: RecallTaskInput!) {
    recallTask(input: $input) {
      task {
        ...TaskDetails
      }
    }
  }
`);

export const UrgeTaskDocument = graphql(`
  mutation UrgeTask($input: UrgeTaskInput!) {
    urgeTask(input: $input) {
      task {
        ...TaskDetails
      }
    }
  }
`);

export const SaveTaskDraftDocument = graphql(`
  mutation SaveTaskDraft($input: SaveTaskDraftInput!) {
    saveTaskDraft(input: $input) {
      task {
        ...TaskDetails
      }
    }
  }
`);

export const CommentTaskDocument = graphql(`
  mutation CommentTask($input: CommentTaskInput!) {
    commentTask(input: $input) {
      task {
        ...TaskDetails
      }
    }
  }
`);
