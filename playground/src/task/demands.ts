import { t } from '@lingui/core/macro';
import { type Fault, messageAt } from '../api/fault';
import type { TaskDetails } from './actions';

export type Demands = TaskDetails['demands'];

/** What is given of what a decision has to come with, beside the comment. */
export interface Given {
  /** The signature's file. */
  signature: { id: string; name: string } | null;
  ticket: string;
  /** Chosen approvers: user ids by node. */
  approvers: Readonly<Record<string, readonly string[]>>;
}

export const NOTHING_GIVEN: Given = { signature: null, ticket: '', approvers: {} };

/** What is said where something is missing, by the name of the input's field. */
export type DemandFaults = Partial<Record<'comment' | 'signature' | 'twoFactorTicket', string>>;

/** What a decision still has to come with. Approvers may be left out: then the process has its own rule. */
export function missing(demands: Demands, comment: string, given: Given): DemandFaults {
  const faults: DemandFaults = {};
  if (demands.comment && comment.trim() === '') faults.comment = t`This decision needs a comment.`;
  if (demands.signature && given.signature === null) faults.signature = t`This decision needs a signature.`;
  if (demands.secondFactor && given.ticket.trim() === '')
    faults.twoFactorTicket = t`Confirm it by your second factor.`;
  return faults;
}

/** The chosen approvers as the API takes them; nothing where nobody is chosen. */
export function approversOf(given: Pick<Given, 'approvers'>): Record<string, readonly string[]> | undefined {
  const chosen = Object.entries(given.approvers).filter(([, users]) => users.length > 0);
  return chosen.length > 0 ? Object.fromEntries(chosen) : undefined;
}

/** What of an order is given here. */
export function orderOf(given: Given) {
  return {
    signature: given.signature?.id,
    twoFactorTicket: given.ticket.trim() === '' ? undefined : given.ticket.trim(),
  };
}

/** Whether a decision was refused for its signature or its second factor. */
export function isOfProof(fault: Fault | null): boolean {
  return messageAt(fault, 'signature') !== undefined || messageAt(fault, 'twoFactorTicket') !== undefined;
}
