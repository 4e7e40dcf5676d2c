import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Group, Skeleton, Stack, Text, Textarea, Title } from '@mantine/core';
import { IconInfoCircle } from '@tabler/icons-react';
import { useCallback, useRef, useState } from 'react';
import { useClient } from 'urql';
import type { Fault } from '../api/fault';
import { sentence } from '../api/faultText';
import { useLiveQuery } from '../api/useLiveQuery';
import {
  checkForm,
  faultsWithin,
  firstValues,
  formDataOf,
  type FormFaults,
  type FormValues,
  withoutFaultsOf,
} from '../forms/formValues';
import { formFields } from '../forms/schemaFields';
import { SchemaForm } from '../forms/SchemaForm';
import type { TaskAction } from '../gql/graphql';
import { useInboxNews } from '../inbox/inboxContext';
import type { InboxNews } from '../inbox/inboxFeed';
import { say } from '../language/format';
import { EmptyState } from '../ui/EmptyState';
import { FaultAlert } from '../ui/FaultAlert';
import { notifyDone } from '../ui/notify';
import { TaskStatusBadge } from '../ui/StatusBadge';
import { ACTIONS, perform, type TaskDetails, type TaskOutcome } from './actions';
import { type Attachment, Attachments } from './Attachments';
import { DemandFields } from './DemandFields';
import { approversOf, type DemandFaults, missing, NOTHING_GIVEN, orderOf } from './demands';
import { TaskDocument } from './operations';
import { TaskActionDialog } from './TaskActionDialog';
import { TaskButtons } from './TaskButtons';
import { askingOf, readDraft } from './taskDraft';
import { TaskFacts } from './TaskFacts';
import { Conflict, Settled } from './TaskOutcome';

interface TaskPanelProps {
  taskId: string;
  /** The heading's level. */
  order: 1 | 2;
  /** Something was done with it, after which it is no longer one's own. */
  onDecided?: (task: TaskDetails) => void;
}

/** A task, live, with its form and everything that one may do with it. */
export function TaskPanel({ taskId, order, onDecided }: TaskPanelProps) {
  const { data, fault, refresh, put } = useLiveQuery(TaskDocument, { id: taskId });
  const [conflict, setConflict] = useState<Fault | null>(null);
  const task = data?.task;
  const instanceId = task?.instance.id;
  useInboxNews(
    useCallback(
      (news: InboxNews) => {
        if (news.all || news.tasks.some((one) => one.taskId === taskId || one.instanceId === instanceId))
          refresh();
      },
      [taskId, instanceId, refresh],
    ),
  );

  if (data && !task) {
    return (
      <EmptyState
        icon={<IconInfoCircle size={32} />}
        title={t`There is no such task`}
        text={t`It does not exist, or it is not yours to see.`}
      />
    );
  }
  if (!task) {
    return fault ? <FaultAlert fault={fault} onRetry={refresh} /> : <Skeleton h={260} radius="lg" />;
  }

  function take(action: TaskAction, outcome: TaskOutcome) {
    if ('fault' in outcome) {
      setConflict(outcome.fault);
      refresh();
      return;
    }
    setConflict(null);
    notifyDone(say(ACTIONS[action].done), `${outcome.task.name}, ${about(outcome.task)}`);
    // Taking an approval back opens another task.
    if (outcome.task.id === taskId) put({ task: outcome.task });
    else refresh();
    if (LEAVING.includes(action)) onDecided?.(outcome.task);
  }

  return (
    <Stack gap="md" data-testid="task" data-task-status={task.status}>
      <Group gap="sm">
        <Title order={order} size="h3">
          {task.name}
        </Title>
        <TaskStatusBadge status={task.status} size="md" />
      </Group>
      <TaskFacts task={task} />
      {conflict && <Conflict fault={conflict} task={task} />}
      {fault && <FaultAlert fault={fault} onRetry={refresh} />}
      {task.finishedAt != null && !conflict && <Settled task={task} />}
      <Decision key={askingOf(task)} task={task} onOutcome={take} />
    </Stack>
  );
}

/** After these it is not one's own any more. */
const LEAVING: readonly TaskAction[] = ['APPROVE', 'REJECT', 'RETURN', 'UNCLAIM', 'DELEGATE', 'TRANSFER'];

function about({ instance }: TaskDetails): string {
  return [instance.definition.name, instance.businessKey].filter((part) => part != null).join(' ');
}

interface DecisionProps {
  task: TaskDetails;
  onOutcome: (action: TaskAction, outcome: TaskOutcome) => void;
}

