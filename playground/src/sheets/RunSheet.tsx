import { plural, t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconPlayerPlay } from '@tabler/icons-react';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { useMutation } from 'urql';
import { type Fault, faultOfResult } from '../api/fault';
import { type Given, isOfProof, NOTHING_GIVEN, orderOf } from '../task/demands';
import { Proof } from '../task/Proof';
import { EmptyState } from '../ui/EmptyState';
import { FaultAlert } from '../ui/FaultAlert';
import { RunSheetDocument } from './operations';
import { lacksSignature, notAsTheyStand, type SheetPreview, toRun } from './preview';
import { PreviewRows } from './PreviewRows';

interface RunSheetProps {
  fileId: string;
  name: string;
  preview: SheetPreview;
  requestKey: string;
  /** The preview is being made anew. */
  checking: boolean;
  /** A signature was given, or taken back: more can be done with it, or less. */
  onSigned: (signature: string | undefined) => void;
  onAnother: () => void;
  onClose: () => void;
}

/** What a sheet would do, and the button that does it. */
export function RunSheet(props: RunSheetProps) {
  const { fileId, name, preview, requestKey, checking, onSigned, onAnother, onClose } = props;
  const navigate = useNavigate();
  const [given, setGiven] = useState(NOTHING_GIVEN);
  const [fault, setFault] = useState<Fault | null>(null);
  const [{ fetching }, create] = useMutation(RunSheetDocument);
  const { counts } = preview;
  const decisions = toRun(counts);
  const wrong = notAsTheyStand(counts);
  const unsigned = lacksSignature(preview);

  async function run() {
    setFault(null);
    const input = { fileId, ...orderOf(given), idempotencyKey: requestKey };
    const { data, error } = await create({ input });
    if (error) setFault(faultOfResult(error));
    const batch = data?.createApprovalBatchFromSheet?.batch;
    if (batch) void navigate(`/batches/${encodeURIComponent(batch.id)}`);
  }

  function give(next: Given) {
    setGiven(next);
    if (next.signature?.id !== given.signature?.id) onSigned(next.signature?.id);
  }

  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void run();
      }}
    >
      <Stack>
        {/* The keyboard goes on here once the sheet is read. */}
        <Text size="sm" tabIndex={-1} ref={focusOnce} style={{ outline: 'none' }}>
          <Trans>
            <b>{name}</b> is read, and nothing is decided yet.
          </Trans>{' '}
          {counts.total > 0 && summary(decisions, counts.undecided)}
        </Text>
        {wrong > 0 && (
          <Alert color="yellow" icon={<IconAlertTriangle />} title={wrongTitle(wrong)}>
            <Trans>
              They run with the others and become items of the batch that fail or are ignored; the batch’s
              error sheet has them with the reason, to be corrected and uploaded again. Or correct them now,
              and upload the sheet once more.
            </Trans>
          </Alert>
        )}
        {counts.total === 0 ? (
          <EmptyState
            icon={<IconAlertTriangle size={32} />}
            title={t`The sheet has no rows`}
            text={t`Download the tasks from the inbox, decide them in that sheet, and upload it here.`}
          />
        ) : (
          <PreviewRows preview={preview} />
        )}
        {decisions > 0 && <Proof given={given} fault={fault} wanted={unsigned} onChange={give} />}
        {fault && !isOfProof(fault) && <FaultAlert fault={fault} />}
        <Group justify="flex-end" className="form-footer">
          <Button variant="subtle" mr="auto" onClick={onAnother} disabled={fetching}>
            <Trans>Another file</Trans>
          </Button>
          <Button variant="default" onClick={onClose}>
            <Trans>Cancel</Trans>
          </Button>
          <Button
            type="submit"
            loading={fetching || checking}
            disabled={decisions === 0}
            leftSection={<IconPlayerPlay size={16} />}
          >
            {plural(decisions, { one: 'Run # decision', other: 'Run # decisions' })}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function focusOnce(element: HTMLElement | null): void {
  element?.focus();
}

function summary(decisions: number, undecided: number): string {
  if (decisions === 0) {
    return t`No row has a decision: write APPROVE or REJECT into the column “decision”, and upload the sheet again.`;
  }
  return undecided === 0
    ? t`Every row has a decision.`
    : plural(undecided, {
        one: '# row without a decision is left alone.',
        other: '# rows without a decision are left alone.',
      });
}

function wrongTitle(wrong: number): string {
  return plural(wrong, {
    one: '# row cannot be carried out as it stands',
    other: '# rows cannot be carried out as they stand',
  });
}
