import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Group, Loader, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useMutation } from 'urql';
import { type Fault, faultOfResult, networkFault } from '../api/fault';
import { uploadFile } from '../api/fileUpload';
import { newRequestKey } from '../api/requestKey';
import { useSession } from '../session/session';
import { FaultAlert } from '../ui/FaultAlert';
import { notifyFault } from '../ui/notify';
import { PreviewSheetDocument } from './operations';
import { ROWS_SHOWN, type SheetPreview } from './preview';
import { RunSheet } from './RunSheet';
import { SheetDrop } from './SheetDrop';

/** A sheet that was uploaded, with what it would do. */
interface Uploaded {
  fileId: string;
  name: string;
  preview: SheetPreview;
  /** Sent again after a failure, it makes no second batch. */
  requestKey: string;
}

/** Uploads a decided sheet, shows what it would do, and runs it. */
export function UploadSheet({ onClose }: { onClose: () => void }) {
  const { token } = useSession();
  const [reading, setReading] = useState<string | null>(null);
  const [fault, setFault] = useState<Fault | null>(null);
  const [uploaded, setUploaded] = useState<Uploaded | null>(null);
  const [{ fetching }, ask] = useMutation(PreviewSheetDocument);

  async function preview(fileId: string, signature?: string): Promise<SheetPreview | { fault: Fault }> {
    const input = { fileId, ...(signature !== undefined && { signature }) };
    const { data, error } = await ask({ input, first: ROWS_SHOWN });
    if (error) return { fault: faultOfResult(error) };
    return data?.previewApprovalSheet ?? { fault: networkFault() };
  }

  async function read(file: File): Promise<Uploaded | { fault: Fault }> {
    if (!file.name.toLowerCase().endsWith('.xlsx')) {
      return { fault: { code: 'BAD_INPUT', message: t`this is no spreadsheet: .xlsx is` } };
    }
    const outcome = await uploadFile(token, file, file.name);
    if ('fault' in outcome) return outcome;
    const fileId = outcome.file.id;
    const found = await preview(fileId);
    if ('fault' in found) return found;
    return { fileId, name: file.name, preview: found, requestKey: newRequestKey() };
  }

  async function take(file: File) {
    setFault(null);
    setReading(file.name);
    const outcome = await read(file);
    setReading(null);
    if ('fault' in outcome) setFault(outcome.fault);
    else setUploaded(outcome);
  }

  /** What needs a signature can be done with one. */
  async function sign(fileId: string, signature: string | undefined) {
    const found = await preview(fileId, signature);
    if ('fault' in found) notifyFault(found.fault);
    else setUploaded((current) => (current?.fileId === fileId ? { ...current, preview: found } : current));
  }

  if (uploaded) {
    return (
      <RunSheet
        key={uploaded.fileId}
        {...uploaded}
        checking={fetching}
        onSigned={(signature) => void sign(uploaded.fileId, signature)}
        onAnother={() => setUploaded(null)}
        onClose={onClose}
      />
    );
  }
  return (
    <Stack>
      <Text size="sm">
        <Trans>
          Download the tasks, write APPROVE or REJECT into the column “decision” of those that you decide,
          with a comment where you have one, and upload the sheet here. Nothing is decided before you have
          seen what it would do.
        </Trans>
      </Text>
      {fault && <FaultAlert fault={fault} />}
      {reading === null ? (
        <SheetDrop onFile={(file) => void take(file)} />
      ) : (
        <Group justify="center" py="xl" role="status">
          <Loader size="sm" />
          <Text size="sm">
            <Trans>Reading {reading}…</Trans>
          </Text>
        </Group>
      )}
    </Stack>
  );
}
