import { plural, t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Button, Group, SegmentedControl, Stack, Text, Textarea } from '@mantine/core';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { useMutation } from 'urql';
import { type Fault, faultOfResult, messageAt } from '../api/fault';
import type { BatchDecision } from '../gql/graphql';
import { count } from '../language/format';
import { isOfProof, NOTHING_GIVEN, orderOf } from '../task/demands';
import { Proof } from '../task/Proof';
import { FaultAlert } from '../ui/FaultAlert';
import { TASK_STATUS } from '../ui/status';
import type { Wanted } from './DecideMany';
import { DecideManyDocument } from './operations';

/** The longest comment of a decision, in characters. */
const MAX_COMMENT = 4000;

/** What is decided of many tasks, and why. */
export function DecisionForm({ tasks, total, requestKey, onClose }: Wanted & { onClose: () => void }) {
  const navigate = useNavigate();
  const [decision, setDecision] = useState<BatchDecision>('APPROVE');
  const [comment, setComment] = useState('');
  const [given, setGiven] = useState(NOTHING_GIVEN);
  const [fault, setFault] = useState<Fault | null>(null);
  const [{ fetching }, create] = useMutation(DecideManyDocument);
  const ofAll = 'filter' in tasks;

  async function decide() {
    setFault(null);
    const input = {
      ...tasks,
      decision,
      comment: comment.trim() || null,
      ...orderOf(given),
      idempotencyKey: requestKey,
    };
    const { data, error } = await create({ input });
    if (error) setFault(faultOfResult(error));
    const batch = data?.createApprovalBatch?.batch;
    if (batch) void navigate(`/batches/${encodeURIComponent(batch.id)}`);
  }

  const isPlaced = isOfProof(fault) || messageAt(fault, 'comment') !== undefined;
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void decide();
      }}
    >
      <Stack>
        <Text size="sm">{ofAll ? aboutAll(total) : aboutChosen(total)}</Text>
        <SegmentedControl
          aria-label={t`Decision`}
          value={decision}
          onChange={(value) => setDecision(value)}
          data={[
            { value: 'APPROVE', label: t`Approve` },
            { value: 'REJECT', label: t`Reject` },
          ]}
        />
        <Textarea
          label={t`Comment`}
          description={t`Goes with each of the decisions.`}
          value={comment}
          error={messageAt(fault, 'comment')}
          maxLength={MAX_COMMENT}
          autosize
          minRows={2}
          onChange={(event) => setComment(event.currentTarget.value)}
        />
        <Proof given={given} fault={fault} onChange={setGiven} />
        {fault && !isPlaced && <FaultAlert fault={fault} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            <Trans>Cancel</Trans>
          </Button>
          <Button
            type="submit"
            loading={fetching}
            color={decision === 'REJECT' ? TASK_STATUS.REJECT.solid : undefined}
          >
            {ofAll ? wordAll(decision, total) : wordChosen(decision, total)}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function aboutAll(total: number): string {
  return plural(total, {
    one: 'The task that matches is decided in a batch: you can watch it, and retry it if it fails.',
    other:
      'All # tasks that match are decided in one batch, those on other pages too: you can watch each of them, and retry those that fail.',
  });
}

function aboutChosen(total: number): string {
  return plural(total, {
    one: 'The chosen task is decided in a batch: you can watch it, and retry it if it fails.',
    other:
      'The # chosen tasks are decided in one batch: you can watch each of them, and retry those that fail.',
  });
}

function wordAll(decision: BatchDecision, total: number): string {
  return decision === 'REJECT' ? t`Reject all ${count(total)}` : t`Approve all ${count(total)}`;
}

function wordChosen(decision: BatchDecision, total: number): string {
  return decision === 'REJECT' ? t`Reject ${count(total)}` : t`Approve ${count(total)}`;
}
