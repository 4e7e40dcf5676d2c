import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Button, Stack, Text } from '@mantine/core';
import { modals } from '@mantine/modals';
import type { CombinedError } from '@urql/core';
import { useState } from 'react';
import { faultOfResult } from '../api/fault';
import { notifyDone, notifyFault } from '../ui/notify';

interface AgainButtonProps {
  /** What the node is called. */
  name: string;
  /** What happens when it is tried again. */
  whatHappens: string;
  /** Has it tried again. */
  again: () => Promise<{ error?: CombinedError | undefined }>;
  /** Reads again what shows the incident, which then is without it. */
  onChanged: () => void;
}

/** Has what an incident is about tried again, once it was confirmed. */
export function AgainButton({ name, whatHappens, again, onChanged }: AgainButtonProps) {
  const [asked, setAsked] = useState(false);

  async function tryAgain() {
    setAsked(true);
    const { error } = await again();
    if (!error) {
      // It stays under way until the page has been read again, which then is without this incident.
      notifyDone(t`It is being tried again`, name);
      onChanged();
      return;
    }
    setAsked(false);
    const fault = faultOfResult(error);
    notifyFault(fault);
    if (fault.code === 'CONFLICT') onChanged();
  }

  return (
    <Button
      size="xs"
      variant="light"
      color="gray"
      loading={asked}
      onClick={() =>
        modals.openConfirmModal({
          title: t`Try “${name}” again?`,
          children: (
            <Stack gap="xs">
              <Text size="sm">{whatHappens}</Text>
              <Text size="sm">
                <Trans>See to the cause first: if it fails again, there is another incident.</Trans>
              </Text>
            </Stack>
          ),
          labels: { confirm: t`Try again`, cancel: t`Leave it` },
          onConfirm: () => void tryAgain(),
        })
      }
    >
      <Trans>Try again</Trans>
    </Button>
  );
}
