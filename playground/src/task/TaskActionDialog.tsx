import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import {
  Button,
  Group,
  Modal,
  MultiSelect,
  Radio,
  SegmentedControl,
  Stack,
  Text,
  Textarea,
} from '@mantine/core';
import { useState } from 'react';
import { useClient, useQuery } from 'urql';
import type { Fault } from '../api/fault';
import type { SignPlace, TaskAction } from '../gql/graphql';
import { say } from '../language/format';
import { FaultAlert } from '../ui/FaultAlert';
import { ACTIONS, perform, type TaskDetails, type TaskOrder, type TaskOutcome } from './actions';
import { type Attachment, Attachments } from './Attachments';
import { DemandFields } from './DemandFields';
import { missing, NOTHING_GIVEN, orderOf } from './demands';
import { ReturnTargetsDocument, SignersDocument } from './operations';
import { PeoplePicker, PersonPicker } from './PeoplePicker';

interface TaskActionDialogProps {
  /** What is to be done; null: nothing. */
  action: TaskAction | null;
  task: TaskDetails;
  /** What was said in the task's own comment field. */
  comment: string;
  /** What goes with a decision. */
  formData: () => Record<string, unknown> | undefined;
  onClose: () => void;
  /** It is done, or cannot be done any more. */
  onOutcome: (action: TaskAction, outcome: TaskOutcome) => void;
}

/** Asks for what an action needs, and does it. */
export function TaskActionDialog({ action, onClose, ...rest }: TaskActionDialogProps) {
  return (
    <Modal
      opened={action !== null}
      onClose={onClose}
      title={action === null ? '' : say(ACTIONS[action].label)}
      keepMounted={false}
      centered
    >
      {action !== null && <ActionForm key={action} action={action} onClose={onClose} {...rest} />}
    </Modal>
  );
}

/** The starter, among the nodes to send something back to. */
const TO_STARTER = '';

