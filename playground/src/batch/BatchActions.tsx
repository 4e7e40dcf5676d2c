import { Button, Group, Text, Tooltip } from '@mantine/core';
import { modals } from '@mantine/modals';
import { IconDownload, IconFileSpreadsheet, IconPlayerStop, IconRefresh } from '@tabler/icons-react';
import { useState } from 'react';
import { useMutation } from 'urql';
import { type Fault, faultOfResult } from '../api/fault';
import { type BatchState, isFinal } from '../progress/progressState';
import { useViewer } from '../session/viewer';
import { notifyDone } from '../ui/notify';
import { CancelBatchDocument, RetryFailedItemsDocument } from './operations';
import type { BatchDetails } from './useBatchWatcher';

interface BatchActionsProps {
  batch: BatchState;
  details: BatchDetails;
  onChanged: (batch: BatchState) => void;
  onFault: (fault: Fault | null) => void;
}

/** What can be done with a batch as it stands now. */
export function BatchActions({ batch, details, onChanged, onFault }: BatchActionsProps) {
  const ended = isFinal(batch.status);
  return (
    <Group gap="xs">
      {!ended && <CancelButton batch={batch} onChanged={onChanged} onFault={onFault} />}
      {ended && batch.failed > 0 && (
        <RetryButton
          batch={batch}
          unitCost={details.feature?.quotaCost}
          onChanged={onChanged}
          onFault={onFault}
        />
      )}
      {details.errorSheetUrl != null && (
        <Button
          component="a"
          href={details.errorSheetUrl}
          download
          variant="default"
          leftSection={<IconFileSpreadsheet size={16} />}
        >
          Error sheet
        </Button>
      )}
      {batch.succeeded > 0 && details.archiveUrl != null && (
        <Button component="a" href={details.archiveUrl} download leftSection={<IconDownload size={16} />}>
          Download ZIP
        </Button>
      )}
    </Group>
  );
}

type MutationButtonProps = Omit<BatchActionsProps, 'details'>;

function RetryButton({ batch, unitCost, onChanged, onFault }: MutationButtonProps & { unitCost?: number }) {
  const { refresh } = useViewer();
  const [{ fetching }, retry] = useMutation(RetryFailedItemsDocument);
  const cost = unitCost === undefined ? '' : ` Costs ${batch.failed * unitCost} quota.`;
  return (
    <Tooltip label={`Runs exactly the failed items again.${cost}`}>
      <Button
        variant="light"
        loading={fetching}
        leftSection={<IconRefresh size={16} />}
        onClick={async () => {
          onFault(null);
          const { data, error } = await retry({ batchId: batch.id });
          if (error) onFault(faultOfResult(error));
          const payload = data?.retryFailedItems;
          if (!payload) return;
          const items = payload.retriedCount === 1 ? '1 item' : `${payload.retriedCount} items`;
          notifyDone('Retrying', `${items} again, for ${payload.quotaCost} quota.`);
          onChanged(payload.batch);
          refresh();
        }}
      >
        Retry {batch.failed.toLocaleString()} failed
      </Button>
    </Tooltip>
  );
}

function CancelButton({ batch, onChanged, onFault }: MutationButtonProps) {
  const { refresh } = useViewer();
  const [, cancel] = useMutation(CancelBatchDocument);
  const [cancelling, setCancelling] = useState(false);

  async function confirmed() {
    onFault(null);
    setCancelling(true);
    const { data, error } = await cancel({ batchId: batch.id });
    setCancelling(false);
    if (error) onFault(faultOfResult(error));
    const payload = data?.cancelBatch;
    if (!payload) return;
    notifyDone('Batch cancelled', `${payload.refundAmount} quota refunded.`);
    onChanged(payload.batch);
    refresh();
  }

  return (
    <Button
      variant="light"
      color="red"
      loading={cancelling}
      leftSection={<IconPlayerStop size={16} />}
      onClick={() =>
        modals.openConfirmModal({
          title: 'Cancel this batch?',
          children: (
            <Text size="sm">
              Items that wait are cancelled at once, those that run stop at their next step. What has not
              succeeded by then is refunded.
            </Text>
          ),
          labels: { confirm: 'Cancel the batch', cancel: 'Let it run' },
          confirmProps: { color: 'red' },
          onConfirm: () => void confirmed(),
        })
      }
    >
      Cancel
    </Button>
  );
}