/** The form of a task with what can be done. */
function Decision({ task, onOutcome }: DecisionProps) {
  const client = useClient();
  const fields = formFields(task.form?.schema);
  const [draft] = useState(() => readDraft(task.draft));
  const [values, setValues] = useState<FormValues>(() =>
    firstValues(fields, task.form?.data, draft?.formData),
  );
  const [comment, setComment] = useState(draft?.comment ?? '');
  const [attachments, setAttachments] = useState<readonly Attachment[]>([]);
  const [faults, setFaults] = useState<FormFaults>({});
  const [given, setGiven] = useState(NOTHING_GIVEN);
  const [demandFaults, setDemandFaults] = useState<DemandFaults>({});
  const [fault, setFault] = useState<Fault | null>(null);
  const [acting, setActing] = useState<TaskAction | null>(null);
  const [asked, setAsked] = useState<TaskAction | null>(null);
  const commentInput = useRef<HTMLTextAreaElement>(null);
  const formPlace = useRef<HTMLDivElement>(null);
  const may = (action: TaskAction) => task.availableActions.includes(action);
  const decides = may('APPROVE') || may('REJECT');
  const shown = decides ? fields : fields.map((field) => ({ ...field, readOnly: true }));
  const formData = () => (fields.length > 0 ? formDataOf(fields, values, task.form?.data) : undefined);

  function showFaults(found: FormFaults) {
    setFaults(found);
    const [first] = Object.keys(found);
    if (first === undefined) return;
    const place = formPlace.current?.querySelector(`[data-field="${CSS.escape(first)}"]`);
    place?.querySelector<HTMLElement>('input, textarea, button')?.focus();
  }

  async function act(action: TaskAction) {
    setFault(null);
    const decides = action === 'APPROVE' || action === 'REJECT';
    const lacks = decides ? missing(task.demands, comment, given) : {};
    if (action === 'REJECT' && comment.trim() === '') lacks.comment = t`Say why.`;
    setDemandFaults(lacks);
    if (lacks.comment !== undefined) commentInput.current?.focus();
    if (Object.keys(lacks).length > 0) return;
    const found = action === 'APPROVE' ? checkForm(fields, values) : {};
    showFaults(found);
    if (Object.keys(found).length > 0) return;
    setActing(action);
    const outcome = await perform(client, action, {
      taskId: task.id,
      comment: comment.trim() === '' ? undefined : comment.trim(),
      formData: formData(),
      attachments: attachments.length > 0 ? attachments.map(({ id }) => id) : undefined,
      ...orderOf(given),
      approvers: action === 'APPROVE' ? approversOf(given) : undefined,
    });
    setActing(null);
    if ('fault' in outcome && outcome.fault.code !== 'CONFLICT') {
      refused(outcome.fault);
      return;
    }
    onOutcome(action, outcome);
  }

  /** Puts what the server refused where it can be mended. */
  function refused(refusal: Fault) {
    const within = faultsWithin('formData', refusal.faults ?? [refusal]);
    if (Object.keys(within).length > 0) {
      showFaults(within);
      return;
    }
    const { field } = refusal;
    if (field === 'comment' || field === 'signature' || field === 'twoFactorTicket') {
      setDemandFaults({ [field]: sentence(refusal.message) });
      if (field === 'comment') commentInput.current?.focus();
      return;
    }
    setFault(refusal);
  }

  return (
    <>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (may('APPROVE')) void act('APPROVE');
        }}
      >
        <Stack gap="md">
          {fields.length > 0 && (
            <div ref={formPlace}>
              <SchemaForm
                fields={shown}
                values={values}
                faults={faults}
                onChange={(next, path) => {
                  setValues(next);
                  setFaults(withoutFaultsOf(faults, path));
                }}
              />
            </div>
          )}
          {task.form && task.form.schema == null && (
            <Text size="sm" c="dimmed">
              <Trans>Its form, {task.form.key}, is kept elsewhere.</Trans>
            </Text>
          )}
          {decides && (
            <Textarea
              ref={commentInput}
              label={t`Comment`}
              description={task.demands.comment ? undefined : t`Needed to reject.`}
              required={task.demands.comment}
              autosize
              minRows={2}
              maxRows={8}
              maxLength={4000}
              value={comment}
              error={demandFaults.comment}
              onChange={(event) => {
                setComment(event.currentTarget.value);
                setDemandFaults({ ...demandFaults, comment: undefined });
              }}
            />
          )}
          {decides && (
            <DemandFields
              demands={task.demands}
              given={given}
              faults={demandFaults}
              onChange={(next) => {
                setGiven(next);
                setDemandFaults({ comment: demandFaults.comment });
              }}
            />
          )}
          {decides && <Attachments value={attachments} onChange={setAttachments} />}
          {fault && <FaultAlert fault={fault} />}
          <TaskButtons task={task} acting={acting} onAct={(action) => void act(action)} onAsk={setAsked} />
        </Stack>
      </form>
      <TaskActionDialog
        action={asked}
        task={task}
        comment={asked === 'COMMENT' || asked === 'RETURN' ? comment : ''}
        formData={formData}
        onClose={() => setAsked(null)}
        onOutcome={onOutcome}
      />
    </>
  );
}
