import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Button, Menu, Modal } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconChevronDown, IconDownload, IconFileSpreadsheet, IconUpload } from '@tabler/icons-react';
import { useState } from 'react';
import { downloadFile, saveFile } from '../api/fileDownload';
import { type InboxView, taskFilter } from '../inbox/inboxView';
import { useSession } from '../session/session';
import { notifyFault } from '../ui/notify';
import { sheetAddress } from './sheetQuery';
import { UploadSheet } from './UploadSheet';

interface SheetMenuProps {
  view: InboxView;
  /** How many tasks match the view; 0 while that is not known. */
  total: number;
}

/** Takes the tasks of a view out as a spreadsheet, and a decided one back. */
export function SheetMenu({ view, total }: SheetMenuProps) {
  const { token } = useSession();
  const [downloading, setDownloading] = useState(false);
  const [uploading, { open, close }] = useDisclosure(false);

  async function download() {
    setDownloading(true);
    const outcome = await downloadFile(token, sheetAddress(taskFilter(view, new Date())), 'tasks.xlsx');
    setDownloading(false);
    if ('fault' in outcome) notifyFault(outcome.fault);
    else saveFile(outcome.file);
  }

  return (
    <>
      <Menu position="bottom-end" shadow="md" withInitialFocusPlaceholder={false}>
        <Menu.Target>
          <Button
            variant="default"
            loading={downloading}
            leftSection={<IconFileSpreadsheet size={16} />}
            rightSection={<IconChevronDown size={14} />}
          >
            <Trans>Spreadsheet</Trans>
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            leftSection={<IconDownload size={16} />}
            disabled={total === 0}
            onClick={() => void download()}
          >
            <Trans>Download these tasks</Trans>
          </Menu.Item>
          <Menu.Item leftSection={<IconUpload size={16} />} onClick={open}>
            <Trans>Upload a decided sheet</Trans>
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Modal opened={uploading} onClose={close} title={t`Decide by a spreadsheet`} size="xl">
        {uploading && <UploadSheet onClose={close} />}
      </Modal>
    </>
  );
}
