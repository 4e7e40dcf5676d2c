import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Button, Stack, Text } from '@mantine/core';
import { IconFileSpreadsheet } from '@tabler/icons-react';
import { useDropzone } from 'react-dropzone';

const XLSX = '.xlsx,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** Takes a spreadsheet: dropped, or chosen. */
export function SheetDrop({ onFile }: { onFile: (file: File) => void }) {
  const { getRootProps, getInputProps, open, isDragActive } = useDropzone({
    multiple: false,
    noClick: true,
    noKeyboard: true,
    onDrop: ([file]) => {
      if (file) onFile(file);
    },
  });
  return (
    <div {...getRootProps({ className: 'drop-zone' })} data-over={isDragActive || undefined}>
      <input {...getInputProps({ accept: XLSX, 'aria-label': t`Decided sheet` })} />
      <Stack align="center" gap="xs" py="md">
        <IconFileSpreadsheet size={32} stroke={1.5} aria-hidden />
        <Text fw={550}>{isDragActive ? t`Drop it here` : t`Drop the decided sheet (.xlsx) here`}</Text>
        <Button variant="light" onClick={open} data-autofocus>
          <Trans>Choose a file</Trans>
        </Button>
      </Stack>
    </div>
  );
}