function ActionForm(props: TaskActionDialogProps & { action: TaskAction }) {
  const { action, task, formData, onClose, onOutcome } = props;
  const client = useClient();
  const look = ACTIONS[action];
  const [comment, setComment] = useState(props.comment);
  const [userIds, setUserIds] = useState<readonly string[]>([]);
  const [place, setPlace] = useState<SignPlace>('BEFORE');
  const [nodeId, setNodeId] = useState(TO_STARTER);
  const [attachments, setAttachments] = useState<readonly Attachment[]>([]);
  const [given, setGiven] = useState(NOTHING_GIVEN);
  const [fault, setFault] = useState<Fault | null>(null);
  const [acting, setActing] = useState(false);
  const asksPeople = look.people !== undefined || action === 'REMOVE_SIGNERS';
  // Sending back is a decision too; whom it goes to needs no choosing.
  const demands = { ...task.demands, approvers: [] };
  const lacks = action === 'RETURN' && Object.keys(missing(demands, comment, given)).length > 0;
  const complete =
    (!asksPeople || userIds.length > 0) && (look.comment !== 'needed' || comment.trim() !== '') && !lacks;
  const at = (field: string) =>
    fault?.code === 'BAD_INPUT' && fault.field?.startsWith(field) === true ? fault.message : undefined;

  async function submit() {
    setFault(null);
    setActing(true);
    const order: TaskOrder = {
      taskId: task.id,
      comment: comment.trim() === '' ? undefined : comment.trim(),
      userIds,
      place,
      nodeId: nodeId === TO_STARTER ? undefined : nodeId,
      formData: action === 'RETURN' ? formData() : undefined,
      attachments: attachments.length > 0 ? attachments.map(({ id }) => id) : undefined,
      ...orderOf(given),
    };
    const outcome = await perform(client, action, order);
    setActing(false);
    // What somebody else has changed is told where the task is; the rest can be mended here.
    if ('fault' in outcome && outcome.fault.code !== 'CONFLICT') {
      setFault(outcome.fault);
      return;
    }
    onClose();
    onOutcome(action, outcome);
  }

  const isPlaced = at('userId') !== undefined || at('comment') !== undefined;
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        event.stopPropagation();
        if (complete) void submit();
      }}
    >
      <Stack gap="sm">
        {look.help !== undefined && (
          <Text size="sm" c="dimmed">
            {say(look.help)}
          </Text>
        )}
        {action === 'RETURN' && <Targets taskId={task.id} value={nodeId} onChange={setNodeId} />}
        {action === 'ADD_SIGNERS' && (
          <SegmentedControl
            aria-label={t`When they sign`}
            fullWidth
            value={place}
            onChange={(value) => setPlace(value)}
            data={[
              { value: 'BEFORE', label: t`Before me` },
              { value: 'AFTER', label: t`After me` },
            ]}
          />
        )}
        {look.people === 'one' && (
          <PersonPicker
            label={t`To whom`}
            placeholder={t`Search by name`}
            required
            error={at('userId')}
            value={userIds[0] ?? null}
            onChange={(userId) => setUserIds(userId === null ? [] : [userId])}
          />
        )}
        {look.people === 'several' && (
          <PeoplePicker
            label={t`Who`}
            placeholder={t`Search by name`}
            required
            error={at('userIds')}
            value={userIds}
            onChange={setUserIds}
          />
        )}
        {action === 'REMOVE_SIGNERS' && (
          <Signers task={task} value={userIds} onChange={setUserIds} error={at('userIds')} />
        )}
        {look.comment !== undefined && (
          <Textarea
            label={look.comment === 'needed' && action !== 'COMMENT' ? t`Why` : t`Comment`}
            required={look.comment === 'needed'}
            error={at('comment')}
            autosize
            minRows={2}
            maxRows={8}
            maxLength={4000}
            value={comment}
            onChange={(event) => setComment(event.currentTarget.value)}
            {...(!asksPeople && action !== 'RETURN' && { 'data-autofocus': true })}
          />
        )}
        {action === 'RETURN' && (
          <DemandFields demands={demands} given={given} faults={{}} onChange={setGiven} />
        )}
        {action === 'COMMENT' && <Attachments value={attachments} onChange={setAttachments} />}
        {fault && !isPlaced && <FaultAlert fault={fault} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            <Trans>Cancel</Trans>
          </Button>
          <Button type="submit" loading={acting} disabled={!complete}>
            {say(look.label)}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

interface TargetsProps {
  taskId: string;
  value: string;
  onChange: (nodeId: string) => void;
}

/** Whereto an instance can be sent back. */
function Targets({ taskId, value, onChange }: TargetsProps) {
  const [{ data }] = useQuery({
    query: ReturnTargetsDocument,
    variables: { taskId },
    requestPolicy: 'network-only',
  });
  return (
    <Radio.Group label={t`To`} value={value} onChange={onChange}>
      <Stack gap="xs" mt={6}>
        <Radio value={TO_STARTER} label={t`Whoever started it, to mend it`} data-autofocus />
        {(data?.returnTargets ?? []).map(({ id, name }) => (
          <Radio key={id} value={id} label={name} />
        ))}
      </Stack>
    </Radio.Group>
  );
}

interface SignersProps {
  task: TaskDetails;
  value: readonly string[];
  onChange: (userIds: string[]) => void;
  error: string | undefined;
}

/** The signers who were added to a task and are not done. */
function Signers({ task, value, onChange, error }: SignersProps) {
  const [{ data }] = useQuery({
    query: SignersDocument,
    variables: { instanceId: task.instance.id },
    requestPolicy: 'network-only',
  });
  const open = (data?.processInstance?.tasks.nodes ?? []).filter(
    ({ signerOf, finishedAt }) => signerOf === task.id && finishedAt == null,
  );
  return (
    <MultiSelect
      label={t`Who`}
      required
      error={error}
      data={open.flatMap(({ assignee }) => (assignee ? [{ value: assignee.id, label: assignee.name }] : []))}
      value={[...value]}
      onChange={onChange}
      searchable
      hidePickedOptions
      nothingFoundMessage={t`Nobody who is not done`}
    />
  );
}
