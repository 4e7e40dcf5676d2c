import { Trans } from '@lingui/react/macro';
import { Badge } from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';

/** Whether a page hears of changes as they happen. */
export function LiveBadge({ reconnecting }: { reconnecting: boolean }) {
  return reconnecting ? (
    <Badge
      color="orange"
      size="lg"
      tt="none"
      variant="light"
      leftSection={<IconPlugConnectedX size={14} />}
      role="status"
      data-testid="reconnecting"
    >
      <Trans>Reconnecting…</Trans>
    </Badge>
  ) : (
    <Badge color="teal" size="lg" tt="none" variant="dot" role="status" data-testid="live">
      <Trans>Live</Trans>
    </Badge>
  );
}
