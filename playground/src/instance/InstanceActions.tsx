import type { MessageDescriptor } from '@lingui/core';
import { msg, t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Button, Group, Modal, Stack, Text, Textarea } from '@mantine/core';
import { IconBan, IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import { useState } from 'react';
import { useMutation } from 'urql';
import { type Fault, faultOfResult } from '../api/fault';
import { say } from '../language/format';
import { useViewer } from '../session/viewer';
import { FaultAlert } from '../ui/FaultAlert';
import { notifyDone } from '../ui/notify';
import type { InstanceDetails } from './InstancePage';
import { CancelInstanceDocument, ResumeInstanceDocument, SuspendInstanceDocument } from './operations';

type InstanceAction = 'cancel' | 'suspend' | 'resume';

const LOOK: Record<InstanceAction, Record<'order' | 'done' | 'title' | 'help', MessageDescriptor>> = {
  cancel: {
    order: msg`Cancel the instance`,
    done: msg`Cancelled`,
    title: msg`Cancel this instance?`,
    help: msg`Nobody needs to decide anything in it any more, nor in what it has called. This cannot be undone.`,
  },
  suspend: {
    order: msg`Suspend the instance`,
    done: msg`Suspended`,
    title: msg`Suspend this instance?`,
    help: msg`Nothing can be decided in it until it is resumed.`,
  },
  resume: {
    order: msg`Resume the instance`,
    done: msg`Resumed`,
    title: msg`Resume this instance?`,
    help: msg`It goes on from where it was.`,
  },
};

interface InstanceActionsProps {
  instance: InstanceDetails;
  onChanged: () => void;
}

/** What can be done with an instance as it stands now. */
export function InstanceActions({ instance, onChanged }: InstanceActionsProps) {
  const { viewer, may } = useViewer();
  const [asked, setAsked] = useState<InstanceAction | null>(null);
  if (instance.status !== 'RUNNING') return null;
  const isStarter = viewer !== null && instance.startedBy?.id === viewer.id;
  const isAdmin = may('ADMIN');
  return (
    <Group gap="xs">
      {isAdmin && !instance.suspended && (
        <Button
          variant="default"
          leftSection={<IconPlayerPause size={16} />}
          onClick={() => setAsked('suspend')}
        >
          <Trans>Suspend</Trans>
        </Button>
      )}
      {isAdmin && instance.suspended && (
        <Button variant="light" leftSection={<IconPlayerPlay size={16} />} onClick={() => setAsked('resume')}>
          <Trans>Resume</Trans>
        </Button>
      )}
      {(isStarter || isAdmin) && (
        <Button
          variant="light"
          color="red"
          leftSection={<IconBan size={16} />}
          onClick={() => setAsked('cancel')}
        >
          <Trans>Cancel</Trans>
        </Button>
      )}
      <Modal
        opened={asked !== null}
        onClose={() => setAsked(null)}
        title={asked && say(LOOK[asked].title)}
        keepMounted={false}
        centered
      >
        {asked && (
          <ReasonForm
            action={asked}
            instanceId={instance.id}
            needsReason={asked === 'cancel' && !isStarter}
            onClose={() => setAsked(null)}
            onDone={() => {
              setAsked(null);
              notifyDone(say(LOOK[asked].done), instance.definition.name);
              onChanged();
            }}
            onLate={onChanged}
          />
        )}
      </Modal>
    </Group>
  );
}

interface ReasonFormProps {
  action: InstanceAction;
  instanceId: string;
  needsReason: boolean;
  onClose: () => void;
  onDone: () => void;
  /** It has moved on meanwhile. */
  onLate: () => void;
}

function ReasonForm({ action, instanceId, needsReason, onClose, onDone, onLate }: ReasonFormProps) {
  const [reason, setReason] = useState('');
  const [fault, setFault] = useState<Fault | null>(null);
  const [cancelled, cancel] = useMutation(CancelInstanceDocument);
  const [suspended, suspend] = useMutation(SuspendInstanceDocument);
  const [resumed, resume] = useMutation(ResumeInstanceDocument);
  const run = { cancel, suspend, resume }[action];
  const fetching = cancelled.fetching || suspended.fetching || resumed.fetching;
  const complete = !needsReason || reason.trim() !== '';

  async function submit() {
    setFault(null);
    const input = { instanceId, ...(reason.trim() !== '' && { reason: reason.trim() }) };
    const { error } = await run({ input });
    if (!error) {
      onDone();
      return;
    }
    const given = faultOfResult(error);
    setFault(given);
    if (given.code === 'CONFLICT') onLate();
  }

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (complete) void submit();
      }}
    >
      <Stack gap="sm">
        <Text size="sm">{say(LOOK[action].help)}</Text>
        <Textarea
          label={t`Why`}
          required={needsReason}
          autosize
          minRows={2}
          maxLength={4000}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          data-autofocus
        />
        {fault && <FaultAlert fault={fault} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            <Trans>Leave it</Trans>
          </Button>
          <Button
            type="submit"
            loading={fetching}
            disabled={!complete}
            {...(action === 'cancel' && { color: 'red' })}
          >
            {say(LOOK[action].order)}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
