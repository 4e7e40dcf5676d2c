import type { MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import type { ApprovalSheetOutcome } from '../gql/graphql';

interface OutcomeLook {
  label: MessageDescriptor;
  color: string;
}

/** How what would become of a row is named and coloured. */
export const OUTCOME: Record<ApprovalSheetOutcome, OutcomeLook> = {
  APPROVE: { label: msg`To approve`, color: 'teal' },
  REJECT: { label: msg`To reject`, color: 'red' },
  UNDECIDED: { label: msg`No decision`, color: 'gray' },
  INVALID: { label: msg`Invalid`, color: 'orange' },
  CHANGED: { label: msg`Changed since`, color: 'yellow' },
  DUPLICATE: { label: msg`Listed twice`, color: 'grape' },
};
