import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import type { MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import type { AnyVariables, Client } from 'urql';
import { type Fault, faultOfResult, networkFault } from '../api/fault';
import type { SignPlace, TaskAction, TaskDetailsFragment } from '../gql/graphql';
import * as operations from './operations';

/** A task as whoever decides it sees it. */
export type TaskDetails = TaskDetailsFragment;

/** Something that is to be done with a task. */
export interface TaskOrder {
  taskId: string;
  comment?: string | undefined;
  formData?: Record<string, unknown> | undefined;
  /** Whom it is given to, shown to, or who signs. */
  userIds?: readonly string[];
  /** Where signers are added. */
  place?: SignPlace;
  /** Whereto it is sent back; to the starter where it is not given. */
  nodeId?: string | undefined;
  /** Uploaded files. */
  attachments?: readonly string[] | undefined;
  /** An uploaded picture. */
  signature?: string | undefined;
  twoFactorTicket?: string | undefined;
  /** The approvers that are chosen: user ids by node. */
  approvers?: Record<string, readonly string[]> | undefined;
}

export type TaskOutcome = { task: TaskDetails } | { fault: Fault };

/** What an action is called, and what is asked for before it is done. */
export interface ActionLook {
  label: MessageDescriptor;
  /** What is told when it is done. */
  done: MessageDescriptor;
  /** What it means. */
  help?: MessageDescriptor;
  people?: 'one' | 'several';
  comment?: 'needed' | 'possible';
}

export const ACTIONS: Record<TaskAction, ActionLook> = {
  APPROVE: { label: msg`Approve`, done: msg`Approved`, comment: 'possible' },
  REJECT: { label: msg`Reject`, done: msg`Rejected`, comment: 'needed' },
  RETURN: {
    label: msg`Send back`,
    done: msg`Sent back`,
    help: msg`Everything that has begun since is cancelled; other parallel branches go on.`,
    comment: 'needed',
  },
  CLAIM: { label: msg`Claim`, done: msg`Claimed: it is yours now` },
  UNCLAIM: { label: msg`Give back`, done: msg`Given back to its candidates` },
  DELEGATE: {
    label: msg`Delegate`,
    done: msg`Delegated`,
    help: msg`They say what they think, then it comes back to you.`,
    people: 'one',
    comment: 'possible',
  },
  TRANSFER: {
    label: msg`Transfer`,
    done: msg`Transferred`,
    help: msg`They decide in your place.`,
    people: 'one',
    comment: 'possible',
  },
  ADD_SIGNERS: {
    label: msg`Add signers`,
    done: msg`Signers added`,
    help: msg`Others sign before you, or have the word once you have approved.`,
    people: 'several',
    comment: 'possible',
  },
  REMOVE_SIGNERS: {
    label: msg`Remove signers`,
    done: msg`Signers removed`,
    help: msg`Those who were added and are not done.`,
    comment: 'possible',
  },
  COPY: {
    label: msg`Copy to others`,
    done: msg`Copied`,
    help: msg`They see it in their inbox, under Copied.`,
    people: 'several',
    comment: 'possible',
  },
  WITHDRAW: {
    label: msg`Withdraw my approval`,
    done: msg`Withdrawn: it is yours to decide again`,
    help: msg`What came of it is cancelled, and it is yours to decide again.`,
    comment: 'possible',
  },
  RECALL: {
    label: msg`Recall the approval`,
    done: msg`Recalled`,
    help: msg`What came of it is cancelled, and it is to be decided again.`,
    comment: 'possible',
  },
  URGE: {
    label: msg`Urge`,
    done: msg`Urged`,
    help: msg`Asks whoever has it for a decision, at most every five minutes.`,
    comment: 'possible',
  },
  SAVE_DRAFT: { label: msg`Save draft`, done: msg`Draft saved` },
  COMMENT: { label: msg`Comment`, done: msg`Comment added`, comment: 'needed' },
};

/** Does something with a task; answers the task as it then stands. */
export async function perform(client: Client, action: TaskAction, order: TaskOrder): Promise<TaskOutcome> {
  const { taskId, comment, userIds = [], formData, nodeId, place = 'BEFORE', attachments } = order;
  const { signature, twoFactorTicket, approvers } = order;
  const decision = {
    taskId,
    comment,
    formData,
    attachments: attachments && [...attachments],
    signature,
    twoFactorTicket,
    approvers,
  };
  const several = { taskId, comment, userIds: [...userIds] };
  const one = { taskId, comment, userId: userIds[0] ?? '' };
  const said = { taskId, comment };
  switch (action) {
    case 'APPROVE':
      return run(client, operations.ApproveTaskDocument, decision, (data) => data.approveTask);
    case 'REJECT':
      return run(client, operations.RejectTaskDocument, decision, (data) => data.rejectTask);
    case 'RETURN':
      return run(client, operations.ReturnTaskDocument, { ...decision, nodeId }, (data) => data.returnTask);
    case 'CLAIM':
      return run(client, operations.ClaimTaskDocument, { taskId }, (data) => data.claimTask);
    case 'UNCLAIM':
      return run(client, operations.UnclaimTaskDocument, { taskId }, (data) => data.unclaimTask);
    case 'DELEGATE':
      return run(client, operations.DelegateTaskDocument, one, (data) => data.delegateTask);
    case 'TRANSFER':
      return run(client, operations.TransferTaskDocument, one, (data) => data.transferTask);
    case 'ADD_SIGNERS':
      return run(client, operations.AddSignersDocument, { ...several, place }, (data) => data.addSigners);
    case 'REMOVE_SIGNERS':
      return run(client, operations.RemoveSignersDocument, several, (data) => data.removeSigners);
    case 'COPY':
      return run(client, operations.CopyTaskDocument, several, (data) => data.copyTask);
    case 'WITHDRAW':
      return run(client, operations.WithdrawTaskDocument, said, (data) => data.withdrawTask);
    case 'RECALL':
      return run(client, operations.RecallTaskDocument, said, (data) => data.recallTask);
    case 'URGE':
      return run(client, operations.UrgeTaskDocument, said, (data) => data.urgeTask);
    case 'SAVE_DRAFT':
      return run(
        client,
        operations.SaveTaskDraftDocument,
        { taskId, comment, formData },
        (data) => data.saveTaskDraft,
      );
    case 'COMMENT':
      return run(
        client,
        operations.CommentTaskDocument,
        { taskId, comment: comment ?? '', attachments: attachments && [...attachments] },
        (data) => data.commentTask,
      );
  }
}

async function run<Data, Input>(
  client: Client,
  mutation: TypedDocumentNode<Data, { input: Input } & AnyVariables>,
  input: Input,
  payload: (data: Data) => { task: TaskDetails } | null | undefined,
): Promise<TaskOutcome> {
  const { data, error } = await client.mutation(mutation, { input }).toPromise();
  if (error) return { fault: faultOfResult(error) };
  const answered = data && payload(data);
  return answered ? { task: answered.task } : { fault: networkFault() };
}
