import { plural, t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Button, Stack, Text } from '@mantine/core';
import { modals } from '@mantine/modals';
import { useState } from 'react';
import { useMutation } from 'urql';
import { faultOfResult } from '../api/fault';
import type { JobRowFragment } from '../gql/graphql';
import { notifyDone, notifyFault } from '../ui/notify';
import { ResolveIncidentDocument } from './operations';

interface TryAgainProps {
  incidentId: string;
  /** What the node is called. */
  name: string;
  /** The job that it is about, where it is about one. */
  job: JobRowFragment | null;
  /** Reads again what shows the incident, which then is without it. */
  onChanged: () => void;
}

/** What is done again. */
function whatHappens(job: JobRowFragment | null): string {
  if (job === null) return t`What could not be done is done once more, as the process stands now.`;
  if (job.kind === 'HTTP') {
    return plural(job.maxAttempts, {
      one: 'The call is made once more.',
      other: 'The call is made again, up to # times.',
    });
  }
  return plural(job.maxAttempts, {
    one: `Workers get the job “${job.topic}” once more.`,
    other: `Workers get the job “${job.topic}” again, which then may fail # times.`,
  });
}

/** Has what could not be done done again, once it was confirmed. */
export function TryAgain({ incidentId, name, job, onChanged }: TryAgainProps) {
  const [, resolve] = useMutation(ResolveIncidentDocument);
  const [asked, setAsked] = useState(false);

  async function tryAgain() {
    setAsked(true);
    const { error } = await resolve({ input: { incidentId } });
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
              <Text size="sm">{whatHappens(job)}</Text>
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
