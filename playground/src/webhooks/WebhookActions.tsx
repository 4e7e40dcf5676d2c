import { plural, t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { ActionIcon, Button, Group, Menu, Modal, Text } from '@mantine/core';
import { modals } from '@mantine/modals';
import {
  IconDots,
  IconKey,
  IconPencil,
  IconPlayerPause,
  IconPlayerPlay,
  IconTrash,
  IconTrashX,
} from '@tabler/icons-react';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { useMutation } from 'urql';
import { type Fault, faultOfResult } from '../api/fault';
import type { WebhookStateFragment } from '../gql/graphql';
import { notifyDone, notifyFault } from '../ui/notify';
import { DeleteWebhookDocument, UpdateWebhookDocument } from './operations';
import { SecretOnce } from './SecretOnce';
import { useWebhookUpdate } from './useWebhookUpdate';
import { draftOf, updateInput, type WebhookDraft } from './webhookDraft';
import { WebhookForm } from './WebhookForm';

interface WebhookActionsProps {
  webhook: WebhookStateFragment;
  /** How much is on its way to it. */
  pending: number;
  onChanged: () => void;
}

/** What can be done with a webhook as it stands now. */
export function WebhookActions({ webhook, pending, onChanged }: WebhookActionsProps) {
  const navigate = useNavigate();
  const { update, fetching } = useWebhookUpdate(webhook, onChanged);
  const [, remove] = useMutation(DeleteWebhookDocument);
  const [editing, setEditing] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);

  async function renew() {
    const payload = await update({ rotateSecret: true }, t`It has a new secret`);
    setSecret(payload?.secret ?? null);
  }

  async function discard() {
    await update({ discardPending: true }, t`Discarded`);
  }

  async function toDelete() {
    const { error } = await remove({ input: { webhookId: webhook.id } });
    if (error) {
      notifyFault(faultOfResult(error));
      return;
    }
    notifyDone(t`Deleted`, webhook.url);
    await navigate('/webhooks');
  }

  return (
    <Group gap="xs" wrap="nowrap">
      <Button variant="default" leftSection={<IconPencil size={16} />} onClick={() => setEditing(true)}>
        <Trans>Edit</Trans>
      </Button>
      {webhook.enabled ? (
        <Button
          variant="default"
          leftSection={<IconPlayerPause size={16} />}
          loading={fetching}
          onClick={() => void update({ enabled: false }, t`Disabled`)}
        >
          <Trans>Disable</Trans>
        </Button>
      ) : (
        <Button
          leftSection={<IconPlayerPlay size={16} />}
          loading={fetching}
          onClick={() => void update({ enabled: true }, t`Enabled`)}
        >
          <Trans>Enable</Trans>
        </Button>
      )}
      <Menu position="bottom-end" shadow="md" withInitialFocusPlaceholder={false}>
        <Menu.Target>
          <ActionIcon variant="default" size="lg" aria-label={t`More`}>
            <IconDots size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            leftSection={<IconKey size={16} />}
            onClick={() =>
              confirm(
                t`Make a new secret?`,
                t`Messages carry both signatures for a day, so that the receiver can change over.`,
                t`Make a new secret`,
                renew,
              )
            }
          >
            <Trans>New secret</Trans>
          </Menu.Item>
          {pending > 0 && (
            <Menu.Item
              leftSection={<IconTrashX size={16} />}
              onClick={() =>
                confirm(
                  t`Discard what is on its way?`,
                  plural(pending, {
                    one: '# message is not sent any more. It can be replayed from the log.',
                    other: '# messages are not sent any more. They can be replayed from the log.',
                  }),
                  t`Discard`,
                  discard,
                  true,
                )
              }
            >
              <Trans>Discard what is on its way</Trans>
            </Menu.Item>
          )}
          <Menu.Item
            color="red"
            leftSection={<IconTrash size={16} />}
            onClick={() =>
              confirm(
                t`Delete this webhook?`,
                t`What is on its way to it and the log of what it was told go with it. This cannot be undone.`,
                t`Delete the webhook`,
                toDelete,
                true,
              )
            }
          >
            <Trans>Delete</Trans>
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Modal
        opened={editing}
        onClose={() => setEditing(false)}
        title={t`Edit the webhook`}
        size="lg"
        keepMounted={false}
      >
        {editing && (
          <EditWebhook
            webhook={webhook}
            onClose={() => setEditing(false)}
            onDone={() => {
              setEditing(false);
              notifyDone(t`Saved`, webhook.url);
              onChanged();
            }}
          />
        )}
      </Modal>
      <SecretOnce secret={secret} onClose={() => setSecret(null)} />
    </Group>
  );
}

function confirm(
  title: string,
  text: string,
  order: string,
  run: () => Promise<void>,
  isGrave = false,
): void {
  modals.openConfirmModal({
    title,
    children: <Text size="sm">{text}</Text>,
    labels: { confirm: order, cancel: t`Leave it` },
    ...(isGrave && { confirmProps: { color: 'red' } }),
    onConfirm: () => void run(),
  });
}

interface EditWebhookProps {
  webhook: WebhookStateFragment;
  onClose: () => void;
  onDone: () => void;
}

function EditWebhook({ webhook, onClose, onDone }: EditWebhookProps) {
  const [{ fetching }, change] = useMutation(UpdateWebhookDocument);
  const [fault, setFault] = useState<Fault | null>(null);

  async function submit(draft: WebhookDraft) {
    setFault(null);
    const { error } = await change({ input: updateInput(webhook.id, draft) });
    if (error) setFault(faultOfResult(error));
    else onDone();
  }

  return (
    <WebhookForm
      first={draftOf(webhook)}
      isThere
      fault={fault}
      fetching={fetching}
      onSubmit={(draft) => void submit(draft)}
      onClose={onClose}
    />
  );
}
