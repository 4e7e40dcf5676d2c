import { Trans } from '@lingui/react/macro';
import { Badge } from '@mantine/core';
import type { BatchDecision } from '../gql/graphql';

/** What is decided of a task. */
export function DecisionBadge({ decision }: { decision: BatchDecision }) {
  return (
    <Badge
      color={decision === 'REJECT' ? 'red' : 'teal'}
      variant="light"
      size="sm"
      tt="none"
      miw="max-content"
      data-decision={decision}
    >
      {decision === 'REJECT' ? <Trans>Reject</Trans> : <Trans>Approve</Trans>}
    </Badge>
  );
}
