import { plural, t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { IconHistory } from '@tabler/icons-react';
import { useState } from 'react';
import { useMutation } from 'urql';
import { type Fault, faultOfResult } from '../api/fault';
import type { WebhookStateFragment } from '../gql/graphql';
import { FaultAlert } from '../ui/FaultAlert';
import { notifyDone } from '../ui/notify';
import { localMinute } from './localMinute';
import { ReplayWebhookDocument } from './operations';

const HOUR_MS = 3_600_000;

interface ReplaySinceProps {
  webhook: WebhookStateFragment;
  onReplayed: () => void;
}

/** Sends everything again that has happened since a time. */
export function ReplaySince({ webhook, onReplayed }: ReplaySinceProps) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button variant="default" leftSection={<IconHistory size={16} />} onClick={() => setOpen(true)}>
        <Trans>Replay since…</Trans>
      </Button>
      <Modal
        opened={open}
        onClose={() => setOpen(false)}
        title={t`Send everything again since a time`}
        keepMounted={false}
        centered
      >
        {open && (
          <SinceForm
            webhook={webhook}
            onClose={() => setOpen(false)}
            onDone={() => {
              setOpen(false);
              onReplayed();
            }}
          />
        )}
      </Modal>
    </>
  );
}

interface SinceFormProps {
  webhook: WebhookStateFragment;
  onClose: () => void;
  onDone: () => void;
}

function SinceForm({ webhook, onClose, onDone }: SinceFormProps) {
  const [since, setSince] = useState(() => localMinute(new Date(Date.now() - HOUR_MS)));
  const [fault, setFault] = useState<Fault | null>(null);
  const [{ fetching }, replay] = useMutation(ReplayWebhookDocument);
  const isTime = !Number.isNaN(Date.parse(since));

  async function submit() {
    setFault(null);
    const { data, error } = await replay({
      input: { webhookId: webhook.id, since: new Date(since).toISOString() },
    });
    if (error) setFault(faultOfResult(error));
    const payload = data?.replayWebhook;
    if (!payload) return;
    notifyDone(
      t`Replaying`,
      plural(payload.replayedCount, {
        one: '# message is on its way again.',
        other: '# messages are on their way again.',
      }),
    );
    onDone();
  }

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (isTime) void submit();
      }}
    >
      <Stack gap="sm">
        <Text size="sm">
          <Trans>
            Also what has arrived is sent again, under the same ids: a receiver that keeps them takes nothing
            twice.
          </Trans>
        </Text>
        <TextInput
          type="datetime-local"
          label={t`What has happened since`}
          required
          value={since}
          onChange={(event) => setSince(event.currentTarget.value)}
          data-autofocus
        />
        {fault && <FaultAlert fault={fault} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            <Trans>Leave it</Trans>
          </Button>
          <Button type="submit" loading={fetching} disabled={!isTime}>
            <Trans>Replay</Trans>
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
