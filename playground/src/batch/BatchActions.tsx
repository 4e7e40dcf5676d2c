import { plural, t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Button, Group, Text, Tooltip } from '@mantine/core';
import { modals } from '@mantine/modals';
import { IconDownload, IconFileSpreadsheet, IconPlayerStop, IconRefresh } from '@tabler/icons-react';
import { useState } from 'react';
import { useClient, useMutation } from 'urql';
import { type Fault, faultOfResult } from '../api/fault';
import { count } from '../language/format';
import { type BatchState, isFinal } from '../progress/progressState';
import { useViewer } from '../session/viewer';
import { notifyDone } from '../ui/notify';
import { ArchiveLinkDocument, CancelBatchDocument, RetryFailedItemsDocument } from './operations';
import { retryCost } from './retryCost';
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
  const approves = details.kind === 'APPROVAL';
  // Decisions that have begun are carried out.
  const canCancel = approves ? batch.status === 'PENDING' : !ended;
  return (
    <Group gap="xs">
      {canCancel && (
        <CancelButton batch={batch} approves={approves} onChanged={onChanged} onFault={onFault} />
      )}
      {ended && batch.failed > 0 && (
        <RetryButton batch={batch} approves={approves} onChanged={onChanged} onFault={onFault} />
      )}
      {details.errorSheetUrl != null && (
        <Button
          component="a"
          href={details.errorSheetUrl}
          download
          variant="default"
          leftSection={<IconFileSpreadsheet size={16} />}
        >
          <Trans>Error sheet</Trans>
        </Button>
      )}
      {batch.succeeded > 0 && details.archiveUrl != null && (
        <ArchiveButton batchId={batch.id} url={details.archiveUrl} onFault={onFault} />
      )}
    </Group>
  );
}

interface MutationButtonProps extends Omit<BatchActionsProps, 'details'> {
  /** It decides tasks, which costs nothing. */
  approves: boolean;
}

/** What a retry does and charges, in words. */
function retryHint(batch: BatchState, approves: boolean): string {
  if (approves) {
    return plural(batch.failed, {
      one: 'Tries the failed decision again.',
      other: 'Tries the # failed decisions again.',
    });
  }
  const cost = retryCost(batch);
  return cost === null
    ? plural(batch.failed, {
        one: 'Runs the failed item again and charges for it again.',
        other: 'Runs the # failed items again and charges for them again.',
      })
    : plural(batch.failed, {
        one: `Runs the failed item again, for ${count(cost)} quota.`,
        other: `Runs the # failed items again, for ${count(cost)} quota.`,
      });
}

function RetryButton({ batch, approves, onChanged, onFault }: MutationButtonProps) {
  const { refresh } = useViewer();
  const [{ fetching }, retry] = useMutation(RetryFailedItemsDocument);
  return (
    <Tooltip label={retryHint(batch, approves)} events={{ hover: true, focus: true, touch: false }}>
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
          notifyDone(
            t`Retrying`,
            approves
              ? plural(payload.retriedCount, { one: '# decision again.', other: '# decisions again.' })
              : plural(payload.retriedCount, {
                  one: `# item again, for ${count(payload.quotaCost)} quota.`,
                  other: `# items again, for ${count(payload.quotaCost)} quota.`,
                }),
          );
          onChanged(payload.batch);
          refresh();
        }}
      >
        <Trans>Retry {count(batch.failed)} failed</Trans>
      </Button>
    </Tooltip>
  );
}

function CancelButton({ batch, approves, onChanged, onFault }: MutationButtonProps) {
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
    notifyDone(
      t`Batch cancelled`,
      approves ? t`Its tasks are free again.` : t`${count(payload.refundAmount)} quota refunded.`,
    );
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
          title: t`Cancel this batch?`,
          children: (
            <Text size="sm">
              {approves ? (
                <Trans>None of its decisions is carried out, and its tasks are free again.</Trans>
              ) : (
                <Trans>
                  Every item that has not ended is cancelled at once, also those that are running. What did
                  not succeed is refunded.
                </Trans>
              )}
            </Text>
          ),
          labels: { confirm: t`Cancel the batch`, cancel: t`Let it run` },
          confirmProps: { color: 'red' },
          onConfirm: () => void confirmed(),
        })
      }
    >
      <Trans>Cancel</Trans>
    </Button>
  );
}

interface ArchiveButtonProps {
  batchId: string;
  /** The link as the page was loaded with it. */
  url: string;
  onFault: (fault: Fault | null) => void;
}

/** A link to the archive. Its signature may have run out on a page that stayed open, so a click asks for a new one. */
function ArchiveButton({ batchId, url, onFault }: ArchiveButtonProps) {
  const client = useClient();
  const [asking, setAsking] = useState(false);

  async function download(anchor: HTMLAnchorElement) {
    onFault(null);
    setAsking(true);
    const { data, error } = await client
      .query(ArchiveLinkDocument, { id: batchId }, { requestPolicy: 'network-only' })
      .toPromise();
    setAsking(false);
    if (error) onFault(faultOfResult(error));
    const current = data?.batch?.archiveUrl;
    if (current == null) return;
    anchor.href = current;
    anchor.click();
  }

  return (
    <Button
      component="a"
      href={url}
      download
      loading={asking}
      leftSection={<IconDownload size={16} />}
      onClick={(event) => {
        // The click that `download` makes itself goes to the link.
        if (!event.isTrusted) return;
        event.preventDefault();
        if (!asking) void download(event.currentTarget);
      }}
    >
      <Trans>Download ZIP</Trans>
    </Button>
  );
}
