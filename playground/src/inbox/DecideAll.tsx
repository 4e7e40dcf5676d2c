import { plural, t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Button, Group, Modal, SegmentedControl, Stack, Text, Textarea } from '@mantine/core';
import { IconChecks } from '@tabler/icons-react';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { useMutation } from 'urql';
import { type Fault, faultOfResult } from '../api/fault';
import { newRequestKey } from '../api/requestKey';
import type { BatchDecision, TaskFilter } from '../gql/graphql';
import { count } from '../language/format';
import { FaultAlert } from '../ui/FaultAlert';
import { type InboxView, taskFilter } from './inboxView';
import { DecideAllDocument } from './operations';

/** The longest comment of a decision, in characters. */
const MAX_COMMENT = 4000;

interface DecideAllProps {
  view: InboxView;
  /** How many tasks match the view; 0 while that is not known. */
  total: number;
}

/** What is to be decided, as it was when the dialog was opened. */
interface Wanted {
  filter: TaskFilter;
  total: number;
  /** Sent again after a failure, it makes no second batch. */
  requestKey: string;
}

/** Decides everything that matches a view, and not only the page of it that is shown, in one batch. */
export function DecideAll({ view, total }: DecideAllProps) {
  const [wanted, setWanted] = useState<Wanted | null>(null);
  const open = () => setWanted({ filter: taskFilter(view, new Date()), total, requestKey: newRequestKey() });
  return (
    <>
      {total > 1 && (
        <Button variant="default" leftSection={<IconChecks size={16} />} onClick={open}>
          <Trans>Decide all {count(total)}</Trans>
        </Button>
      )}
      <Modal
        opened={wanted !== null}
        onClose={() => setWanted(null)}
        title={t`Decide many at once`}
        size="lg"
      >
        {wanted !== null && <DecisionForm {...wanted} onClose={() => setWanted(null)} />}
      </Modal>
    </>
  );
}

function DecisionForm({ filter, total, requestKey, onClose }: Wanted & { onClose: () => void }) {
  const navigate = useNavigate();
  const [decision, setDecision] = useState<BatchDecision>('APPROVE');
  const [comment, setComment] = useState('');
  const [fault, setFault] = useState<Fault | null>(null);
  const [{ fetching }, create] = useMutation(DecideAllDocument);

  async function decide() {
    setFault(null);
    const input = { filter, decision, comment: comment.trim() || null, idempotencyKey: requestKey };
    const { data, error } = await create({ input });
    if (error) setFault(faultOfResult(error));
    const batch = data?.createApprovalBatch?.batch;
    if (batch) void navigate(`/batches/${encodeURIComponent(batch.id)}`);
  }

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void decide();
      }}
    >
      <Stack>
        <Text size="sm">
          {plural(total, {
            one: 'The task that matches is decided in a batch: you can watch it, and retry it if it fails.',
            other:
              'All # tasks that match are decided in one batch, those on other pages too: you can watch each of them, and retry those that fail.',
          })}
        </Text>
        <SegmentedControl
          aria-label={t`Decision`}
          value={decision}
          onChange={(value) => setDecision(value === 'REJECT' ? 'REJECT' : 'APPROVE')}
          data={[
            { value: 'APPROVE', label: t`Approve` },
            { value: 'REJECT', label: t`Reject` },
          ]}
        />
        <Textarea
          label={t`Comment`}
          description={t`Goes with each of the decisions.`}
          value={comment}
          maxLength={MAX_COMMENT}
          autosize
          minRows={2}
          onChange={(event) => setComment(event.currentTarget.value)}
        />
        {fault && <FaultAlert fault={fault} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            <Trans>Cancel</Trans>
          </Button>
          <Button type="submit" loading={fetching} color={decision === 'REJECT' ? 'red' : undefined}>
            {decision === 'REJECT' ? t`Reject all ${count(total)}` : t`Approve all ${count(total)}`}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
